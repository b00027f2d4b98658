"""Changes of keywords that are compared as a whole: whether more, fewer or other values are allowed."""

import json
from decimal import Decimal

from spot_tools.openapi.schemas import Alternative

from .findings import Effect


def effect(keyword: str, old: Alternative, new: Alternative) -> Effect | None:
    """The effect of the change on the allowed values; None where there is none."""
    before, after = old.constraints.get(keyword), new.constraints.get(keyword)
    if keyword in ("minContains", "maxContains"):
        return _contains(keyword, old, new)
    if before is None or after is None:
        return "narrowed" if before is None else "widened"
    if " and " in before + after:
        return "changed"  # Several parts of an allOf have the keyword.
    if keyword == "multipleOf":
        return _multiple(before, after)
    if keyword == "dependentRequired":
        sides = [
            {(name, other) for name, others in json.loads(text).items() for other in others} for text in (before, after)
        ]
        return "widened" if sides[1] < sides[0] else "narrowed" if sides[0] < sides[1] else "changed"
    return "changed"


def _multiple(before: str, after: str) -> Effect:
    if Decimal(before) % Decimal(after) == 0:
        return "widened"
    return "narrowed" if Decimal(after) % Decimal(before) == 0 else "changed"


def _contains(keyword: str, old: Alternative, new: Alternative) -> Effect | None:
    """The effect of minContains and maxContains, which are ignored without contains; the default minimum is 1."""
    texts = [side.constraints.get(keyword, "0") for side in (old, new)]
    if any("contains" not in side.constraints for side in (old, new)) or " and " in "".join(texts):
        return None
    default = 1.0 if keyword == "minContains" else float("inf")
    before, after = (float(side.constraints.get(keyword, default)) for side in (old, new))
    if before == after:
        return None
    return "widened" if (after < before) == (keyword == "minContains") else "narrowed"
