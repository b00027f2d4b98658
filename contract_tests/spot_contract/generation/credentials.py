"""Right and wrong Authorization headers."""

import base64

from spot_contract.document.expectations import scheme
from spot_contract.document.openapi import VENDORED, Document
from spot_contract.exchanges.messages import Credential
from spot_contract.exchanges.secrets import Secret

_SHELL = "${SPOT_API_TOKEN}"
_SCHEMES = ("Bearer", "Digest", "ApiKey", "JWT", "Token", "OAuth")


def _credential(label: str, value: str, shell: str) -> Credential:
    """A header with the document's scheme and this value; `shell` is the value as a shell expression."""
    return Credential(label, f"{scheme()} {value}".lstrip().encode(), f"{scheme()} {shell}".lstrip())


def _expanded(label: str, shell: str, token: Secret) -> Credential:
    """The header that a shell makes of this expression, in which the token stands unchanged."""
    return Credential(label, shell.replace(_SHELL, token.value).encode(), shell)


def good(token: Secret, other: str | None = None) -> Credential:
    """The right token, after the document's scheme or after another spelling of it."""
    if other is None:
        return _credential("the token", token.value, _SHELL)
    return _expanded(f"the token after {other!r}", f"{other} {_SHELL}", token)


NONE = Credential("no Authorization header", None, None)


def another_scheme(token: Secret) -> list[Credential]:
    """The right token after schemes that the document does not name."""
    basic = base64.b64encode(f"{token.value}:".encode()).decode()
    known = {name.lower() for name in (*Document.load(VENDORED).schemes, scheme())}
    schemes = [name for name in (*_SCHEMES, f"{scheme()}s") if name.lower() not in known]
    return [
        *(_expanded(f"{name} scheme", f"{name} {_SHELL}", token) for name in schemes),
        Credential("Basic scheme", f"Basic {basic}".encode(), f'Basic $(printf %s "{_SHELL}:" | base64)'),
    ]


def no_scheme(token: Secret) -> list[Credential]:
    """The right token without a scheme."""
    return [_expanded("token without scheme", _SHELL, token)]


def empty() -> list[Credential]:
    """Headers without a token."""
    return [
        Credential("scheme without token", scheme().encode(), scheme()),
        Credential("scheme and a blank", f"{scheme()} ".encode(), f"{scheme()} "),
        Credential("empty header", b"", ""),
    ]


def another_token(token: Secret) -> list[Credential]:
    """Wrong tokens: made up, differing in one character or in length, and words such as null."""
    value = token.value
    last = "x" if value[-1] != "x" else "y"
    first = "x" if value[0] != "x" else "y"
    found = [
        _credential("made-up token", "made-up-token-0123456789", "made-up-token-0123456789"),
        _credential("last character changed", f"{value[:-1]}{last}", f"${{SPOT_API_TOKEN%?}}{last}"),
        _credential("first character changed", f"{first}{value[1:]}", f"{first}${{SPOT_API_TOKEN#?}}"),
        _credential("one character more", f"{value}x", f"{_SHELL}x"),
        _credential("without its first character", value[1:], "${SPOT_API_TOKEN#?}"),
        _credential("token twice", value + value, _SHELL + _SHELL),
    ]
    if value[::-1] != value:
        found.append(_credential("reversed token", value[::-1], f'$(rev <<< "{_SHELL}")'))
    words = ("null", "undefined", "true", "*", "%", "' OR '1'='1")
    found += [_credential(f"the word {word!r}", word, word) for word in words]
    return [one for one in found if one.header not in {f"{scheme()} ".encode(), b"", good(token).header}]


