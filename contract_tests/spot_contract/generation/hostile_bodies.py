"""Hostile bodies and broken requests: bytes that no well-behaved client sends."""

from collections.abc import Iterator

from spot_contract.document.media_types import JSON, MULTIPART, URLENCODED

from .encodings import json_bytes
from .orders import Body

# Category, description, content type, body.
Hostile = tuple[str, str, str, bytes]
_MIB = 1024 * 1024
_DEPTH = 10_000


def hostile_bodies(order: Body) -> Iterator[Hostile]:
    """Every hostile body. Those that resemble an order are derived from `order`."""
    text = json_bytes({**order, "metadata": "METADATA"})

    def holding(metadata: bytes) -> bytes:
        return text.replace(b'"METADATA"', metadata)

    yield from (
        ("invalid UTF-8", "invalid UTF-8 in a text", JSON, holding(b'{"a": "\xff\xfe\xc3\x28"}')),
        ("invalid UTF-8", "overlong UTF-8", JSON, holding(b'{"a": "\xc0\xaf\xe0\x80\xaf"}')),
        ("invalid UTF-8", "UTF-8 surrogates", JSON, holding(b'{"a": "\xed\xa0\x80"}')),
        ("invalid UTF-8", "UTF-16", JSON, text.decode().encode("utf-16")),
        ("invalid UTF-8", "UTF-32", JSON, text.decode().encode("utf-32")),
        ("a byte order mark", "a byte order mark", JSON, b"\xef\xbb\xbf" + holding(b"{}")),
        ("lone surrogates", "a lone high surrogate", JSON, holding(rb'{"a": "\ud800"}')),
        ("lone surrogates", "a lone low surrogate", JSON, holding(rb'{"a": "\udc00 x"}')),
        ("lone surrogates", "a lone surrogate as a name", JSON, holding(rb'{"\ud800": 1}')),
        ("lone surrogates", "a lone surrogate in first_name", JSON, holding(b"null").replace(b"Alice", rb"Al\ud834")),
        ("NUL", "an escaped NUL", JSON, holding(rb'{"a\u0000b": "\u0000"}')),
        ("NUL", "a raw NUL", JSON, holding(b'{"a": "\x00"}')),
        ("NUL", "NUL bytes alone", JSON, b"\x00" * 64),
        ("duplicate names", "duplicate names", JSON, holding(b'{"a": 1, "a": 2}')),
        ("duplicate names", "a duplicate recipient", JSON, holding(b"null")[:-1] + b', "recipient": null}'),
        ("great size", "a string of 1 MiB", JSON, holding(b'{"a": "' + b"x" * _MIB + b'"}')),
        ("great size", "a name of 1 MiB", JSON, holding(b'{"' + b"x" * _MIB + b'": 1}')),
        ("great size", "100,000 kit types", JSON, b'{"kit_types": [' + b",".join([b'"a"'] * 100_000) + b"]}"),
        ("deep nesting", "arrays 10,000 deep", JSON, holding(b'{"a": ' + b"[" * _DEPTH + b"]" * _DEPTH + b"}")),
        ("deep nesting", "objects 10,000 deep", JSON, holding(b'{"a":' * _DEPTH + b"1" + b"}" * _DEPTH)),
        ("deep nesting", "nothing but brackets", JSON, b"[" * 100_000),
        ("deep nesting", "nothing but braces", JSON, b'{"a":' * 50_000),
        ("odd numbers", "a number of 5,000 digits", JSON, holding(b'{"a": ' + b"9" * 5000 + b"}")),
        ("odd numbers", "a number beyond doubles", JSON, holding(b'{"a": 1e400, "b": -1e999}')),
        ("odd numbers", "a huge exponent", JSON, holding(b'{"a": 1e999999999}')),
        ("odd numbers", "a tiny number", JSON, holding(b'{"a": 1e-400, "b": 0.' + b"0" * 400 + b"1}")),
        ("odd numbers", "many decimals", JSON, holding(b'{"a": 0.' + b"1" * 3000 + b"}")),
        ("odd numbers", "minus zero", JSON, holding(b'{"a": -0, "b": -0.0}')),
        ("invalid UTF-8", "random bytes", JSON, bytes(range(256)) * 4),
        ("broken form", "invalid percent escapes", URLENCODED, b"kit_types=%ZZ&recipient=%&metadata=%4"),
        ("invalid UTF-8", "invalid UTF-8 in a form", URLENCODED, b"kit_types=%ff%fe&recipient=%c3%28"),
        ("NUL", "NUL in a form", URLENCODED, b"kit_types=%00&recipient=%00&\x00=\x00"),
        ("great size", "20,000 fields", URLENCODED, b"&".join(b"f%d=1" % number for number in range(20_000))),
        ("broken form", "nothing but marks", URLENCODED, b"&&&===&;=&"),
        ("deep nesting", "deep dotted names", URLENCODED, b"kit_types=a&recipient." + b"a." * 5000 + b"a=1"),
        (
            "broken form",
            "a text and below it a name",
            URLENCODED,
            b"kit_types=a&recipient=x&recipient.first_name=y&recipient.address=z",
        ),
        ("broken form", "dots alone", URLENCODED, b"kit_types=a&.=1&..=2&recipient.=3&.recipient=4&recipient..zip=5"),
        (
            "broken form",
            "brackets",
            URLENCODED,
            b"kit_types[]=a&kit_types[0]=b&recipient[first_name]=c&recipient[=d&]=e",
        ),
        ("deep nesting", "deep JSON in a field", URLENCODED, b"kit_types=a&recipient=" + b"%5B" * _DEPTH),
        ("great size", "a field of 1 MiB", URLENCODED, b"kit_types=a&recipient=" + b"x" * _MIB),
    )
    yield from _multiparts(order)


