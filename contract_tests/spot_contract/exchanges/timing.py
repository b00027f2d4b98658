"""How times of answers are compared: a busy machine slows a moment, and only what is out of all proportion counts."""

from collections.abc import Sequence
from statistics import median

ROW = "row"  # Groups of orders that were sent one after the other, with nothing else in flight, begin so.
LEAST = 60  # Orders that a row needs for its ends to be compared.
SOON = 0.04  # Seconds within which no answer can be said to be slow.
_TIMES_SLOWER = 4.0
_SECONDS_SLOWER = 0.04
_TIMES_FAR = 10.0
_SECONDS_FAR = 0.15


def ends(seconds: Sequence[float]) -> tuple[float, float]:
    """The usual time at the beginning and at the end of a row, each of a fifth of it; in seconds."""
    fifth = max(1, len(seconds) // 5)
    return median(seconds[:fifth]), median(seconds[-fifth:])


def is_slower(early: float, late: float) -> bool:
    """Whether a pace fell off by more than a busy machine explains."""
    return late > early * _TIMES_SLOWER and late > early + _SECONDS_SLOWER


def falls_off(seconds: Sequence[float]) -> bool:
    """Whether a row ended slower than it began."""
    return is_slower(*ends(seconds))


def stays_slow(early: float, later: Sequence[float]) -> bool:
    """Whether a later row is far from how an earlier one began: farther than a machine that became busy explains."""
    _, late = ends(later)
    return late > early * _TIMES_FAR and late > early + _SECONDS_FAR


def stalled(seconds: Sequence[float]) -> list[float]:
    """The times out of all proportion to the usual one."""
    usual = median(seconds) if seconds else 0.0
    return [one for one in seconds if one > max(0.4, 25 * usual)]
