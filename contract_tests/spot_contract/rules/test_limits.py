"""Limits: the suite does not provoke a 429, but judges those that it receives."""

from collections.abc import Sequence

from spot_contract.document.preconditions import error_type
from spot_contract.exchanges.exchange import Exchange

from . import envelope
from .rule import Problem, Problems, rule
from .subjects import TOO_MANY, Answered, answered

CONTRACT = "[E] the page on errors and status codes; docs/contract.md, 3"


def _never(_: Sequence[Exchange]) -> str:
    return "no request was answered with 429"


def _too_many(exchange: Exchange) -> Answered | None:
    return answered(exchange) if exchange.status == TOO_MANY else None


@rule("limits.envelope", CONTRACT, on=_too_many, requires=(error_type("rate_limit_exceeded", 429),), unless=_never)
def test_429_is_an_error_object(answered: Answered) -> Problems:
    """A 429 has the error envelope with error.type rate_limit_exceeded."""
    yield from envelope.of_unlisted_status(answered, ("rate_limit_exceeded",))


@rule("limits.retry_after", f"[H] RFC 6585, 4; {CONTRACT}", on=_too_many, advice=True, unless=_never)
def test_429_carries_retry_after(answered: Answered) -> Problems:
    """Advice: a 429 carries Retry-After."""
    if answered.answer.header("Retry-After") is None:
        yield Problem("a Retry-After header", "none", "Retry-After", "left out")
