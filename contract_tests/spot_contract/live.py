"""What shows while the suite runs: one line that is rewritten on a terminal, a line for each rule elsewhere."""

import time
from typing import TextIO

from .desk import Count
from .results import Tally

_PAUSE = 0.1


class Live:
    """The live line: rule, requests, orders, seconds."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._moving = stream.isatty()
        self._started = time.monotonic()
        self._shown = 0.0
        self._width = 0
        self.rule = ""

    def tick(self, count: Count) -> None:
        """Tell of a request; at most ten times a second, and only on a terminal."""
        now = time.monotonic()
        if not self._moving or now - self._shown < _PAUSE:
            return
        self._shown = now
        waited = f", {count.waited:.0f} s waited for 429" if count.waited else ""
        self._rewrite(
            f"{self.rule}: {count.requests} requests, {count.orders} orders, {now - self._started:.0f} s{waited}"
        )

    def finished(self, rule: str, verdict: str, so_far: Tally) -> None:
        """Tell of a rule that was judged."""
        seconds = time.monotonic() - self._started
        line = f"{seconds:6.1f} s {so_far.requests:>6} requests {so_far.orders:>6} orders  {rule:<32} {verdict}"
        if not self._moving:
            self._stream.write(f"{line}\n")
            self._stream.flush()
        elif verdict != "kept":
            self._rewrite(line)
            self._stream.write("\n")
            self._width = 0

    def end(self) -> None:
        """Take the line away."""
        if self._moving:
            self._rewrite("")

    def _rewrite(self, line: str) -> None:
        self._stream.write(f"\r{line:<{self._width}}")
        if not line:
            self._stream.write("\r")
        self._stream.flush()
        self._width = len(line)