def part(token: Secret) -> list[Credential]:
    """Parts of the right token, and tokens that share a prefix with it, for servers that compare only a part."""
    value = token.value
    lengths = sorted({len(value) - 1, len(value) - 4, len(value) // 2, 8, 1} - {0, len(value)})
    found = [
        _credential(f"first {length} characters of the token", value[:length], f"${{SPOT_API_TOKEN:0:{length}}}")
        for length in lengths
        if 0 < length < len(value)
    ]
    if len(value) >= 8:
        half = len(value) // 2
        changed = "".join("x" if char != "x" else "y" for char in value[half:])
        middle = "x" if value[half] != "x" else "y"
        start, others = f"${{SPOT_API_TOKEN:0:{half}}}", "x" * (len(value) - 8)
        exchanged = "${SPOT_API_TOKEN:1:1}${SPOT_API_TOKEN:0:1}${SPOT_API_TOKEN:2}"
        end = f"{middle}${{SPOT_API_TOKEN:{half + 1}}}"
        found += [
            _credential("last half of the token", value[half:], f"${{SPOT_API_TOKEN:{half}}}"),
            _credential("first half and other characters", value[:half] + changed, start + changed),
            _credential("first eight characters and others", value[:8] + others, f"${{SPOT_API_TOKEN:0:8}}{others}"),
            _credential("a character changed in the middle", value[:half] + middle + value[half + 1 :], start + end),
            _credential("two characters exchanged", value[1] + value[0] + value[2:], exchanged),
        ]
    right = good(token).header
    return [one for one in found if one.header != right]


def several(token: Secret) -> list[Credential]:
    """Headers that contain the right token and something else. None of them is a valid credential."""
    name = f"{scheme()} ".lstrip()
    headers = {
        "a wrong token, then the right one": f"{name}wrong, {name}{_SHELL}",
        "the right token, then a wrong one": f"{name}{_SHELL}, {name}wrong",
        "the right token and a word": f"{name}{_SHELL} x",
        "a word and the right token": f"{name}x {_SHELL}",
        "another scheme, then the right credential": f"Basic eDp5, {name}{_SHELL}",
        "the token as a parameter": f"{name}token={_SHELL}",
        "the scheme twice": f"{name}{name}{_SHELL}",
    }
    return [_expanded(label, shell, token) for label, shell in headers.items()]


def another_case(token: Secret) -> list[Credential]:
    """The right token in other letter cases; empty if it has no letters."""
    value = token.value
    changed = {"upper case": value.upper(), "lower case": value.lower(), "swapped case": value.swapcase()}
    commands = {"upper case": "tr a-z A-Z", "lower case": "tr A-Z a-z", "swapped case": "tr a-zA-Z A-Za-z"}
    return [
        _credential(f"token in {name}", text, f'$(printf %s "{_SHELL}" | {commands[name]})')
        for name, text in changed.items()
        if text != value
    ]


def trims_to(credential: Credential, good: Credential) -> bool:
    """Whether a header equals the right one after stripping bytes that are not printable ASCII from its ends."""
    ends = bytes({*range(33), *range(127, 256)})
    return credential.header is not None and credential.header.strip(ends) == good.header


_BEYOND_ASCII = "bytes beyond ASCII"


def malformed(token: Secret) -> list[tuple[str, Credential]]:
    """Malformed headers, each with its category. None of them is the token."""
    value, before = token.value.encode(), f"{scheme()} ".lstrip().encode()
    full_width = "".join(chr(ord(char) + 0xFEE0) for char in token.value)  # Unicode (NFKC) normalises these to ASCII.
    headers = {
        "Latin-1 bytes": before + b"\xe9\xff\xfe",
        "UTF-8 bytes": before + "пароль".encode(),
        "the token in full-width characters": before + full_width.encode(),
        "broken UTF-8": before + b"\xc3\x28\xa0\xa1",
        "token and a NUL": before + value + b"\x00",
        "token and a non-breaking blank": before + value + b"\xa0",
        "8,000 characters": before + b"a" * 8000,
        "only blanks": b"    ",
        "many words": before + b"a b c d e f",
        "quotes and commas": b'Token "a", realm="b", c=,,,',
        "scheme of bytes": b"\xff\xff \xff",
        "colon": b": :",
        "percent signs": before + b"%s%n%00%0d%0a",
        "braces": before + b"{{7*7}} ${7*7}",
    }
    kinds = {"token and a NUL": "NUL", "8,000 characters": "great size"}
    return [
        (
            kinds.get(label, _BEYOND_ASCII if any(byte > 127 for byte in header) else "odd words"),
            Credential(label, header, None),
        )
        for label, header in headers.items()
    ]
