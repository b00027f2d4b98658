"""Comparison of response times, with limits generous enough for a busy machine."""

from collections.abc import Sequence
from statistics import median

ROW = "row"  # Prefix of groups of orders that were sent one after the other, with nothing else in flight.
LEAST = 60  # Orders in a row that make its beginning and end comparable.
SOON = 0.04  # Seconds; no faster answer counts as slow.
_TIMES_SLOWER = 4.0
_SECONDS_SLOWER = 0.04
_TIMES_FAR = 10.0
_SECONDS_FAR = 0.15


def ends(seconds: Sequence[float]) -> tuple[float, float]:
    """The median of the first and of the last fifth of a row, in seconds."""
    fifth = max(1, len(seconds) // 5)
    return median(seconds[:fifth]), median(seconds[-fifth:])


def is_slower(early: float, late: float) -> bool:
    """Whether the slowdown exceeds what a busy machine explains."""
    return late > early * _TIMES_SLOWER and late > early + _SECONDS_SLOWER


def falls_off(seconds: Sequence[float]) -> bool:
    """Whether a row ended significantly slower than it began."""
    return is_slower(*ends(seconds))


def stays_slow(early: float, later: Sequence[float]) -> bool:
    """Whether the end of a later row is much slower than the beginning of the first (`early`, in seconds)."""
    _, late = ends(later)
    return late > early * _TIMES_FAR and late > early + _SECONDS_FAR


def stalled(seconds: Sequence[float]) -> list[float]:
    """The times that are far above the median."""
    usual = median(seconds) if seconds else 0.0
    return [one for one in seconds if one > max(0.4, 25 * usual)]
