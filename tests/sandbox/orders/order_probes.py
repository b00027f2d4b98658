"""Probes by their names: each checks one statement of the contract on a server, and fails by an exception."""

from __future__ import annotations

from sandbox_talk import (
    FORMS,
    JSON,
    MULTIPART,
    TOKEN,
    URLENCODED,
    Raw,
    denied,
    encode,
    envelope,
    multipart,
    refused,
    stated,
    text_of,
)

PROBES = {}
LEAVES = ("first_name", "last_name", "email", "phone")
PLACES = ("street1", "city", "state", "country", "zip")


def probe(function):
    PROBES[function.__name__.replace("_", " ")] = function
    return function


@probe
def ordinary_order(talk):
    talk.place(talk.draft())


def _echo(name, changes=None, drop=()):
    PROBES[name] = lambda talk: talk.place(talk.draft(changes, drop=drop))


def _metadata(name, text):
    PROBES[f"metadata with {name}"] = lambda talk: talk.place(talk.draft({"metadata": Raw(text)}))


CANADA = {"recipient.address.country": "CA", "recipient.address.state": "ON", "recipient.address.zip": "K1A 0B1"}
_echo("zip with a leading zero", {"recipient.address.zip": "00501"})
_echo("Canadian address", CANADA)
_echo("upper-case e-mail", {"recipient.email": "ALICE@example.com"})
_echo("plus-addressed e-mail", {"recipient.email": "alice+kits@example.com"})
_echo("international phone", {"recipient.phone": "+1 (202) 555-0123"})
_echo("markup", {"recipient.first_name": "<script>"})
_echo("empty city", {"recipient.address.city": ""})
_echo("NUL", {"recipient.first_name": "a\0b"})
_echo("emoji", {"recipient.first_name": "Zo \U0001f9ec"})
_echo("composed accent", {"recipient.first_name": "Zo\u00eb"})
_echo("decomposed accent", {"recipient.first_name": "Zoe\u0308"})
_echo("Chinese name", {"recipient.first_name": "\u660e"})
_echo("name with an apostrophe", {"recipient.last_name": "O'Neil"})
_echo("blanks at the ends of a name", {"recipient.first_name": " Alice "})
_echo("street2 null", {"recipient.address.street2": None})
_echo("street2 absent", drop=["recipient.address.street2"])
_echo("kit ordered twice", {"kit_types": ["b_kit", "c_kit", "b_kit"]})
_echo("kits out of order", {"kit_types": ["b_kit", "a_kit"]})
_echo("large metadata", {"metadata": {"note": "x" * 600_000}})
_echo("further properties of the recipient", {"recipient.middle_name": "Q", "recipient.address.floor": 3})
_echo("ten kits", {"kit_types": [f"kit_{number}" for number in range(10)]})
_echo("metadata absent", drop=["metadata"])
_echo("metadata null", {"metadata": None})
_metadata("nothing in it", "{}")
_metadata("an integer beyond 2^53", '{"n": 9007199254740993}')
_metadata("a fraction", '{"n": 98.125}')
_metadata("a whole float", '{"n": 1.0}')
_metadata("a number beyond floats", '{"n": 1e400}')
_metadata("minus zero", '{"n": -0}')
_metadata("true", '{"b": true}')
for _number in ("-0.0", "1.10", "1E+2", "1e-400", "0.1", "12345678901234567890.5", "7" * 500_000):
    _metadata(f"the number {_number[:30]}", f'{{"n": {_number}}}')
_metadata("unsorted keys", '{"b": 1, "a": 2, "c": {"z": 1, "y": 2}}')
_metadata("800 levels", '{"a":' + "[" * 800 + "]" * 800 + "}")
_metadata("null within", '{"a": null, "b": 1}')
_metadata("an empty object", '{"a": {}}')
_metadata("an empty list", '{"a": []}')
_metadata("four levels", '{"a": {"b": {"c": {"d": 1}}}}')
_metadata("lone surrogates", '{"a": "\\ud800", "\\udfff": 1}')
_metadata("an unsorted list", '{"a": ["c", "b"]}')
_metadata("a key in Greek", '{"\u03ba\u03bb\u03b5\u03b9\u03b4\u03af": "x"}')
_metadata("an emoji", '{"a": "\U0001f9ec"}')
_metadata("a sign of HTML", '{"a": "x < y"}')
_metadata("blanks at the ends", '{"a": " b "}')
_metadata("digits in a text", '{"a": "007"}')


