"""Keywords that are compared as a whole: whether a change of one allows more, less or something else."""

import json
from decimal import Decimal

from spot_tools.openapi.schemas import Alternative

from .findings import Effect


def effect(keyword: str, old: Alternative, new: Alternative) -> Effect | None:
    """What the change did; None where it did nothing."""
    before, after = old.rules.get(keyword), new.rules.get(keyword)
    if keyword in ("minContains", "maxContains"):
        return _contains(keyword, old, new)
    if before is None or after is None:
        return "narrowed" if before is None else "widened"
    if " and " in before + after:
        return "changed"  # Several parts of an allOf, each with its own.
    if keyword == "multipleOf":
        return _multiple(before, after)
    if keyword == "dependentRequired":
        sides = [{(name, other) for name, others in json.loads(text).items() for other in others}
                 for text in (before, after)]  # fmt: skip
        return "widened" if sides[1] < sides[0] else "narrowed" if sides[0] < sides[1] else "changed"
    return "changed"


def _multiple(before: str, after: str) -> Effect:
    if Decimal(before) % Decimal(after) == 0:
        return "widened"
    return "narrowed" if Decimal(after) % Decimal(before) == 0 else "changed"


def _contains(keyword: str, old: Alternative, new: Alternative) -> Effect | None:
    """How many entries contains asks for: at least one where nothing is told, and none without contains."""
    told = [side.rules.get(keyword, "0") for side in (old, new)]
    if any("contains" not in side.rules for side in (old, new)) or " and " in "".join(told):
        return None
    usual = 1.0 if keyword == "minContains" else float("inf")
    before, after = (float(side.rules.get(keyword, usual)) for side in (old, new))
    if before == after:
        return None
    return "widened" if (after < before) == (keyword == "minContains") else "narrowed"
