"""The cases of the rules about robustness: bytes that no honest client sends, and an honest order after each."""

from collections.abc import Iterable, Iterator

from hypothesis import strategies as st

from . import access, checks, credentials
from .carriers import AS_JSON, json_bytes, listed, multipart, urlencoded
from .cases import Trial
from .documents import VENDORED, Document
from .explore import explore
from .judge import Judge
from .messages import JSON, MULTIPART, URLENCODED, Answer, Problem, Request

_MIB = 1024 * 1024
_DEPTH = 10_000
_LARGE = 8192


def hostile_bodies(judge: Judge) -> None:
    """Each hostile body, then an ordinary order."""
    for what, content_type, data in bodies(judge):
        request = judge.request(None, encoded=(content_type, data), what=what)
        judge.record(judge.try_with(request, ["robustness.bodies"], _look_at_size if len(data) > _LARGE else _look))
        _still_answers(judge, "robustness.bodies")
    for what, data in (("neither body nor media type", b""), ("no media type", json_bytes(judge.maker.plain()))):
        request = Request(None, data, judge.token, judge.bench.path, what=what)
        judge.record(judge.try_with(request, ["robustness.bodies"], _look_untyped))
        _still_answers(judge, "robustness.bodies")


def hostile_headers(judge: Judge) -> None:
    """Each odd Authorization header, then an ordinary order."""
    for credential in credentials.odd(judge.settings.token):
        request = judge.request(judge.maker.plain(), what=f"an order with {credential.label} for a token")
        look = _look_trimmed if credentials.trims_to(credential, judge.token) else _look_headers
        judge.record(judge.try_with(request.with_credential(credential), ["robustness.headers"], look))
        _still_answers(judge, "robustness.headers")


def broken_connections(judge: Judge) -> None:
    """Clients that go away in the middle, and requests that are no HTTP; then an ordinary order."""
    for data, hang_up in _fragments(judge):
        judge.bench.desk.raw(data, hang_up=hang_up)
        judge.tally.count("robustness.connections")
        _still_answers(judge, "robustness.connections")


def _still_answers(judge: Judge, rule: str) -> None:
    judge.realistic(judge.maker.plain(), AS_JSON, rule, what="an ordinary order after a hostile request")


def _look(answer: Answer) -> Iterable[Problem]:
    """Accepted, refused or too large: anything but another kind of answer. A 400 has its envelope."""
    if answer.status == 400:
        yield from checks.refusal(answer)
    elif answer.status == Document.load(VENDORED).accepted:
        value, why = checks.parsed(answer)
        if not isinstance(value, dict):
            yield Problem("success.body", "a JSON object", why or "something else")
    elif answer.status < 500 and answer.status not in {*checks.UNPROCESSABLE_SIZE, 415}:
        yield Problem("robustness.bodies", "an accepted order, 400, or 413 for its size", checks.in_short(answer))


def _look_at_size(answer: Answer) -> Iterable[Problem]:
    """A limit is a fine answer to size, and need not be told in the envelope."""
    return () if answer.status == 400 else _look(answer)


def _look_untyped(answer: Answer) -> Iterable[Problem]:
    if answer.status not in {Document.load(VENDORED).accepted, 400, 415} and answer.status < 500:
        yield Problem(
            "robustness.bodies",
            "400 or 415, or accepted where JSON is taken for granted",
            checks.in_short(answer),
        )


def _look_headers(answer: Answer) -> Iterable[Problem]:
    if answer.status not in {400, 401, 431} and answer.status < 500:
        yield Problem("robustness.headers", "401, or 400 or 431 for what is no header", checks.in_short(answer))


def _look_trimmed(answer: Answer) -> Iterable[Problem]:
    """Some HTTP parsers cut such bytes off a header's ends before the service sees it: that leaves the right token."""
    return () if 200 <= answer.status < 300 else _look_headers(answer)