@probe
def too_large_a_body(talk):
    answer = talk.call(b" " * (1024 * 1024 + 1))
    assert answer.status == 413
    assert envelope(answer).keys() == {"type", "detail"}
    ordinary_order(talk)


for _media, _style in FORMS:
    _label = f"{_media.partition('/')[2]} in {_style} style"
    PROBES[_label] = lambda talk, m=_media, s=_style: talk.place(talk.draft(), m, s)


def _without(talk, path, media=JSON, style="json"):
    refused(talk.call(encode(talk.draft(drop=[path]), media, style), stated(media)), path.rpartition(".")[2])


def _with(talk, path, value, form=(JSON, "json")):
    answer = talk.call(encode(talk.draft({path: value}), *form), stated(form[0]))
    return refused(answer, path.rpartition(".")[2])


REQUIRED = (
    "kit_types",
    "recipient",
    "recipient.address",
    *(f"recipient.{leaf}" for leaf in LEAVES),
    *(f"recipient.address.{place}" for place in PLACES),
)
for _path in REQUIRED:
    PROBES[f"{_path} missing"] = lambda talk, p=_path: _without(talk, p)
    PROBES[f"{_path} null"] = lambda talk, p=_path: _with(talk, p, None)
    PROBES[f"{_path} a number"] = lambda talk, p=_path: _with(talk, p, 5)
    PROBES[f"{_path} a boolean"] = lambda talk, p=_path: _with(talk, p, True)
    if _path != "kit_types":
        for _media, _style in FORMS:
            PROBES[f"{_path} missing in {_media} in {_style} style"] = lambda talk, p=_path, m=_media, s=_style: (
                _without(talk, p, m, s)
            )
PROBES["kit_types a text"] = lambda talk: _with(talk, "kit_types", "health_kit_1")
PROBES["kit_types of numbers"] = lambda talk: _with(talk, "kit_types", [1, 2])
PROBES["kit_types of a text and a number"] = lambda talk: _with(talk, "kit_types", ["health_kit_1", 2])
PROBES["metadata a text"] = lambda talk: _with(talk, "metadata", "text")
PROBES["metadata a list"] = lambda talk: _with(talk, "metadata", [])
PROBES["street2 a number"] = lambda talk: _with(talk, "recipient.address.street2", 2)
PROBES["country ZZ"] = lambda talk: _with(talk, "recipient.address.country", "MX")
PROBES["country in lower case"] = lambda talk: _with(talk, "recipient.address.country", "us")
for _media, _style in FORMS:
    PROBES[f"country ZZ in {_media} in {_style} style"] = lambda talk, m=_media, s=_style: _with(
        talk, "recipient.address.country", "ZZ", (m, s)
    )


PROBES["Canadian address without a province"] = lambda talk: refused(
    talk.call(text_of(talk.draft(CANADA, drop=["recipient.address.state"])).encode()), "state"
)
PROBES["recipient in a list"] = lambda talk: _with(talk, "recipient", [talk.draft()["recipient"]])
PROBES["address as JSON text"] = lambda talk: _with(
    talk, "recipient.address", text_of(talk.draft()["recipient"]["address"])
)


@probe
def country_not_repeated(talk):
    assert "Atlantis" not in _with(talk, "recipient.address.country", "Atlantis")


@probe
def kit_types_missing_in_a_form(talk):
    refused(talk.call(encode(talk.draft(drop=["kit_types"]), URLENCODED, "dotted"), URLENCODED), "kit_types")


def _bytes(name, body, media=JSON):
    PROBES[name] = lambda talk: (refused(talk.call(body, media)), ordinary_order(talk))


