"""Orders that violate the schema, and bodies that are not orders."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, cycle, islice
from random import Random
from typing import Any
from urllib.parse import quote

from spot_contract.document import parameters
from spot_contract.document.media_types import JSON, MULTIPART, URLENCODED
from spot_contract.exchanges.intent import Flaw, Intent, Kind
from spot_contract.generation.encodings import AS_JSON, Encoding, Nesting, json_bytes
from spot_contract.generation.mutations import Change, InvalidBody, can_express, changes, expressible

from .circumstances import circumstances
from .credentials import without_credential
from .plan import Plan
from .scenario import Case, Units, scenario


@scenario("orders with one thing wrong", spends_orders=False, turn=10, kinds={Kind.INVALID})
def derived(plan: Plan) -> Units:
    """Every mutation, in every encoding or, in quick, in JSON and some form encodings in rotation."""
    for number, change in enumerate(changes()):
        if plan.profile.is_quick and change.is_among_valid and (number + plan.seed) % 3:
            continue
        able = [one for one in plan.encodings if can_express(one, change)]
        forms = [one for one in able if not one.is_json]
        if plan.profile.is_quick and forms:
            # A form carries every third mutation; a missing field is tried in all forms.
            turn = number // 3 % len(forms)
            wanted = forms if change.flaw is Flaw.MISSING else forms[turn : turn + 1] if number % 3 == 0 else []
            able = [*(one for one in able if one.is_json), *wanted]
        for encoding in able:
            broken = change.applied(plan.plain(encoding))
            if broken is not None:
                yield plan.invalid(broken, encoding)


@scenario("orders with two fields missing", spends_orders=False, turn=11)
def two_missing(plan: Plan) -> Units:
    """Every two required fields missing at once, in the encodings in rotation."""
    base = plan.maker.plain()
    missing = [one for one in changes() if one.flaw is Flaw.MISSING and one.applied(base) is not None]
    for number, (one, other) in enumerate(combinations(missing, 2)):
        encoding = plan.in_turn(number)
        if plan.profile.is_quick and (number + plan.seed) % 4:
            continue
        first = one.applied(plan.plain(encoding))
        both = other.applied(first.body) if first is not None else None
        if first is not None and both is not None and expressible(encoding, both.body):
            names = (*first.names, *both.names)
            yield plan.invalid(
                InvalidBody(both.body, Flaw.MISSING, first.place, "missing, and another field", names), encoding
            )


@scenario("required parameters missing", spends_orders=False, turn=12)
def parameters_missing(plan: Plan) -> Units:
    """Valid orders, each without one required header or query parameter."""
    for name in parameters.required("header"):
        request = plan.request(plan.plain(), what=f"an order without the header {name}")
        kept = tuple(one for one in request.headers if one[0] != name)
        yield Case(replace(request, headers=kept), _missing_parameter(name, name, name.lower()))
    for name in parameters.required("query"):
        request = plan.request(plan.plain(), what=f"an order without {name} in the query")
        path, _, query = request.path.partition("?")
        kept_query = "&".join(part for part in query.split("&") if not part.startswith(f"{quote(name)}="))
        yield Case(replace(request, path=f"{path}?{kept_query}"), _missing_parameter(name, name))


def _missing_parameter(place: str, *names: str) -> Intent:
    return Intent(Kind.INVALID, str(AS_JSON), None, Flaw.MISSING, place, "missing", names)


@scenario("orders broken again and again", spends_orders=False, turn=14, kinds={Kind.INVALID, Kind.UNAUTHORISED})
def repeatedly(plan: Plan) -> Units:
    """Every place broken repeatedly, in random order and in different circumstances.

    This finds servers that accept invalid orders only sometimes, or only in some circumstance.
    """
    chance, carried = plan.random, [change for name, change in circumstances() if plan.is_usable(name)]
    chosen: list[tuple[Change, Encoding]] = []
    for ways in _ways_to_break(plan.encodings).values():
        open_ways = list(ways)
        chance.shuffle(open_ways)
        chosen += islice(cycle(open_ways), plan.profile.repeats)
    chance.shuffle(chosen)
    chance.shuffle(carried)
    # JSON and the forms each cycle through all circumstances.
    turns = {True: cycle(carried), False: cycle(carried)}
    for number, (change, encoding) in enumerate(chosen):
        for case in _broken(plan, change, encoding, chance, is_large=number % 9 == 0):
            yield next(turns[encoding.is_json])(case) if carried and number % 2 else case
        if number % 30 == 0:
            yield from without_credential(plan, number)


def _ways_to_break(encodings: Sequence[Encoding]) -> dict[tuple[Any, Flaw], list[tuple[Change, Encoding]]]:
    """For each place and flaw, the mutations and the encodings that can express them."""
    found: dict[tuple[Any, Flaw], list[tuple[Change, Encoding]]] = {}
    for change in changes():
        able = [(change, encoding) for encoding in encodings if can_express(encoding, change)]
        if able:
            found.setdefault((change.path, change.flaw), []).extend(able)
    return found


def _broken(plan: Plan, change: Change, encoding: Encoding, chance: Random, *, is_large: bool) -> Iterator[Case]:
    for base in (plan.maker.varied(chance), plan.maker.plain()):
        if is_large and encoding.has_metadata and change.path[0] != "metadata":
            base["metadata"] = {"note": " ".join(f"word{number}" for number in range(2600))}
        broken = change.applied(encoding.without_unsupported(base))
        if broken is not None and expressible(encoding, broken.body):
            yield plan.invalid(broken, encoding)
            return


MALFORMED: dict[str, Callable[[str], str]] = {
    "the first half of an order": lambda text: text[: len(text) // 2],
    "an order without its last brace": lambda text: text[:-1],
    "single quotes": lambda text: text.replace('"', "'"),
    "names without quotes": lambda text: re.sub(r'"(\w+)"', r"\1", text, count=1),
    "no colon": lambda text: text.replace(":", " ", 1),
    "None": lambda text: _in_metadata(text, "None"),
    "a number with a leading zero": lambda text: _in_metadata(text, "007"),
    "a bare word": lambda _: "order",
    "an opening brace": lambda _: "{",
    "a lone quote": lambda _: '"',
    "form data": lambda _: "kit_types=health_kit_1",
    "markup": lambda _: "<order/>",
    "two commas": lambda text: text.replace(",", ",,", 1),
    "a brace too many inside": lambda text: text.replace('"address": {', '"address": {{'),
}
EXTENSIONS: dict[str, Callable[[str], str]] = {
    "NaN": lambda text: _in_metadata(text, "NaN"),
    "Infinity": lambda text: _in_metadata(text, "Infinity"),
    "minus Infinity": lambda text: _in_metadata(text, "-Infinity"),
    "a comment": lambda text: f"{text[:-1]} /* comment */ }}",
    "a trailing comma": lambda text: f"{text[:-1]},}}",
    "an order and a comma": lambda text: f"{text},",
    "an order and a word": lambda text: f"{text} x",
    "two orders": lambda text: text + text,
}


def _in_metadata(text: str, value: str) -> str:
    return f'{text[:-1]}, "metadata": {{"value": {value}}}}}'


@scenario("malformed JSON", spends_orders=False, turn=15)
def malformed(plan: Plan) -> Units:
    """Malformed JSON, as a body and in the recipient field of forms."""
    if plan.has_json:
        for flaw, table in ((Flaw.MALFORMED, MALFORMED), (Flaw.EXTENSION, EXTENSIONS)):
            for way, spoil in table.items():
                body = plan.plain()
                body.pop("metadata", None)
                yield plan.refused(flaw, way, (JSON, spoil(json_bytes(body).decode()).encode()))
    for encoding in plan.forms:
        if encoding.nesting("recipient") is Nesting.JSON_TEXT:
            yield from _malformed_fields(plan, encoding)


def _malformed_fields(plan: Plan, encoding: Encoding) -> Iterator[Case]:
    body = plan.plain(encoding)
    pairs = encoding.pairs(body)
    for name, text in ((name, text) for name, text in pairs if name == "recipient" and isinstance(body[name], dict)):
        spoilt = {"cut short": text[:-1], "in single quotes": text.replace('"', "'"), "a bare word": name}
        for way, value in spoilt.items():
            changed = [(key, value if key == name else kept) for key, kept in pairs]
            yield plan.refused(
                Flaw.MALFORMED, f"a {name} {way}", encoding.encode_pairs(changed), encoding=encoding, place=name
            )


@scenario("empty bodies and bodies that are no object", spends_orders=False, turn=16)
def no_order(plan: Plan) -> Units:
    """Empty bodies, white space, and JSON that is not an object."""
    types = {one.media_type for one in plan.encodings}
    for data in (b"", b" ", b"\r\n") if plan.has_json else ():
        yield plan.refused(Flaw.EMPTY, "nothing" if not data else "white space alone", (JSON, data))
    for encoding in plan.one_of_each_type:
        if encoding.media_type == URLENCODED:
            yield plan.refused(Flaw.EMPTY, "nothing", (URLENCODED, b""), encoding=encoding)
        if encoding.media_type == MULTIPART:
            empty = (f"{MULTIPART}; boundary=spot", b"--spot--\r\n")
            yield plan.refused(Flaw.EMPTY, "no parts", empty, encoding=encoding)
    if JSON not in types:
        return
    order = plan.plain()
    values: dict[str, Any] = {
        "null": None,
        "true": True,
        "false": False,
        "a number": 1,
        "zero": 0,
        "a fraction": 1.5,
        "an empty text": "",
        "a text": "order",
        "an empty list": [],
        "a list with an order": [order],
        "a list with a list": [[]],
        "an order as a text": json_bytes(order).decode(),
        "an empty object": {},
    }
    for way, value in values.items():
        yield plan.refused(Flaw.NOT_OBJECT, way, (JSON, json_bytes(value)))


@scenario("lists that are no list", spends_orders=False, turn=17)
def no_lists(plan: Plan) -> Units:
    """Texts and objects in place of the list of kit types."""
    kit = plan.kit_types[0]
    values: dict[str, Any] = {
        "a kit type as a text": kit,
        "a list as JSON text": f'["{kit}"]',
        "kit types with a comma between": f"{kit},{kit}",
        "an object of kit types": {"0": kit},
    }
    for way, value in values.items() if plan.has_json else ():
        body = {**plan.plain(), "kit_types": value}
        yield plan.invalid(InvalidBody(body, Flaw.LIST, "kit_types", way, ("kit_types",)), AS_JSON)
