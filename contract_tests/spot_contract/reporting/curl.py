"""Requests as bash commands that can be pasted. The token is read from the environment."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from spot_contract.exchanges.messages import Credential, Request
from spot_contract.exchanges.secrets import Mask
from spot_contract.transport.framing import Framing
from spot_contract.transport.target import Target

_LONG = 2048  # Bytes of a body in a command; longer ones are written to a file.
_EXPECTS = 1_000_000  # Bytes of a body from which on curl adds Expect: 100-continue.
_HIDDEN = "***"  # The mask's replacement for the token.
_FROM_ENVIRONMENT = '"$SPOT_API_TOKEN"'
_BEFORE_LETTER = re.compile(r"\$SPOT_API_TOKEN(?=\w)")
_NO_WORD = re.compile(rb"[\x00\r\n]")  # Bytes that a header on a command line cannot contain.


def command(request: Request, url: str, mask: Mask, bodies: Path, name: str) -> str:
    """A line for bash that sends the request, with the token from SPOT_API_TOKEN.

    A body that is long or contains a NUL is written to the file `name`.body in the folder `bodies`, which is created if
    needed. Requests that curl cannot send are sent by printf and nc. Raises OSError.
    """
    if request.raw is not None:
        return _by_hand(request.raw, url, mask)
    if _is_beyond_curl(request):
        framing = Framing()
        return _by_hand(framing.head(request, Target.of(urlsplit(url))) + framing.body(request), url, mask)
    words = ["curl", "--include", *_method(request), *_version(request, url), *_address(request, url, mask)]
    for header in _headers(request, mask):
        words += ["--header", header]
    if _has_body(request):
        words += _data(request.body, mask, bodies / f"{name}.body")
    return " ".join(words)


def authorization(credential: Credential, mask: Mask) -> str | None:
    """The Authorization header as a shell word; None if the request has none."""
    if credential.header is None:
        return None
    if credential.shell == "" or not credential.header.strip():
        return "'Authorization;'"  # With a colon, curl would remove the header.
    if credential.shell is None:
        return word(b"Authorization: " + credential.header, mask)
    # A letter after the variable would become part of its name.
    return f'"Authorization: {_BEFORE_LETTER.sub("${SPOT_API_TOKEN}", credential.shell)}"'


def word(data: bytes, mask: Mask) -> str:
    """Bytes without a NUL as one word for bash, with the token replaced by the variable."""
    parts = _around_token(data, mask)
    if len(parts) == 1:
        return _quoted(parts[0])
    return _FROM_ENVIRONMENT.join(_quoted(part) if part else "" for part in parts)


def _around_token(data: bytes, mask: Mask) -> list[str]:
    """The masked texts before, between and after the occurrences of the token."""
    text = data.decode("utf-8", "surrogateescape")
    return [mask(text)] if _HIDDEN in text else mask(text).split(_HIDDEN)


def _is_beyond_curl(request: Request) -> bool:
    heads = [_bytes(text) for header in request.headers for text in header]
    heads += [_bytes(request.content_type or ""), request.credential.header or b""]
    return any(map(_NO_WORD.search, heads)) or any(char.isspace() or char == "\0" for char in request.path)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def _method(request: Request) -> list[str]:
    if request.method == "HEAD" and not request.body:
        return ["--head"]
    if request.method == "HEAD":
        return ["--request", "HEAD", "--max-time", "5"]  # curl would wait for the body that Content-Length declares.
    return [] if request.method == "POST" else ["--request", _quoted(request.method)]


def _version(request: Request, url: str) -> list[str]:
    if request.carriage.version == "1.0":
        return ["--http1.0"]
    return ["--http1.1"] if url.startswith("https:") else []


def _address(request: Request, url: str, mask: Mask) -> list[str]:
    path = request.path
    options = ["--globoff"] if set("[]{}") & set(path) else []
    if "/." in path:
        options.append("--path-as-is")
    if not path.startswith("/") or "#" in path:
        prefix = urlsplit(url).path.rstrip("/")
        return [*options, "--request-target", word(_bytes(f"{prefix}{path}"), mask), _quoted(url)]
    return [*options, word(_bytes(f"{url}{path}"), mask)]


def _headers(request: Request, mask: Mask) -> Iterator[str]:
    if not any(name.lower() == "accept" for name, _ in request.headers):
        yield "'Accept: application/json'"
    if (header := authorization(request.credential, mask)) is not None:
        yield header
    if request.content_type is not None:
        yield word(_bytes(f"Content-Type: {request.content_type}"), mask)
    elif _has_body(request) and not any(name.lower() == "content-type" for name, _ in request.headers):
        yield "'Content-Type:'"  # Removes the header that curl would add.
    if request.carriage.chunks:
        yield "'Transfer-Encoding: chunked'"
    if request.carriage.expect:
        yield "'Expect: 100-continue'"
    elif request.carriage.chunks or len(request.body) >= _EXPECTS:
        yield "'Expect:'"
    for name, value in request.headers:
        yield word(_bytes(f"{name}: {value}" if value.strip() else f"{name};"), mask)


def _has_body(request: Request) -> bool:
    return bool(request.body) or request.method in {"POST", "PUT", "PATCH"}


def _data(body: bytes, mask: Mask, path: Path) -> list[str]:
    if len(body) <= _LONG and b"\0" not in body:
        # --data-binary would read a body that begins with @ as a file name.
        return ["--data-raw" if body.startswith(b"@") else "--data-binary", word(body, mask)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(mask(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape"))
    return ["--data-binary", _quoted(f"@{path}")]


def _quoted(text: str) -> str:
    """A text as one shell word, with escapes for unprintable characters."""
    if re.fullmatch(r"[\w@%+=:,./-]+", text, re.ASCII):
        return text
    if not text.isprintable():
        return f"$'{''.join(map(_ansi, text))}'"
    return "'" + text.replace("'", "'\\''") + "'"


def _ansi(char: str) -> str:
    r"""A character within $'…', which bash, zsh and ksh read."""
    named = {"\r": "\\r", "\n": "\\n", "\t": "\\t", "'": "\\'", "\\": "\\\\"}.get(char)
    if named or char.isprintable():
        return named or char
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogateescape"))


def _by_hand(data: bytes, url: str, mask: Mask) -> str:
    """A printf command that sends the bytes, with the token from the environment."""
    parts = urlsplit(url)
    if len(data) > _LONG * 2:
        return f"No command sends this: {len(data):,} bytes that are no HTTP request of curl's."
    pieces = _around_token(data, mask)
    form = "%s".join("".join(map(_printf, piece)) for piece in pieces)
    tokens = f" {_FROM_ENVIRONMENT}" * (len(pieces) - 1)
    secure = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    reader = (
        f"openssl s_client -quiet -connect {_quoted(f'{host}:{port}')}" if secure else f"nc -w 5 {_quoted(host)} {port}"
    )
    return f"printf '{form}'{tokens} | {reader}"


def _printf(char: str) -> str:
    named = {"\r": "\\r", "\n": "\\n", "\t": "\\t", "'": "\\047", "\\": "\\\\", "%": "%%"}.get(char)
    if named or (char.isprintable() and char.isascii()):
        return named or char
    return "".join(f"\\{byte:03o}" for byte in char.encode("utf-8", "surrogateescape"))