_bytes("malformed JSON", b'{"kit_types": [}')
_bytes("JSON that ends too early", b'{"kit_types": ["a"')
_bytes("empty body", b"")
_bytes("body a list", b"[]")
_bytes("body null", b"null")
_bytes("body a text", b'"x"')
_bytes("invalid UTF-8", b'{"kit_types": "\xff"}')
_bytes("invalid UTF-8 in a form", b"kit_types=%FF", URLENCODED)
_bytes("NaN", b'{"metadata": NaN}')
_bytes("duplicate keys", b'{"kit_types": [], "kit_types": []}')
_bytes("nesting 10,000 deep", b'{"metadata": ' + b"[" * 10_000 + b"]" * 10_000 + b"}")
_bytes("broken multipart", b"--nothing", stated(MULTIPART))
_bytes("multipart that ends too early", multipart([("kit_types", "a")])[:-6], stated(MULTIPART))
_bytes("multipart without a boundary", b"x", MULTIPART)
_bytes("empty form", b"", URLENCODED)


@probe
def file_where_a_text_is_expected(talk):
    part = 'kit_types"; filename="a.txt'
    refused(talk.call(multipart([(part, "a")]), stated(MULTIPART)), "kit_types")


CREDENTIALS = {
    "no header": None,
    "Bearer": f"Bearer {TOKEN}",
    "Basic": f"Basic {TOKEN}",
    "another scheme": f"ApiKey {TOKEN}",
    "no scheme": TOKEN,
    "empty token": "Token ",
    "another token": "Token tok",
    "another token of the same length": "Token " + "x" * len(TOKEN),
    "a prefix of the token": f"Token {TOKEN[:-1]}",
    "a longer token": f"Token {TOKEN}x",
    "the token in another case": f"Token {TOKEN.upper()}",
    "two headers": [f"Token {TOKEN}", f"Token {TOKEN}"],
    "bytes beyond ASCII": b"Token \xff\xfe",
}
for _label, _value in CREDENTIALS.items():
    for _media, _style in ((JSON, "json"), (URLENCODED, "dotted"), (MULTIPART, "json")):
        PROBES[f"{_label} for {_media}"] = lambda talk, v=_value, m=_media, s=_style: denied(
            talk.call(encode(talk.draft(), m, s), stated(m), authorization=v)
        )


@probe
def token_in_the_query(talk):
    for name in ("token", "api_key", "access_token"):
        denied(talk.call(text_of(talk.draft()).encode(), authorization=None, path=f"/api/v2/orders/?{name}={TOKEN}"))


@probe
def wrong_body_without_a_token(talk):
    denied(talk.call(b'{"x', authorization=None))
    denied(talk.call(b"{}", authorization="Token wrong"))


@probe
def scheme_in_lower_case(talk):
    talk.place(talk.draft(), authorization=f"token {TOKEN}")


def _unsupported(talk, media):
    answer = talk.call(text_of(talk.draft()).encode(), media)
    assert answer.status == 415, answer
    assert "status" not in envelope(answer)


PROBES["application/xml"] = lambda talk: _unsupported(talk, "application/xml")
PROBES["text/plain"] = lambda talk: _unsupported(talk, "text/plain")
PROBES["no media type"] = lambda talk: _unsupported(talk, None)


def _stated(name, text, media=JSON):
    def ask(talk):
        order = talk.draft()
        talk.judge(talk.call(encode(order, media, "dotted"), text), order)

    PROBES[name] = ask


_stated("charset parameter", "application/json; charset=utf-8")
_stated("upper-case media type", "APPLICATION/JSON")
_stated("charset parameter of a form", f"{URLENCODED}; charset=UTF-8", URLENCODED)


def _method(talk, name):
    answer = talk.call(text_of(talk.draft()).encode(), method=name)
    assert answer.status == 405, answer
    assert answer.headers.get("allow") == "POST"


for _label in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE"):
    PROBES[f"method {_label}"] = lambda talk, n=_label: _method(talk, n)


PROBES["GET without a token"] = lambda talk: _no_list(talk.call(method="GET", authorization=None))


def _no_list(answer):
    assert answer.status in {401, 405}, answer
