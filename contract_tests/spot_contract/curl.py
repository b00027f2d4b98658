"""A request as a command that a person can paste. The token stays in the environment."""

import re

from .messages import Credential, Request
from .secrets import Mask

_LONG = 4000


def command(request: Request, url: str, mask: Mask) -> str:
    """A curl line for the request, which takes the token from SPOT_API_TOKEN."""
    words = ["curl", "--include"]
    if request.method == "HEAD":
        words.append("--head")
    elif request.method != "POST":
        words += ["--request", request.method]
    words.append(quoted(f"{url}{mask(request.path)}"))
    if (header := authorization(request.credential)) is not None:
        words += ["--header", header]
    if request.content_type is not None:
        words += ["--header", quoted(f"Content-Type: {request.content_type}")]
    words += [part for name, value in request.headers for part in ("--header", quoted(mask(f"{name}: {value}")))]
    if request.body or request.method == "POST":
        words += ["--data-binary", _data(request.body, mask)]
    return " ".join(words)


def authorization(credential: Credential) -> str | None:
    """The header as the shell is to build it."""
    if credential.header is None:
        return None
    if credential.shell is None:
        return _ansi(b"Authorization: " + credential.header)
    if credential.shell == "":
        return quoted("Authorization;")
    return f'"Authorization: {credential.shell}"'


def quoted(text: str) -> str:
    """A text as one word for the shell."""
    if re.fullmatch(r"[\w@%+=:,./-]+", text, re.ASCII):
        return text
    return "'" + text.replace("'", "'\\''") + "'"


def _data(body: bytes, mask: Mask) -> str:
    if len(body) > _LONG:
        head = mask(body[:200].decode("utf-8", "replace"))
        return f"{quoted(head)}  # and so on: {len(body)} bytes in all"
    try:
        text = mask(body.decode("utf-8"))
    except UnicodeDecodeError:
        return _ansi(body)
    if any(ord(char) < 32 for char in text):
        return _ansi(text.encode())
    return quoted(text)


def _ansi(data: bytes) -> str:
    r"""Bytes in the $'…' form that bash, zsh and ksh read. A NUL, which cannot stand on a command line, is shown."""
    named = {0x0D: "\\r", 0x0A: "\\n", 0x09: "\\t", 0x27: "\\'", 0x5C: "\\\\"}
    return (
        "$'" + "".join(named.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}") for byte in data) + "'"
    )
