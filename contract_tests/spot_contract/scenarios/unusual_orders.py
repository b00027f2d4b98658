"""Schema-valid orders with unrealistic data: accepted and echoed as sent, or refused with a conforming 400."""

from collections.abc import Iterator
from typing import Any

from spot_contract.document.media_types import MULTIPART
from spot_contract.exchanges.intent import Kind
from spot_contract.generation import samples
from spot_contract.generation.encodings import AS_JSON
from spot_contract.generation.orders import Body, carries, put
from spot_contract.generation.regions import TERRITORIES, code_of

from .plan import Plan
from .scenario import Units, scenario

ODD_TEXTS = {
    "an empty text": "",
    "NUL": "a\x00b",
    "control characters": "a\x01\x1f\x7fb",
    "line ends": "a\r\nb\nc\rd",
    "a right-to-left mark": "a\u202eb",
    "emoji": "Ana 👩‍👩‍👧 🇨🇦",
    "a byte order mark": "a\ufeffb",
    "a zero-width joiner": "\u0646\u0627\u0645\u200c\u062e\u0627\u0646",
    "a title": "Dr. Ana Smith, Jr.",
    "blanks that do not break": "Ana\u00a0Maria\u202fLiu",
    "markup": "<script>alert('x')</script>&amp;",
    "SQL": "Robert'); DROP TABLE orders;--",
    "a format": "%s %d {0} ${x} {{y}} %00 \\u0041",
    "quotes": "\"'`\u201c\u201d\\",
    "JSON": '{"a": [1, null]}',
    "a number": "0012",
    "a boolean": "false",
    "unassigned characters": "\u0378\uffff\U0010ffff",
    "many marks": "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d",
    "half width": "\uff71\uff98\uff7d \uff21\uff4c",
    "ligatures": "ﬁ ﬄ ǅ Ĳ",
    "a plus and percent": "a+b%20c%2Bd&e=f;g",
    "a YAML word": "no",
    "a comment": "Ana # Smith -- x",
    "an exponent": "12e3",
    "a decimal": "10.50",
    "a date": "2024-01-31",
}
LENGTHS = (31, 33, 41, 51, 65, 101, 129, 151, 201, 256, 257, 513, 1025, 4097, 102_400)
LEAVES = ("first_name", "last_name", "email", "phone")
ADDRESS = ("street1", "street2", "city", "state", "zip")
# Input that people type, but that a strict server may refuse.
UNUSUAL = {
    "state": ("ca", "California", "Calif.", "N.Y.", "New York", "on", "Québec"),
    "zip": ("k1a 0b1", "K1A0B1", "K1A-0B1", "00501-0001", "941021234", "1234", "0"),
    "city": ("san francisco", "SAN FRANCISCO", "St. John's", "Coeur d'Alene", "New  York"),
    "street1": ("1  Main   St", "1\tMain St", "1 Main St\u00a0West", "N\u00b0 5 Main"),
    "phone": ("415-555-0123 x42", "(415) 555-0123 ext. 5", "+44 20 7946 0123", "911", "555-0123", "++1"),
    "email": samples.table(
        "o'brien@example.com  a@b.example  jos\u00e9@example.com  x@ex\u00e4mple.com  a@localhost  @  Ana"
    ),
    "first_name": ("Mary  Ann", "Mary\u00a0Ann", "mARY", "R2-D2", "3", "Ana-", "'Ana", "a.b"),
    "last_name": ("SMITH JR", "Smith III", "Gal\u00b7la", "\u01c5ordje", "STRASSE stra\u00dfe", "I\u0307\u0131"),
}
WHITE_SPACE = (" Ana", "Ana ", "  Ana Mary\u3000", "\tAna")
Odd = tuple[str, str, Body]
_EXTRA = "extra properties"
_BLANKS = "blanks at the ends of texts"


@scenario("unusual but valid orders", spends_orders=True, turn=35, kinds={Kind.VALID})
def unusual_orders(plan: Plan) -> Units:
    """Unusual texts, lists and metadata in an otherwise ordinary order."""
    for number, (place, way, body) in enumerate(_odd_bodies(plan)):
        able = [
            one for one in plan.encodings if one.can_carry(body) and carries(one, body.get("metadata", samples.ABSENT))
        ]
        chosen = able[number % len(able) :][:1] if plan.profile.is_quick and able else able
        if way == _EXTRA and plan.has_json and AS_JSON not in chosen:
            chosen = [AS_JSON, *chosen]
        if way == _BLANKS:  # Line breaks separate the parts of a multipart body.
            chosen = able if not plan.profile.is_quick else [one for one in able if one.media_type == MULTIPART][-1:]
        for encoding in chosen:
            yield plan.valid(body, encoding, place=place, way=way)