def bodies(judge: Judge) -> Iterator[tuple[str, str, bytes]]:
    """What, content type, bytes."""
    order = judge.maker.plain()
    order["metadata"] = "METADATA"
    text = json_bytes(order)

    def holding(metadata: bytes) -> bytes:
        return text.replace(b'"METADATA"', metadata)

    yield from (
        ("invalid UTF-8 in a text", JSON, holding(b'{"a": "\xff\xfe\xc3\x28"}')),
        ("overlong UTF-8", JSON, holding(b'{"a": "\xc0\xaf\xe0\x80\xaf"}')),
        ("UTF-8 surrogates", JSON, holding(b'{"a": "\xed\xa0\x80"}')),
        ("UTF-16", JSON, text.decode().encode("utf-16")),
        ("UTF-32", JSON, text.decode().encode("utf-32")),
        ("a byte order mark", JSON, b"\xef\xbb\xbf" + holding(b"{}")),
        ("a lone high surrogate", JSON, holding(rb'{"a": "\ud800"}')),
        ("a lone low surrogate", JSON, holding(rb'{"a": "\udc00 x"}')),
        ("a lone surrogate as a name", JSON, holding(rb'{"\ud800": 1}')),
        (
            "a lone surrogate in first_name",
            JSON,
            text.replace(b'"METADATA"', b"null").replace(b'"Alice"', rb'"Al\ud834"'),
        ),
        ("an escaped NUL", JSON, holding(rb'{"a\u0000b": "\u0000"}')),
        ("a raw NUL", JSON, holding(b'{"a": "\x00"}')),
        ("NUL bytes alone", JSON, b"\x00" * 64),
        ("duplicate names", JSON, holding(b'{"a": 1, "a": 2}')),
        ("a duplicate recipient", JSON, holding(b"null")[:-1] + b', "recipient": null}'),
        ("a string of 1 MiB", JSON, holding(b'{"a": "' + b"x" * _MIB + b'"}')),
        ("a name of 1 MiB", JSON, holding(b'{"' + b"x" * _MIB + b'": 1}')),
        ("100,000 kit types", JSON, b'{"kit_types": [' + b",".join([b'"a"'] * 100_000) + b"]}"),
        ("arrays 10,000 deep", JSON, holding(b'{"a": ' + b"[" * _DEPTH + b"]" * _DEPTH + b"}")),
        ("objects 10,000 deep", JSON, holding(b'{"a":' * _DEPTH + b"1" + b"}" * _DEPTH)),
        ("nothing but brackets", JSON, b"[" * 100_000),
        ("nothing but braces", JSON, b'{"a":' * 50_000),
        ("a number of 5,000 digits", JSON, holding(b'{"a": ' + b"9" * 5000 + b"}")),
        ("a number beyond doubles", JSON, holding(b'{"a": 1e400, "b": -1e999}')),
        ("a huge exponent", JSON, holding(b'{"a": 1e999999999}')),
        ("a tiny number", JSON, holding(b'{"a": 1e-400, "b": 0.' + b"0" * 400 + b"1}")),
        ("many decimals", JSON, holding(b'{"a": 0.' + b"1" * 3000 + b"}")),
        ("minus zero", JSON, holding(b'{"a": -0, "b": -0.0}')),
        ("random bytes", JSON, bytes(range(256)) * 4),
        ("invalid percent escapes", URLENCODED, b"kit_types=%ZZ&recipient=%&metadata=%4"),
        ("invalid UTF-8 in a form", URLENCODED, b"kit_types=%ff%fe&recipient=%c3%28"),
        ("NUL in a form", URLENCODED, b"kit_types=%00&recipient=%00&\x00=\x00"),
        ("20,000 fields", URLENCODED, b"&".join(b"f%d=1" % number for number in range(20_000))),
        ("nothing but marks", URLENCODED, b"&&&===&;=&"),
        ("deep dotted names", URLENCODED, b"kit_types=a&recipient." + b"a." * 5000 + b"a=1"),
        (
            "a text and below it a name",
            URLENCODED,
            b"kit_types=a&recipient=x&recipient.first_name=y&recipient.address=z",
        ),
        ("dots alone", URLENCODED, b"kit_types=a&.=1&..=2&recipient.=3&.recipient=4&recipient..zip=5"),
        ("brackets", URLENCODED, b"kit_types[]=a&kit_types[0]=b&recipient[first_name]=c&recipient[=d&]=e"),
        ("deep JSON in a field", URLENCODED, b"kit_types=a&recipient=" + b"%5B" * _DEPTH),
        ("a field of 1 MiB", URLENCODED, b"kit_types=a&recipient=" + b"x" * _MIB),
    )
    yield from _multiparts(judge)


