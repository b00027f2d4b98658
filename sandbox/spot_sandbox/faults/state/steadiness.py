"""Errors and delays that depend on the number of orders."""

import asyncio
from collections.abc import Awaitable, Callable

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import CREATED, failure
from spot_sandbox.http.messages import FORBIDDEN, RATE_LIMITED, Answer, Refusal, Request, envelope
from spot_sandbox.orders.service import Service

CHAPTER = "steadiness"
STEADY = "steady: no error or slowdown that comes with the n-th order of a run"
TOO_MANY = "too many requests: 429 with the envelope, rate_limit_exceeded and preferably Retry-After"


def _counted(service: Service, change: Callable[[int, Answer], Awaitable[Answer]]) -> None:
    """Change the answers to accepted orders by their number, which starts at 1."""
    inner = service.respond
    number = 0

    async def respond(request: Request) -> Answer:
        nonlocal number
        answer = await inner(request)
        if answer.status != CREATED:
            return answer
        number += 1
        return await change(number, answer)

    service.respond = respond


def _replace_every(service: Service, nth: int, answer: Callable[[], Answer]) -> None:
    """Replace the answer to every nth accepted order."""

    async def change(number: int, accepted: Answer) -> Answer:
        return accepted if number % nth else answer()

    _counted(service, change)


@fault(CHAPTER, STEADY, "cross-request", hook=_counted)
async def failure_after_60th_order(number: int, answer: Answer) -> Answer:
    """Every order after the 60th is answered with 500."""
    return failure() if number > 60 else answer  # noqa: PLR2004 - the name says 60.


@fault(CHAPTER, STEADY, "cross-request")
def every_40th_order_fails(service: Service) -> None:
    """Every 40th order is answered with 500."""
    _replace_every(service, 40, failure)


@fault(CHAPTER, STEADY, "cross-request")
def every_31st_order_forbidden(service: Service) -> None:
    """Every 31st order is answered with 403."""
    _replace_every(service, 31, lambda: envelope(Refusal(403, "The token does not allow this.", FORBIDDEN)))


@fault(CHAPTER, STEADY, "cross-request", hook=_counted)
async def slow_after_50th_order(number: int, answer: Answer) -> Answer:
    """Every order after the 50th takes a quarter of a second longer."""
    if number > 50:  # noqa: PLR2004 - the name says 50.
        await asyncio.sleep(0.25)
    return answer


@fault(CHAPTER, STEADY, "cross-request", hook=_counted)
async def slower_with_every_order(number: int, answer: Answer) -> Answer:
    """Each order takes longer than the previous one: 5 ms at the 10th, half a second from the 100th on."""
    await asyncio.sleep(0.5 * min(number / 100, 1) ** 2)
    return answer


@fault(CHAPTER, TOO_MANY, "cross-request")
def rate_limit_without_envelope(service: Service) -> None:
    """Every 20th order is answered with 429 and plain text."""
    _replace_every(service, 20, lambda: Answer(429, b"slow down", [(b"content-type", b"text/plain")]))


@fault(CHAPTER, TOO_MANY, "cross-request")
def rate_limit_with_wrong_type(service: Service) -> None:
    """Every 20th order is answered with 429 and the type bad_request."""
    limit = Refusal(429, "Too many requests.", headers={"Retry-After": "1"})
    _replace_every(service, 20, lambda: envelope(limit))


@fault(CHAPTER, "a 429 carries Retry-After", "cross-request", advice=True)
def rate_limit_without_retry_after(service: Service) -> None:
    """Every 20th order is answered with 429 without Retry-After."""
    _replace_every(service, 20, lambda: envelope(Refusal(429, "Too many requests.", RATE_LIMITED)))


@fault(CHAPTER, STEADY, "cross-request", hook=_counted)
async def every_15th_order_stalls(number: int, answer: Answer) -> Answer:
    """Every 15th order takes one second."""
    if number % 15 == 0:
        await asyncio.sleep(1)
    return answer
