"""The circumstances in which HTTP may carry a request (contract.md, 3): each changes how a case is sent."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from spot_contract.exchanges.intent import Circumstance
from spot_contract.exchanges.messages import USUAL, Carriage
from spot_contract.generation.samples import table

from .scenario import Case

Headers = tuple[tuple[str, str], ...]
Change = Callable[[Case], Case]

# Headers that clients and gateways really add.
USUAL_HEADERS: dict[str, Headers] = {
    "a proxy's": (
        ("X-Forwarded-For", "203.0.113.7, 198.51.100.2"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "shop.example.com"),
        ("X-Forwarded-Port", "443"),
        ("Forwarded", "for=203.0.113.7;proto=https;host=shop.example.com"),
        ("Via", "1.1 gateway.example.com"),
    ),
    "a proxy's without TLS": (
        ("X-Forwarded-For", "203.0.113.7"),
        ("X-Forwarded-Proto", "http"),
        ("X-Forwarded-Ssl", "off"),
    ),
    "a rewriting proxy's": (
        ("X-Original-URL", "/health"),
        ("X-Rewrite-URL", "/health"),
        ("X-Forwarded-Prefix", "/shop"),
        ("X-Forwarded-Path", "/admin"),
        ("X-Real-IP", "127.0.0.1"),
    ),
    "a method override": (("X-HTTP-Method-Override", "GET"),),
    "another method override": (("X-HTTP-Method", "DELETE"), ("X-Method-Override", "PUT")),
    "a browser's": (
        (
            "User-Agent",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
        ),
        ("Accept-Language", "fr-CA,fr;q=0.9,en;q=0.5"),
        ("Origin", "https://shop.example.com"),
        ("Referer", "https://shop.example.com/checkout?step=2"),
        ("Sec-Fetch-Mode", "cors"),
        ("Sec-Fetch-Site", "cross-site"),
        ("DNT", "1"),
    ),
    "cookies": (("Cookie", "session=abc123; theme=dark; csrftoken=0123456789abcdef"),),
    "an Accept of everything": (("Accept", "*/*"),),
    "an Accept of a browser": (("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),),
    "an Accept of HTML alone": (("Accept", "text/html"),),
    "an Accept of XML": (("Accept", "application/xml"),),
    "an Accept with weights": (("Accept", "application/json;q=0.5, text/plain;q=0.1"),),
    "an Accept of JSON in any form": (("Accept", "application/json, application/*+json, text/json"),),
    "a library's": (("User-Agent", "python-requests/2.32.0"), ("X-Requested-With", "XMLHttpRequest")),
    "a tracer's": (
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ("X-Request-ID", "7563e8e2-7fbd-480c-9b8b-2070eda884bf"),
        ("X-Correlation-ID", "42"),
        ("X-Amzn-Trace-Id", "Root=1-67891233-abcdef012345678912345678"),
    ),
    "a user's": (
        ("X-User", "admin"),
        ("X-Remote-User", "admin"),
        ("Remote-User", "admin"),
        ("X-User-Id", "1"),
        ("X-Role", "admin"),
    ),
    "a cache's": (("Cache-Control", "no-cache"), ("Pragma", "no-cache"), ("If-None-Match", '"abc"'), ("If-Match", "*")),
    "a condition": (
        ("If-Modified-Since", "Sat, 01 Jan 2022 00:00:00 GMT"),
        ("If-None-Match", "*"),
        ("Range", "bytes=0-10"),
    ),
    "a preference": (("Prefer", "return=minimal, respond-async"), ("Priority", "u=1"), ("TE", "trailers")),
    "an idempotency key": (("Idempotency-Key", "8e03978e-40d5-43dd-bc93-6894a57f9324"),),
    "a debugging switch": (("X-Debug", "1"), ("X-Forwarded-Debug", "true"), ("Prefer", "code=200")),
}
# No framework gives these a meaning, as some do to ?format=.
QUERIES = table(
    "utm_source=mail  x=1&x=2  _=1700000000  page=2&limit=10  debug=true  a%20b=%C3%A9  validate=false  dry_run=1",
    "_method=DELETE  a%5Bb%5D=c&d%5B=&&=e",  # RFC 3986 allows no bare brackets, and some servers refuse them.
)
# Sent with the first request by Java's client and others that prefer HTTP/2.
_OFFER: Headers = (
    ("Connection", "Upgrade, HTTP2-Settings"),
    ("Upgrade", "h2c"),
    ("HTTP2-Settings", "AAMAAABkAAQAAP__"),
)
# Each below 4 KiB, like cookies and gateway tokens. With the usual headers and a token of 200 characters they are still
# within 8 KiB, the default limit of many servers.
_PART = 1_925
_LARGE: Headers = tuple(
    (name, f"value={(name[-3:].lower() * _PART)[: _PART - len(name) - 10]}")
    for name in ("Cookie", "X-Gateway-Claims", "X-Forwarded-Client-Cert", "X-Session-State")
)
_MANY: Headers = tuple((f"X-Gateway-Field-{number}", f"value {number}") for number in range(80))
_REPEATED: Headers = (
    ("Via", "1.1 first.example.com"),
    ("Via", "1.1 second.example.com"),
    ("X-Forwarded-For", "203.0.113.7"),
    ("X-Forwarded-For", "198.51.100.2"),
    ("Cookie", "theme=dark; language=en"),  # RFC 6265, 5.4: one line. Gateways join two with a comma.
    ("Accept-Language", "en"),
    ("Accept-Language", "fr"),
)
_CHUNKS = {
    "one chunk": (65_536,),
    "chunks of ten": (10,),
    "a byte and the rest": (1, 65_536),
    "uneven chunks": (7, 300, 13),
}


def circumstances() -> Iterator[tuple[str, Change]]:
    """Each circumstance, as the name of its variety and the change to a case."""
    for name, change in _circumstances():
        yield name, _named(name, change)


def _named(name: str, change: Change) -> Change:
    def named(case: Case) -> Case:
        changed = change(case)
        return replace(changed, intent=replace(changed.intent, variety=name))

    return named


def _circumstances() -> Iterator[tuple[str, Change]]:
    for name, headers in USUAL_HEADERS.items():
        yield name, _with_headers(Circumstance.HEADERS, headers)
    first = Carriage(extra_first=True)
    yield "8 KiB of headers", _with_headers(Circumstance.LARGE_HEADERS, _LARGE)
    yield "8 KiB of headers before the usual ones", _with_headers(Circumstance.LARGE_HEADERS, _LARGE, first)
    yield "80 headers", _with_headers(Circumstance.LARGE_HEADERS, _MANY)
    yield "repeated headers", _with_headers(Circumstance.HEADERS, _REPEATED)
    yield "an offer of HTTP/2", _with_headers(Circumstance.UPGRADE, _OFFER)
    yield "a charset", _with_charset
    yield "names in lower case", _carried(Circumstance.HEADERS, Carriage(lower_case=True))
    for query in QUERIES:
        yield f"?{query}", _with_query(query)
    for name, sizes in _CHUNKS.items():
        yield name, _carried(Circumstance.CHUNKED, Carriage(chunks=sizes))
    yield "a slow body", _carried(Circumstance.IN_PIECES, Carriage(pieces=2, pause=0.25))
    yield "three writes", _carried(Circumstance.IN_PIECES, Carriage(pieces=3, pause=0.0))
    yield "a late body", _carried(Circumstance.IN_PIECES, Carriage(pieces=2, pause=0.03))
    yield "a head in two writes", _carried(Circumstance.IN_PIECES, Carriage(head_pieces=2, pause=0.03))
    yield "Expect and a late body", _carried(Circumstance.EXPECT, Carriage(expect=True, pause=0.05))
    yield "Expect", _carried(Circumstance.EXPECT, Carriage(expect=True))
    yield "gzip", _with_headers(Circumstance.COMPRESSION, (("Accept-Encoding", "gzip, deflate"),))
    yield "identity", _with_headers(Circumstance.COMPRESSION, (("Accept-Encoding", "identity"),))
    yield "HTTP/1.0", _carried(Circumstance.HTTP_1_0, Carriage(version="1.0"))


def _with_headers(circumstance: Circumstance, headers: Headers, carriage: Carriage = USUAL) -> Change:
    def change(case: Case) -> Case:
        declared = {name.lower() for name, _ in case.request.headers}
        more = tuple(one for one in headers if one[0].lower() not in declared)
        shown = headers[0][0] if len(headers) == 1 else f"{headers[0][0]} and others"
        added = (*case.request.headers, *more)
        return _in(case, circumstance, f"with {shown}", headers=added, carriage=carriage)

    return change


def _with_charset(case: Case) -> Case:
    """The case with a redundant charset parameter in its media type."""
    name, mark, rest = (case.request.content_type or "").partition(";")
    if not name:
        return case
    content_type = f"{name}; charset=utf-8{mark}{rest}"
    return _in(case, Circumstance.MEDIA_PARAMETER, "with charset=utf-8", content_type=content_type)


def _with_query(query: str) -> Change:
    def change(case: Case) -> Case:
        mark = "&" if "?" in case.request.path else "?"
        return _in(case, Circumstance.QUERY, f"with ?{query}", path=f"{case.request.path}{mark}{query}")

    return change


def _carried(circumstance: Circumstance, carriage: Carriage) -> Change:
    return lambda case: _in(case, circumstance, str(circumstance), carriage=carriage)


def _in(case: Case, circumstance: Circumstance, what: str, **changed: Any) -> Case:
    request = replace(case.request, what=f"{case.request.what}, {what}", **changed)
    return Case(request, replace(case.intent, circumstance=circumstance))
