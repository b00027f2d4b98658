"""The actions of scenarios: close the connection, delay the request, or change the answer."""

import asyncio
import contextlib
import gzip
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

from spot_sandbox.http import messages
from spot_sandbox.http.messages import Answer, ClientGoneError, Refusal, Request, envelope, until_gone

# The default length of a stall, in seconds: longer than clients wait.
STALL = 60.0
# The default length of delays and slow answers, in seconds.
DELAY = 5.0


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a scenario.

    Attributes:
        seconds: how long a stall, a delay or a slow answer lasts; None for the default.
        retry_after: the value of the Retry-After header, in seconds, if the scenario sends one.

    """

    seconds: float | None = None
    retry_after: int = 1


Act = Callable[[Request, Settings, Answer | None], Awaitable[Answer | None]]
"""Acts on a request, or on its answer if there already is one. Returns the answer to send, or None to continue."""


@dataclass(slots=True)
class PacedAnswer(Answer):
    """An answer that is sent in pieces over some seconds, or cut off after its first half."""

    seconds: float = 0
    is_cut: bool = False


def drop(outcome: str) -> Act:
    """Close the connection; `outcome` is for the journal."""

    async def act(request: Request, _settings: Settings, _answer: Answer | None) -> None:
        request.dropped = outcome
        if request.close is not None:
            request.close()
            await until_gone(request.receive)
        raise ClientGoneError

    return act


def stall(outcome: str) -> Act:
    """Wait for some seconds or until the client gives up; `outcome` is for the journal if it did."""

    async def act(request: Request, settings: Settings, _answer: Answer | None) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(until_gone(request.receive), STALL if settings.seconds is None else settings.seconds)
            request.dropped = outcome
            raise ClientGoneError

    return act


async def delay(_request: Request, settings: Settings, _answer: Answer | None) -> None:
    """Wait for some seconds, even if the client gives up."""
    await asyncio.sleep(DELAY if settings.seconds is None else settings.seconds)


def refuse(status: int, kind: str, detail: str, *, challenges: bool = False, retries: bool = False) -> Act:
    """Answer with the envelope."""

    async def act(_request: Request, settings: Settings, _answer: Answer | None) -> Answer:
        headers = {"WWW-Authenticate": "Token"} if challenges else {}
        headers |= {"Retry-After": str(settings.retry_after)} if retries else {}
        return envelope(Refusal(status, detail, kind, headers))

    return act


def page(status: int, title: str) -> Act:
    """Answer with an HTML page, like a gateway."""

    async def act(_request: Request, _settings: Settings, _answer: Answer | None) -> Answer:
        return messages.page(status, title)

    return act


async def redirect(request: Request, _settings: Settings, _answer: Answer | None) -> Answer:
    """Answer with 307 and the path of the request: a client that follows sends the order again."""
    return Answer(307, b"", [(b"location", request.path.encode())])


def rewrite(change: Callable[[Answer], Answer]) -> Act:
    """Change the answer."""

    async def act(_request: Request, _settings: Settings, answer: Answer | None) -> Answer | None:
        return None if answer is None else change(answer)

    return act


async def cut(request: Request, _settings: Settings, answer: Answer | None) -> Answer | None:
    """Send half of the answer and close the connection."""
    request.dropped = "the connection was closed after half the answer"
    return None if answer is None else PacedAnswer(answer.status, answer.body, answer.headers, is_cut=True)


async def drip(_request: Request, settings: Settings, answer: Answer | None) -> Answer | None:
    """Send the answer in small pieces."""
    seconds = DELAY if settings.seconds is None else settings.seconds
    return None if answer is None else PacedAnswer(answer.status, answer.body, answer.headers, seconds=seconds)


def as_html(answer: Answer) -> Answer:
    """Replace the body with an HTML page."""
    return Answer(answer.status, b"<html><body><h1>Thank you</h1></body></html>", [(b"content-type", b"text/html")])


def truncated(answer: Answer) -> Answer:
    """Keep the first half of the body, with a matching Content-Length."""
    return Answer(answer.status, answer.body[: len(answer.body) // 2], answer.headers)


def broken_gzip(answer: Answer) -> Answer:
    """Compress the body, and corrupt bytes in its middle."""
    packed = gzip.compress(answer.body, mtime=0)
    middle = len(packed) // 2
    body = packed[:middle] + b"\xff\x00" * 8 + packed[middle:]
    return Answer(answer.status, body, [*answer.headers, (b"content-encoding", b"gzip")])


def without_order_id(answer: Answer) -> Answer:
    """Remove the order_id."""
    try:
        order: Any = json.loads(answer.body)
    except ValueError:
        return answer
    if isinstance(order, dict):
        cast("dict[str, Any]", order).pop("order_id", None)
    return Answer(answer.status, json.dumps(order).encode(), answer.headers)
