"""The cases of the rules about invalid bodies."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, cycle, islice
from random import Random
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from . import access, parameters
from .carriers import AS_JSON, Carrier, json_bytes, listed, media, multipart, urlencoded
from .cases import Case, Trial
from .errors import NotJudged
from .explore import explore
from .invalid import Change, InvalidBody, changes, expressible, invalid_bodies
from .judge import Judge
from .messages import JSON, MULTIPART, URLENCODED
from .orders import Body, Maker
from .strategies import realistic


def derived(judge: Judge, rule: str) -> None:
    """Every variation of an order that breaks the schema in one place and falls under this rule, in each carrier."""
    judge.each(
        _refused(judge, case, carrier)
        for carrier in judge.carriers()
        for case in invalid_bodies(base_for(judge, carrier))
        if case.rule == rule and expressible(carrier, case.body)
    )


def two_missing(judge: Judge) -> None:
    """Every two required fields missing at once, in the carriers in turn."""
    judge.each(_two_missing(judge))


def _two_missing(judge: Judge) -> Iterator[Case]:
    carriers = list(judge.carriers())
    base = judge.maker.plain()
    missing = [one for one in changes() if one.rule == "refusal.required" and one.applied(base) is not None]
    for number, (one, other) in enumerate(combinations(missing, 2)):
        if not carriers:
            return
        carrier = carriers[number % len(carriers)]
        first = one.applied(base_for(judge, carrier))
        both = other.applied(first.body) if first is not None else None
        if first is not None and both is not None and expressible(carrier, both.body):
            what = f"{first.what}, {both.what}"
            yield _refused(judge, InvalidBody(both.body, what, both.rule, (*first.names, *both.names)), carrier)


def parameters_missing(judge: Judge) -> None:
    """Orders in order, each without one of the headers or query parameters that the document requires."""
    for name in parameters.required("header"):
        order = judge.request(judge.maker.plain(), what=f"an order without the header {name}")
        kept = tuple(one for one in order.headers if one[0] != name)
        judge.invalid(replace(order, headers=kept), "refusal.required", named(name, name.lower()))
    for name in parameters.required("query"):
        order = judge.request(judge.maker.plain(), what=f"an order without {name} in the query")
        path, _, query = order.path.partition("?")
        kept_query = "&".join(part for part in query.split("&") if not part.startswith(f"{quote(name)}="))
        judge.invalid(replace(order, path=f"{path}?{kept_query}"), "refusal.required", named(name))


def _refused(judge: Judge, case: InvalidBody, carrier: Carrier) -> Case:
    request = judge.request(case.body, carrier, what=f"{case.what}, as {carrier}")
    return judge.invalid_case(request, case.rule, case)


def named(*names: str) -> InvalidBody:
    """One wrong thing that an error may call by any of these names."""
    return InvalidBody(None, "", "", names)


def base_for(judge: Judge, carrier: Carrier) -> Body:
    """A plain order with everything in it that the carrier can carry."""
    body = judge.maker.plain()
    if not carrier.can_carry(body):
        body.pop("metadata", None)
    return body


MALFORMED: dict[str, Callable[[str], str]] = {
    "the first half of an order": lambda text: text[: len(text) // 2],
    "an order without its last brace": lambda text: text[:-1],
    "an order and a comma": lambda text: f"{text},",
    "a trailing comma": lambda text: f"{text[:-1]},}}",
    "two orders": lambda text: text + text,
    "an order and a word": lambda text: f"{text} x",
    "single quotes": lambda text: text.replace('"', "'"),
    "names without quotes": lambda text: re.sub(r'"(\w+)"', r"\1", text, count=1),
    "a comment": lambda text: f"{text[:-1]} /* comment */ }}",
    "no colon": lambda text: text.replace(":", " ", 1),
    "NaN": lambda text: _in_metadata(text, "NaN"),
    "Infinity": lambda text: _in_metadata(text, "Infinity"),
    "minus Infinity": lambda text: _in_metadata(text, "-Infinity"),
    "None": lambda text: _in_metadata(text, "None"),
    "a number with a leading zero": lambda text: _in_metadata(text, "007"),
    "a bare word": lambda _: "order",
    "an opening brace": lambda _: "{",
    "a lone quote": lambda _: '"',
    "form data": lambda _: "kit_types=health_kit_1",
    "markup": lambda _: "<order/>",
}


def _in_metadata(text: str, value: str) -> str:
    return f'{text[:-1]}, "metadata": {{"value": {value}}}}}'


def malformed(judge: Judge) -> None:
    """Bodies that are no JSON; and forms whose recipient is no JSON."""
    judge.twin(AS_JSON)
    for what, spoil in MALFORMED.items():
        body = judge.maker.plain()
        body.pop("metadata", None)
        data = spoil(json_bytes(body).decode()).encode()
        judge.invalid(judge.request(None, encoded=(JSON, data), what=what), "refusal.malformed")
    for carrier in media():
        if carrier is AS_JSON:
            continue
        try:
            judge.twin(carrier)
        except NotJudged as reason:
            judge.tally.not_judged[f"{judge.name} ({carrier})"] = str(reason)
            continue
        body = judge.maker.plain()
        pairs = carrier.pairs(body)
        for name, text in ((name, text) for name, text in pairs if isinstance(body[name], dict)):
            for spoilt in (text[:-1], text.replace('"', "'"), name, f"{text}x"):
                spoilt_pairs = [(key, spoilt if key == name else value) for key, value in pairs]
                in_url = carrier.media_type == URLENCODED
                encoded = (URLENCODED, urlencoded(spoilt_pairs)) if in_url else multipart(spoilt_pairs)
                request = judge.request(None, encoded=encoded, what=f"a {name} that is no JSON, as {carrier}")
                judge.invalid(request, "refusal.malformed")


def empty(judge: Judge) -> None:
    """Nothing at all, and nothing but white space, in each media type."""
    for content_type, data in _nothing():
        what = f"{data!r} as {content_type.partition(';')[0]}"
        judge.invalid(judge.request(None, encoded=(content_type, data), what=what), "refusal.empty")


def _nothing() -> Iterator[tuple[str, bytes]]:
    for data in (b"", b" ", b"\r\n"):
        yield JSON, data
    names = {carrier.media_type for carrier in listed()}
    if URLENCODED in names:
        yield URLENCODED, b""
    if MULTIPART in names:
        yield f"{MULTIPART}; boundary=spot", b"--spot--\r\n"


def not_an_object(judge: Judge) -> None:
    """JSON that is no object: every other kind of value, and an order inside a list or a text."""
    judge.twin(AS_JSON)
    order = judge.maker.plain()
    values: tuple[Any, ...] = (
        None,
        True,
        False,
        0,
        1,
        1.5,
        "",
        "order",
        [],
        [order],
        [[]],
        json_bytes(order).decode(),
        {},
    )
    for value in values:
        request = judge.request(value, what=f"a body that is {type(value).__name__}")
        judge.invalid(request, "refusal.not_object")


def list_as_text(judge: Judge) -> None:
    """Lists that are texts, numbers or objects instead."""
    judge.twin(AS_JSON)
    kit = judge.settings.kit_types[0]
    for value in (kit, f'["{kit}"]', f"{kit},{kit}", "", {"0": kit}, 1, True):
        body = {**judge.maker.plain(), "kit_types": value}
        request = judge.request(body, what=f"kit_types is {value!r}")
        judge.invalid(request, "refusal.list", named("kit_types"))


def mixed(judge: Judge) -> None:
    """Every place broken again, now and then over the run and in no order that a server could keep pace with.

    So what is let in every twentieth time only is found. The answers are those that the rules about errors look at.
    """
    chance = judge.maker.random()
    carriers = list(judge.carriers())
    times = -(-judge.settings.profile.repeats // RULES_ABOUT_ERRORS)
    chosen: list[tuple[Change, Carrier]] = []
    for ways in ways_to_break().values():
        open_ways = [way for way in ways if way[1] in carriers]
        chance.shuffle(open_ways)
        chosen += islice(cycle(open_ways), times)
    chance.shuffle(chosen)
    judge.each(
        case
        for number, way in enumerate(chosen)
        for case in (*_broken(judge, *way, chance), *(access.strangers(judge) if number % 30 == 0 else ()))
    )


@cache
def ways_to_break() -> dict[tuple[Any, str], list[tuple[Change, Carrier]]]:
    """For each place and rule, the changes that break it there and the carriers that can carry them."""
    base = Maker(0, "ways", ("kit",)).plain()
    found: dict[tuple[Any, str], list[tuple[Change, Carrier]]] = {}
    for change in changes():
        broken = change.applied(base)
        carried = [carrier for carrier in listed() if broken is not None and expressible(carrier, broken.body)]
        found.setdefault((change.path, change.rule), []).extend((change, carrier) for carrier in carried)
    return found


def _broken(judge: Judge, change: Change, carrier: Carrier, chance: Random) -> Iterator[Case]:
    for base in (judge.maker.varied(chance), judge.maker.plain()):
        broken = change.applied(base)
        if broken is not None and expressible(carrier, broken.body):
            yield _refused(judge, broken, carrier)
            return


RULES_ABOUT_ERRORS = 10  # Each sends its part of the repeats; all answers are held against all rules.


def any_broken(judge: Judge, carrier: Carrier) -> None:
    """Random realistic orders, each with one random thing broken."""
    judge.twin(carrier)

    def attempt(case: tuple[Body, int]) -> Trial:
        body, number = case
        chosen = _some_broken(body, number, carrier)
        if chosen is None:
            return judge.try_realistic(body, judge.request(body, carrier))
        request = judge.request(chosen.body, carrier, what=f"{chosen.what}, as {carrier}")
        return judge.try_invalid(request, "refusal.any", chosen)

    explore(judge, st.tuples(realistic(judge.maker, carrier), st.integers(0, 10_000)), attempt, str(carrier))


def _some_broken(body: Body, number: int, carrier: Carrier) -> InvalidBody | None:
    """The body with the first change from `number` on that breaks it in a way that the carrier can carry."""
    known = changes()
    for step in range(len(known)):
        broken = known[(number + step) % len(known)].applied(body)
        if broken is not None and expressible(carrier, broken.body):
            return broken
    return None
