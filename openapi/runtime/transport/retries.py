"""The retry policy: which outcomes allow another attempt, and after which pause."""

import random

from ..outcomes.errors import NotSentError, RateLimitedError

BACKOFF_SECONDS = 0.5
"""The longest pause before the first retry; it doubles with each retry."""
LONGEST_PAUSE = 8.0
"""Seconds beyond which the pause does not grow."""
LONGEST_RETRY_AFTER = 60.0
"""Seconds of Retry-After that the client waits at most; beyond them the caller gets RateLimitedError at once."""

_SAFE_TO_RETRY = (NotSentError, RateLimitedError)


def pause_before_retry(outcome: object, attempts: int) -> float | None:
    """Seconds until the next attempt after so many; None where another attempt is not safe, or would wait too long."""
    if not isinstance(outcome, _SAFE_TO_RETRY):
        return None
    ceiling = min(LONGEST_PAUSE, BACKOFF_SECONDS * 2 ** (attempts - 1))
    # Jitter spreads the callers whose requests failed at the same moment.
    jitter = random.uniform(ceiling / 2, ceiling)  # noqa: S311 - no secret
    asked = outcome.retry_after if isinstance(outcome, RateLimitedError) else None
    if asked is None:
        return jitter
    return asked + jitter / 10 if asked <= LONGEST_RETRY_AFTER else None


async def sleep_in_task(seconds: float) -> None:
    """Pause this task alone, in asyncio or trio."""
    import anyio  # noqa: PLC0415 - a program that uses threads alone need not wait for its import

    await anyio.sleep(seconds)