def _multiparts(order: Body) -> Iterator[Hostile]:
    typed = f"{MULTIPART}; boundary=spot"
    name = b'Content-Disposition: form-data; name="kit_types"\r\n\r\n'

    def form(part: bytes) -> bytes:
        return b"--spot\r\n" + part + b"\r\n--spot--\r\n"

    for what, content_type, data in (
        ("multipart without boundary", MULTIPART, form(name + b"a")),
        ("multipart with an empty boundary", f"{MULTIPART}; boundary=", b"--\r\n" + name + b"a\r\n----\r\n"),
        ("multipart with another boundary", typed, form(name + b"a").replace(b"spot", b"other")),
        ("multipart that ends early", typed, b"--spot\r\n" + name + b"a"),
        ("multipart without its end", typed, b"--spot\r\n" + name + b"a\r\n"),
        ("multipart header that ends early", typed, b"--spot\r\nContent-Dispo"),
        ("multipart part without name", typed, form(b"Content-Disposition: form-data\r\n\r\na")),
        ("multipart part without headers", typed, form(b"\r\na")),
        ("multipart of line feeds", typed, form(name + b"a").replace(b"\r", b"")),
        ("multipart of bytes", typed, form(name + bytes(range(256)))),
        ("multipart with a file", typed, form(name.replace(b'"\r', b'"; filename="a.txt"\r') + b"a")),
        ("multipart with an odd charset", typed, form(b"Content-Type: text/plain; charset=x-y\r\n" + name + b"a")),
        ("multipart with an odd encoding", typed, form(b"Content-Transfer-Encoding: base64\r\n" + name + b"!!")),
        ("multipart of 3,000 parts", typed, (b"--spot\r\n" + name + b"a\r\n") * 3000 + b"--spot--\r\n"),
        ("multipart header of 100 KB", typed, form(b"X: " + b"x" * 100_000 + b"\r\n" + name + b"a")),
        ("multipart boundary of 300 characters", f"{MULTIPART}; boundary={'b' * 300}", b"--" + b"b" * 300 + b"--\r\n"),
        ("a multipart part of 1 MiB", typed, form(name + b"x" * _MIB)),
        ("multipart that is JSON", typed, json_bytes(order)),
        ("JSON that is multipart", JSON, form(name + b"a")),
    ):
        is_large = what in {"multipart of 3,000 parts", "a multipart part of 1 MiB"}
        yield "great size" if is_large else "broken multipart", what, content_type, data


def fragments(host: str, path: str, credential: bytes, order: Body) -> Iterator[tuple[str, bytes, bool]]:
    """Incomplete or malformed requests: description, bytes, and whether the client hangs up afterwards."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\n".encode()
        + (b"Authorization: " + credential + b"\r\n" if credential else b"")
        + f"Content-Type: {JSON}\r\nConnection: close\r\n".encode()
    )
    data = json_bytes(order)
    yield "a body that ends early", head + b"Content-Length: 5000\r\n\r\n" + data, True
    yield "a body that never comes", head + b"Content-Length: 5000\r\n\r\n", True
    yield "headers that end early", head, True
    yield "a connection without a byte", b"", True
    yield "a TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00", True
    yield "a line that is no HTTP", b"NOT HTTP\r\n\r\n", False
    yield "a length that is no number", head + b"Content-Length: many\r\n\r\n", False
    yield "a negative length", head + b"Content-Length: -1\r\n\r\n", False
    yield "a header of 70,000 bytes", head + b"X-Long: " + b"x" * 70_000 + b"\r\nContent-Length: 0\r\n\r\n", False
    yield "a chunk size that is no number", head + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", False
    yield "chunks that end early", head + b"Transfer-Encoding: chunked\r\n\r\n20\r\n" + data[:16], True
