"""Too many requests. The suite provokes no 429; it judges those that it meets."""

from spot_contract.grounds import error_type
from spot_contract.judge import Judge
from spot_contract.rules import rule
from spot_contract.steadiness import hurry

CONTRACT = "[E] the page on errors and status codes; docs/contract.md, 3"


@rule("limits.envelope", CONTRACT, error_type("rate_limit_exceeded", 429))
def test_429_is_an_error_object(judge: Judge) -> None:
    """A 429 is the error envelope with type rate_limit_exceeded."""
    hurry(judge, "limits.envelope")


@rule("limits.retry_after", f"[H] RFC 6585, 4; {CONTRACT}", advice=True)
def test_429_carries_retry_after(judge: Judge) -> None:
    """Advice: a 429 carries Retry-After."""
    hurry(judge, "limits.retry_after")
