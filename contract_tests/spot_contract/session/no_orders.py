"""Runs that must not place orders (--allow-orders 0): only requests that every correct server refuses are sent.

Values that lenient but correct servers accept, such as a number for a text or a comment in JSON, are left out too: on a
live deployment, accepting one ships a kit.
"""

from collections.abc import Sequence

from spot_contract.document.openapi import VENDORED, Document
from spot_contract.errors import CannotJudge
from spot_contract.exchanges.intent import Flaw, Kind
from spot_contract.generation.encodings import AS_JSON
from spot_contract.generation.mutations import without_required
from spot_contract.scenarios.hostile import TRIMMED
from spot_contract.scenarios.media import ANOTHER_END
from spot_contract.scenarios.plan import Plan
from spot_contract.scenarios.scenario import Case

REASON = "it takes an accepted order, and --allow-orders 0 allows none"
_REFUSED = frozenset({Kind.UNAUTHORISED, Kind.METHOD, Kind.PATH, Kind.MEDIA_TYPE})
_LENIENT = frozenset({Flaw.COERCED, Flaw.EXTENSION})


def needs_no_order(case: Case) -> bool:
    """Whether every correct server refuses a case, even a lenient one."""
    kind, request = case.intent.kind, case.request
    if kind in _REFUSED:
        return case.intent.way != ANOTHER_END
    if kind is Kind.INVALID:
        return case.intent.flaw not in _LENIENT
    if kind is Kind.HOSTILE_HEADER:
        return case.intent.group != TRIMMED
    return kind is Kind.HOSTILE and request.raw is None and _lacks_a_required_field(request.body)


def _lacks_a_required_field(body: bytes) -> bool:
    """Whether the name of a required field is missing, so that the bytes cannot be read as an order."""
    required: Sequence[str] = Document.load(VENDORED).order_schema.get("required", ())
    return any(name.encode() not in body for name in required)


def first_request(plan: Plan) -> Case:
    """The request that checks server and token: an order without a required field. Raises CannotJudge if none is."""
    bodies = without_required(plan.plain(), AS_JSON)
    if not bodies:
        raise CannotJudge(
            "The document requires no field of an order, so no request is sure to be refused: allow an order or more "
            "with --allow-orders."
        )
    return plan.invalid(bodies[0], AS_JSON)