def _multiparts(judge: Judge) -> Iterator[tuple[str, str, bytes]]:
    typed = f"{MULTIPART}; boundary=spot"
    name = b'Content-Disposition: form-data; name="kit_types"\r\n\r\n'
    yield from (
        ("multipart without boundary", MULTIPART, b"--spot\r\n" + name + b"a\r\n--spot--\r\n"),
        ("multipart with an empty boundary", f"{MULTIPART}; boundary=", b"--\r\n" + name + b"a\r\n----\r\n"),
        ("multipart with another boundary", typed, b"--other\r\n" + name + b"a\r\n--other--\r\n"),
        ("multipart that ends early", typed, b"--spot\r\n" + name + b"a"),
        ("multipart without its end", typed, b"--spot\r\n" + name + b"a\r\n"),
        ("multipart header that ends early", typed, b"--spot\r\nContent-Dispo"),
        ("multipart part without name", typed, b"--spot\r\nContent-Disposition: form-data\r\n\r\na\r\n--spot--\r\n"),
        ("multipart part without headers", typed, b"--spot\r\n\r\na\r\n--spot--\r\n"),
        ("multipart of line feeds", typed, b"--spot\n" + name.replace(b"\r", b"") + b"a\n--spot--\n"),
        ("multipart of bytes", typed, b"--spot\r\n" + name + bytes(range(256)) + b"\r\n--spot--\r\n"),
        (
            "multipart with a file",
            typed,
            b"--spot\r\n" + name.replace(b'"\r', b'"; filename="a.txt"\r') + b"a\r\n--spot--\r\n",
        ),
        (
            "multipart with an odd charset",
            typed,
            b"--spot\r\nContent-Type: text/plain; charset=x-y\r\n" + name + b"a\r\n--spot--\r\n",
        ),
        (
            "multipart with an odd encoding",
            typed,
            b"--spot\r\nContent-Transfer-Encoding: base64\r\n" + name + b"!!\r\n--spot--\r\n",
        ),
        ("multipart of 3,000 parts", typed, (b"--spot\r\n" + name + b"a\r\n") * 3000 + b"--spot--\r\n"),
        (
            "multipart header of 100 KB",
            typed,
            b"--spot\r\nX: " + b"x" * 100_000 + b"\r\n" + name + b"a\r\n--spot--\r\n",
        ),
        ("multipart boundary of 300 characters", f"{MULTIPART}; boundary={'b' * 300}", b"--" + b"b" * 300 + b"--\r\n"),
        ("a multipart part of 1 MiB", typed, b"--spot\r\n" + name + b"x" * _MIB + b"\r\n--spot--\r\n"),
        ("multipart that is JSON", typed, json_bytes(judge.maker.plain())),
        ("JSON that is multipart", JSON, b"--spot\r\n" + name + b"a\r\n--spot--\r\n"),
    )


def _fragments(judge: Judge) -> Iterator[tuple[bytes, bool]]:
    target = judge.bench.desk.target
    head = (
        f"POST {target.prefix}{judge.bench.path} HTTP/1.1\r\nHost: {target.origin}\r\n"
        f"Authorization: {(judge.token.header or b'').decode()}\r\nContent-Type: {JSON}\r\nConnection: close\r\n"
    ).encode()
    data = json_bytes(judge.maker.plain())
    yield head + b"Content-Length: 5000\r\n\r\n" + data, True
    yield head + b"Content-Length: 5000\r\n\r\n", True
    yield head, True
    yield b"", True
    yield b"\x16\x03\x01\x02\x00\x01\x00", True
    yield b"NOT HTTP\r\n\r\n", False
    yield head + b"Content-Length: many\r\n\r\n", False
    yield head + b"Content-Length: -1\r\n\r\n", False
    yield head + b"X-Long: " + b"x" * 70_000 + b"\r\nContent-Length: 0\r\n\r\n", False


def random_bodies(judge: Judge) -> None:
    """Random bytes and broken JSON in every media type."""

    def attempt(case: tuple[str, bytes]) -> Trial:
        content_type, data = case
        request = judge.request(None, encoded=(content_type, data), what=f"random bytes as {content_type}")
        return judge.try_with(request, ["robustness.bodies"], _look)

    order = json_bytes(judge.maker.plain())
    cut = st.integers(0, len(order)).flatmap(
        lambda end: st.binary(max_size=8).map(lambda more: order[:end] + more + order[end:])
    )
    types = st.sampled_from((JSON, URLENCODED, f"{MULTIPART}; boundary=spot"))
    explore(judge, st.tuples(types, st.one_of(st.binary(max_size=200), cut)), attempt, "bytes")


def random_forms(judge: Judge) -> None:
    """Forms of random names and texts."""
    name = st.sampled_from(
        ("kit_types", "recipient", "recipient.address", "recipient.first_name", "metadata", "metadata.a", "")
    )
    pairs = st.lists(st.tuples(name | st.text(max_size=8), st.text(max_size=20)), max_size=12)

    def attempt(case: tuple[bool, list[tuple[str, str]]]) -> Trial:
        try:
            encoded = (URLENCODED, urlencoded(case[1])) if case[0] else multipart(case[1])
        except UnicodeEncodeError:
            encoded = (URLENCODED, b"")
        request = judge.request(None, encoded=encoded, what="a form of random fields")
        return judge.try_with(request, ["robustness.bodies"], _look)

    explore(judge, st.tuples(st.booleans(), pairs), attempt, "forms")


def still_there(judge: Judge) -> None:
    """Ordinary orders in every carrier."""
    for carrier in listed():
        judge.realistic(judge.maker.plain(), carrier, "robustness.keeps_answering")
        judge.each(access.strangers(judge))
