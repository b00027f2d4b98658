"""Hostile requests, followed by ordinary orders."""

from dataclasses import replace

from spot_contract.document import parameters
from spot_contract.document.media_types import JSON
from spot_contract.exchanges.intent import Circumstance, Flaw, Intent, Kind
from spot_contract.exchanges.messages import Carriage, Request
from spot_contract.generation import credentials, hostile_bodies
from spot_contract.generation.encodings import Nesting, json_bytes

from .plan import Plan
from .scenario import Case, Units, scenario

TRIMMED = "trims to the token"


@scenario("hostile bodies", spends_orders=True, turn=60)
def bodies(plan: Plan) -> Units:
    """Hostile bodies, with an ordinary order after each or, in quick, after every fourth."""
    cases = [
        plan.hostile(way, content_type, data, what=what)
        for way, what, content_type, data in hostile_bodies.hostile_bodies(plan.plain())
        if content_type.partition(";")[0] in plan.media_types
    ]
    cases.append(plan.hostile("neither body nor media type", None, b""))
    cases.append(plan.hostile("no media type", None, json_bytes(plan.plain())))
    cases += _in_form_fields(plan)
    step = 4 if plan.profile.is_quick else 1
    for start in range(0, len(cases), step):
        yield [*cases[start : start + step], plan.ordinary(Circumstance.AFTER_HOSTILE)]


_METADATA = {
    "odd numbers": '{"a": 1e999, "b": -1e400}',
    "deep nesting": '{"a":' * 5000 + "1" + "}" * 5000,
    "lone surrogates": r'{"a": "\ud800"}',
    "NUL": r'{"a": "\u0000"}',
    "duplicate names": '{"a": 1, "a": 2}',
}


def _in_form_fields(plan: Plan) -> list[Case]:
    """Ordinary orders in forms, with hostile JSON in the metadata field."""
    found: list[Case] = []
    for encoding in plan.forms:
        if not encoding.has_metadata or encoding.nesting("metadata") is not Nesting.JSON_TEXT:
            continue
        for way, metadata in _METADATA.items():
            pairs = [pair for pair in encoding.pairs(plan.plain(encoding)) if pair[0] != "metadata"]
            encoded = encoding.encode_pairs([*pairs, ("metadata", metadata)])
            found.append(plan.hostile(way, *encoded, what=f"{way} in metadata, as {encoding}"))
    return found


@scenario("hostile Authorization headers", spends_orders=True, turn=61)
def headers(plan: Plan) -> Units:
    """Malformed Authorization headers, with an ordinary order after each or, in quick, after every fifth."""
    cases: list[Case] = []
    for way, credential in credentials.malformed(plan.token):
        request = plan.request(plan.plain(), what=f"an order with {credential.label} for a token")
        group = TRIMMED if credentials.trims_to(credential, plan.credential) else ""
        intent = Intent(
            Kind.HOSTILE_HEADER, "JSON", flaw=Flaw.ANOTHER_TOKEN, way=f"{way} in the Authorization header", group=group
        )
        cases.append(Case(replace(request, credential=credential), intent))
    step = 5 if plan.profile.is_quick else 1
    for start in range(0, len(cases), step):
        yield [*cases[start : start + step], plan.ordinary(Circumstance.AFTER_HOSTILE_HEADER)]


@scenario("broken connections", spends_orders=True, turn=62)
def broken_connections(plan: Plan) -> Units:
    """Clients that hang up in the middle of a request, and bytes that are not HTTP; an ordinary order after each."""
    path = f"{plan.prefix}{parameters.path()}"
    fragments = hostile_bodies.fragments(plan.origin, path, plan.credential.header or b"", plan.plain())
    for way, data, hangs_up in fragments:
        carriage = Carriage(pause=-1.0 if hangs_up else 0.0)
        request = Request(JSON, b"", plan.credential, path, raw=data, what=way, carriage=carriage)
        order = plan.ordinary(Circumstance.AFTER_BROKEN_CONNECTION)
        yield [
            Case(request, Intent(Kind.HOSTILE, way=way)),
            replace(order, request=replace(order.request, what=f"an order after {way}")),
        ]
