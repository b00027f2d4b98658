"""The retry policy: which outcomes allow another attempt, and after which pause."""

import random

from ..outcomes.errors import NotSentError, RateLimitedError

BACKOFF_SECONDS = 0.5
"""The maximum pause before the first retry. It doubles with each retry."""
LONGEST_PAUSE = 8.0
"""The maximum pause before any retry, in seconds."""
LONGEST_RETRY_AFTER = 60.0
"""The maximum Retry-After that the client waits for, in seconds. A longer one raises RateLimitedError at once."""

_SAFE_TO_RETRY = (NotSentError, RateLimitedError)


def pause_before_retry(outcome: object, attempts: int) -> float | None:
    """Seconds until the next attempt; None if another attempt is not safe or would have to wait too long."""
    if not isinstance(outcome, _SAFE_TO_RETRY):
        return None
    ceiling = min(LONGEST_PAUSE, BACKOFF_SECONDS * 2 ** (attempts - 1))
    # Jitter spreads callers whose requests failed at the same time.
    jitter = random.uniform(ceiling / 2, ceiling)  # noqa: S311 - no secret
    asked = outcome.retry_after if isinstance(outcome, RateLimitedError) else None
    if asked is None:
        return jitter
    return asked + jitter / 10 if asked <= LONGEST_RETRY_AFTER else None


async def sleep_in_task(seconds: float) -> None:
    """Pause the current task, in asyncio or trio."""
    import anyio  # noqa: PLC0415 - programs that only use threads do not need it

    await anyio.sleep(seconds)
