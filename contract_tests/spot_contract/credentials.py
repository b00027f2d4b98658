"""The Authorization headers of the contract's chapter on authentication."""

import base64

from .messages import Credential
from .secrets import Secret

_SHELL = "$SPOT_API_TOKEN"


def good(token: Secret, scheme: str = "Token") -> Credential:
    """The token in the scheme that the document names."""
    label = "the token" if scheme == "Token" else f"the token after {scheme!r}"
    return Credential(label, f"{scheme} {token.value}".encode(), f"{scheme} {_SHELL}")


NONE = Credential("no Authorization header", None, None)


def another_scheme(token: Secret) -> list[Credential]:
    """The right token in schemes that are not the document's."""
    value = token.value
    basic = base64.b64encode(f"{value}:".encode()).decode()
    schemes = ("Bearer", "Digest", "ApiKey", "JWT", "Tokens", "OAuth")
    return [
        *(Credential(f"{name} scheme", f"{name} {value}".encode(), f"{name} {_SHELL}") for name in schemes),
        Credential("Basic scheme", f"Basic {basic}".encode(), f'Basic $(printf %s "{_SHELL}:" | base64)'),
    ]


def no_scheme(token: Secret) -> list[Credential]:
    """The right token alone."""
    return [Credential("token without scheme", token.value.encode(), _SHELL)]


def empty() -> list[Credential]:
    """A scheme with nothing after it, and nothing at all."""
    return [
        Credential("scheme without token", b"Token", "Token"),
        Credential("scheme and a blank", b"Token ", "Token "),
        Credential("empty header", b"", ""),
    ]


def another_token(token: Secret) -> list[Credential]:
    """Tokens that differ from the right one everywhere, in one character, or in length."""
    value = token.value
    last = "x" if value[-1] != "x" else "y"
    first = "x" if value[0] != "x" else "y"
    found = [
        Credential("made-up token", b"Token made-up-token-0123456789", "Token made-up-token-0123456789"),
        Credential(
            "last character changed", f"Token {value[:-1]}{last}".encode(), f"Token ${{SPOT_API_TOKEN%?}}{last}"
        ),
        Credential(
            "first character changed", f"Token {first}{value[1:]}".encode(), f"Token {first}${{SPOT_API_TOKEN#?}}"
        ),
        Credential("one character more", f"Token {value}x".encode(), f"Token {_SHELL}x"),
        Credential("without its first character", f"Token {value[1:]}".encode(), "Token ${SPOT_API_TOKEN#?}"),
        Credential("token twice", f"Token {value}{value}".encode(), f"Token {_SHELL}{_SHELL}"),
    ]
    if value[::-1] != value:
        found.append(Credential("reversed token", f"Token {value[::-1]}".encode(), f'Token $(rev <<< "{_SHELL}")'))
    words = ("null", "undefined", "true", "*", "%", "' OR '1'='1")
    found += [
        Credential(f"the word {word!r}", f"Token {word}".encode(), f"Token {word}") for word in words if word != value
    ]
    return [one for one in found if one.header not in {b"Token ", f"Token {value}".encode()}]


def prefix(token: Secret) -> list[Credential]:
    """The beginnings of the right token: all but one character, half, eight, one."""
    value = token.value
    lengths = sorted({len(value) - 1, len(value) // 2, 8, 1} - {0, len(value)})
    return [
        Credential(
            f"first {length} characters of the token",
            f"Token {value[:length]}".encode(),
            f"Token ${{SPOT_API_TOKEN:0:{length}}}",
        )
        for length in lengths
        if length < len(value)
    ]


def another_case(token: Secret) -> list[Credential]:
    """The right token with its letters in another case; nothing where it has no letters."""
    value = token.value
    changed = {"upper case": value.upper(), "lower case": value.lower(), "swapped case": value.swapcase()}
    commands = {"upper case": "tr a-z A-Z", "lower case": "tr A-Z a-z", "swapped case": "tr a-zA-Z A-Za-z"}
    return [
        Credential(f"token in {name}", f"Token {text}".encode(), f'Token $(printf %s "{_SHELL}" | {commands[name]})')
        for name, text in changed.items()
        if text != value
    ]


def odd(token: Secret) -> list[Credential]:
    """Bytes that no client sends. Whatever they are, they are not the token."""
    value = token.value.encode()
    headers = {
        "Latin-1 bytes": b"Token \xe9\xff\xfe",
        "UTF-8 bytes": "Token пароль".encode(),
        "broken UTF-8": b"Token \xc3\x28\xa0\xa1",
        "token and a NUL": b"Token " + value + b"\x00",
        "token and a non-breaking blank": b"Token " + value + b"\xa0",
        "8,000 characters": b"Token " + b"a" * 8000,
        "only blanks": b"    ",
        "many words": b"Token a b c d e f",
        "quotes and commas": b'Token "a", realm="b", c=,,,',
        "scheme of bytes": b"\xff\xff \xff",
        "colon": b": :",
        "percent signs": b"Token %s%n%00%0d%0a",
        "braces": b"Token {{7*7}} ${7*7}",
    }
    return [Credential(label, header, None) for label, header in headers.items()]
