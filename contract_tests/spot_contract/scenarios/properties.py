"""Random orders, random orders with one fault, and random bytes, drawn by Hypothesis.

Hypothesis only draws the examples, with the seed of the run. They are sent like the cases of other scenarios, and the
run itself looks for the smallest order that breaks a rule.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from spot_contract.document.media_types import JSON, MULTIPART, URLENCODED
from spot_contract.exchanges.intent import Kind
from spot_contract.generation.encodings import Encoding, json_bytes, multipart, urlencoded
from spot_contract.generation.mutations import InvalidBody, changes, expressible
from spot_contract.generation.orders import Body
from spot_contract.generation.samples import table
from spot_contract.generation.strategies import realistic

from .plan import Plan
from .scenario import Case, Units, scenario

QUIET = settings(
    database=None,
    deadline=None,
    derandomize=False,
    report_multiple_bugs=False,
    print_blob=False,
    verbosity=Verbosity.quiet,
    phases=[Phase.generate],
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)


@dataclass(frozen=True)
class Property:
    """A strategy, and the function that turns each drawn value into a case."""

    name: str
    strategy: SearchStrategy[Any]
    case: Callable[[Any], Case | None]

    def drawn(self, plan: Plan, count: int) -> list[Case]:
        """Up to `count` cases, determined by the seed."""
        found: list[Case] = []

        def collect(value: Any) -> None:
            if (case := self.case(value)) is not None:
                found.append(case)

        collect.__name__ = collect.__qualname__ = "collect"
        number = zlib.crc32(f"{plan.seed}:{self.name}:{plan.number}".encode())
        seed(number)(settings(QUIET, max_examples=count)(given(self.strategy)(collect)))()
        return found


def _accepted(plan: Plan, encoding: Encoding) -> Property:
    return Property(
        f"any realistic order, {encoding}",
        realistic(plan.maker, encoding),
        lambda body: plan.realistic(body, encoding, way="a random order"),
    )


def _one_thing_broken(plan: Plan, encoding: Encoding) -> Property:
    def case(drawn: tuple[Body, int]) -> Case | None:
        broken = _some_broken(*drawn, encoding)
        return None if broken is None else plan.invalid(broken, encoding)

    strategy = st.tuples(realistic(plan.maker, encoding), st.integers(0, 10_000))
    return Property(f"any order with something broken, {encoding}", strategy, case)


def _some_broken(body: Body, number: int, encoding: Encoding) -> InvalidBody | None:
    """The body with the first mutation, from `number` on, that violates the schema and fits the encoding."""
    known = changes()
    for step in range(len(known)):
        broken = known[(number + step) % len(known)].applied(body)
        if broken is not None and expressible(encoding, broken.body):
            return broken
    return None


@scenario("random orders", spends_orders=True, random=True, turn=70, kinds={Kind.REALISTIC, Kind.INVALID})
def random_orders(plan: Plan) -> Units:
    """Random realistic orders, and random orders with one fault, in each encoding."""
    for encoding in plan.encodings:
        for one in (_accepted(plan, encoding), _one_thing_broken(plan, encoding)):
            yield from one.drawn(plan, plan.profile.examples)


@scenario("random bytes", spends_orders=False, random=True, turn=71, kinds={Kind.HOSTILE})
def random_bytes(plan: Plan) -> Units:
    """Random bytes, broken JSON and forms of random fields, in every media type."""
    order = json_bytes(plan.plain())
    cut = st.integers(0, len(order)).flatmap(
        lambda end: st.binary(max_size=8).map(lambda more: order[:end] + more + order[end:])
    )
    offered = set(plan.media_types)
    types = [one for one in (JSON, URLENCODED, f"{MULTIPART}; boundary=spot") if one.partition(";")[0] in offered]
    data = st.tuples(st.sampled_from(types), st.one_of(st.binary(max_size=200), cut))
    bytes_property = Property("bytes", data, lambda drawn: _bytes_case(plan, *drawn))
    yield from bytes_property.drawn(plan, plan.profile.examples)
    if plan.forms:
        yield from Property("forms", _forms(), lambda drawn: _form_case(plan, *drawn)).drawn(
            plan, plan.profile.examples
        )


_ODD = {JSON: "random bytes", URLENCODED: "broken form", MULTIPART: "broken multipart"}


def _bytes_case(plan: Plan, content_type: str, data: bytes) -> Case:
    media_type = content_type.partition(";")[0]
    way = _ODD[media_type]
    if media_type == JSON and data.decode("utf-8", "replace").encode() != data:
        way = "invalid UTF-8"
    return plan.hostile(way, content_type, data, what=f"random bytes as {media_type}")


def _forms() -> SearchStrategy[tuple[bool, list[tuple[str, str]]]]:
    names = table(
        "kit_types  recipient  recipient.address  recipient[first_name]  metadata  metadata.a  metadata[a]", ""
    )
    pairs = st.lists(st.tuples(st.sampled_from(names) | st.text(max_size=8), st.text(max_size=20)), max_size=12)
    return st.tuples(st.booleans(), pairs)


def _form_case(plan: Plan, is_multipart: bool, pairs: list[tuple[str, str]]) -> Case | None:
    media_type = MULTIPART if is_multipart else URLENCODED
    if media_type not in plan.media_types:
        return None
    try:
        encoded = multipart(pairs) if is_multipart else (URLENCODED, urlencoded(pairs))
    except UnicodeEncodeError:
        return None
    return plan.hostile(_ODD[media_type], *encoded, what="a form of random fields")