def _odd_bodies(plan: Plan) -> Iterator[Odd]:
    for number, (what, text) in enumerate(ODD_TEXTS.items()):
        address, contact = ADDRESS[number % len(ADDRESS)], LEAVES[2 + number % 2]
        if plan.profile.is_quick:  # One order has the text in several places.
            yield (
                "recipient",
                what,
                _changed(plan, text, "first_name", "last_name", *((address,) if number % 2 else ())),
            )
        else:
            yield "recipient", what, _changed(plan, text, "first_name", "last_name")
            yield "recipient", what, _changed(plan, text, contact)
        if number % 2 == 0 or not plan.profile.is_quick:
            yield "recipient", what, _changed(plan, text, address)
        kits, metadata = {"kit_types": [text, "kit"]}, {"metadata": {f"k {text} k": f"v {text} v"}}
        if plan.profile.is_quick:
            yield "", what, {**plan.plain(), **kits, **metadata}
        else:
            yield "kit_types", what, {**plan.plain(), **kits}
            yield "metadata", what, {**plan.plain(), **metadata}
    for number, length in enumerate(LENGTHS):
        leaf = (*LEAVES, *ADDRESS)[number % 9]
        way = f"{length} characters"
        # Two bytes for each character, to find limits that count bytes rather than characters.
        body = _changed(plan, "é" * min(length, 4097) + "x" * max(0, length - 4097), leaf)
        metadata = {"metadata": {"long": "ż" * length}}
        if plan.profile.is_quick:
            yield "", way, {**body, **metadata}
        else:
            yield "recipient", way, body
            yield "metadata", way, {**plan.plain(), **metadata}
        if not plan.profile.is_quick or number % 2:
            yield "recipient", way, _changed(plan, "y" * length, "first_name")
    yield from _unusual(plan)
    yield from _odd_lists(plan)
    yield from _odd_properties(plan)
    yield from _territories(plan)


def _changed(plan: Plan, text: str, *names: str) -> Body:
    body = plan.plain()
    if plan.recipient:
        return {**body, "metadata": {"text": text}}
    return put(body, **dict.fromkeys(names, text))


def _unusual(plan: Plan) -> Iterator[Odd]:
    for name, texts in UNUSUAL.items():
        for number, text in enumerate(texts):
            if not plan.profile.is_quick or (number + plan.seed) % 3 == 0:
                yield "recipient", f"{name} {text!r}", _changed(plan, text, name)


def _odd_lists(plan: Plan) -> Iterator[Odd]:
    for what, kits in {
        "no kit types": [],
        "unknown kit types": ["zeta", "alpha", "Mid", "alpha", "beta"],
        "unknown kit types that repeat": ["b", "a", "b", "b", "a"],
        "known and unknown kit types": ["unknown_kit", plan.kit_types[0], "another"],
        "a hundred kit types": [f"kit_{99 - number}" for number in range(100)],
        "kit types with commas": ["a,b", "c;d", "e f"],
        "kit types like numbers": ["1", "02", "1e3", "true"],
        "an odd kit type in the middle": [plan.kit_types[0]] * 4 + ["Kit 5/b"] + [plan.kit_types[0]] * 4,
    }.items():
        yield "kit_types", what, {**plan.plain(), "kit_types": kits}


def _odd_properties(plan: Plan) -> Iterator[Odd]:
    more: Body = {
        "order_id": "mine",
        "status": "completed",
        "created": "1970-01-01T00:00:00Z",
        "kits": [],
        "extra": {"a": 1},
    }
    yield "", _EXTRA, {**plan.plain(), **more}
    nested = plan.plain()
    nested["recipient"] = {**nested.get("recipient", {}), "extra": "x", "order_id": "mine"}
    yield "recipient", _EXTRA, nested
    blanks = {"note": " x ", "list": ["\ty", "z\n"]}
    yield "metadata", "blanks at the ends", {**plan.plain(), "metadata": blanks}
    yield "metadata", _BLANKS, {**plan.plain(), "metadata": {"note": " x ", "line": "y\n"}}
    yield "metadata", "a deep tree", {**plan.plain(), "metadata": _deep(60)}
    yield "metadata", "many keys", {**plan.plain(), "metadata": {f"name {number}": number for number in range(2000)}}
    yield "metadata", "a long list", {**plan.plain(), "metadata": {"list": [f"item {number}" for number in range(500)]}}
    decimals = {"a": 0.30000000000000004, "b": 123456789.123456, "c": 1e-10, "d": 4.35, "e": [0.1, 0.7, 1.005]}
    yield "metadata", "decimals", {**plan.plain(), "metadata": decimals}


def _territories(plan: Plan) -> Iterator[Odd]:
    for number, region in enumerate(TERRITORIES):
        body = plan.plain()
        if not plan.recipient:
            body = put(body, city=region.city, state=region.code, zip=code_of(region, 2))
        if not plan.profile.is_quick or (number + plan.seed) % 2:
            yield "recipient", f"the territory {region.code}", body


def _deep(depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {"end": True}
    for _ in range(depth):
        found = {"in": found}
    return found


@scenario("white space at the ends", spends_orders=True, turn=36)
def white_space(plan: Plan) -> Units:
    """Names and address lines with white space at their ends: refused or, if accepted, kept."""
    if plan.recipient:
        return
    for shift, encoding in enumerate(plan.one_of_each_type if plan.profile.is_quick else plan.encodings):
        names = ("first_name", "last_name", "street1", "city")
        for number, name in enumerate(names[shift % 2 :: 2] if plan.profile.is_quick else names):
            texts = WHITE_SPACE[(shift + number) % 4 :][:1] if plan.profile.is_quick else WHITE_SPACE
            for text in texts:
                yield plan.valid(_changed(plan, text, name), encoding, place="recipient", way="white space at the ends")


@scenario("unusual null and empty values", spends_orders=True, turn=37)
def nulls(plan: Plan) -> Units:
    """An optional field that is null or empty: null may come back as absent, an empty text may not."""
    if plan.recipient:
        return
    for encoding in plan.encodings:
        body = plan.plain(encoding)
        body = {**body, "recipient": {**body.get("recipient", {})}}
        address = {**body["recipient"].get("address", {})}
        for value in (None, ""):
            body["recipient"] = {**body["recipient"], "address": {**address, "street2": value}}
            if encoding.can_carry(body):
                way = "an empty optional text" if value == "" else "an optional null"
                yield plan.valid({**body}, encoding, place="recipient.address.street2", way=way)
