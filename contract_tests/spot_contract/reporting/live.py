"""Progress while the suite runs: one line that is rewritten on a terminal, and with -v a line for each scenario."""

import shutil
import threading
import time
from typing import TextIO

from spot_contract.session.run import Run
from spot_contract.transport.sender import Count

_PAUSE = 0.1  # Seconds between two states of the line.


class Live:
    """The progress line: scenario, requests, orders, seconds."""

    def __init__(self, run: Run, stream: TextIO, *, verbose: bool = False) -> None:
        """Follow a run from now on."""
        self._run = run
        self._stream = stream
        self._verbose = verbose
        self._moving = stream.isatty()
        self._started = time.monotonic()
        self._shown = 0.0
        self._width = 0
        self._name = ""
        self._lock = threading.Lock()
        run.engine.on_scenario = self.scenario
        run.engine.sender.on_request = self.request

    def request(self, count: Count) -> None:
        """Show a request, at most ten times a second. May be called from any thread."""
        if not self._moving or time.monotonic() - self._shown < _PAUSE or not self._lock.acquire(blocking=False):
            return
        try:
            self._shown = time.monotonic()
            waited = f", {count.waited:.0f} s waited for 429" if count.waited else ""
            self._rewrite(f"{self._name}: {self._figures(count)}{waited}")
        finally:
            self._lock.release()

    def scenario(self, name: str) -> None:
        """Show that another scenario begins."""
        with self._lock:
            self._finish()
            self._name = name

    def end(self) -> None:
        """Remove the line."""
        with self._lock:
            self._finish()
            self._name = ""

    def _finish(self) -> None:
        if self._moving:
            self._rewrite("")
        if self._verbose and self._name:
            self._stream.write(f"{self._name}: {self._figures(self._run.count)} so far\n")
            self._stream.flush()

    def _figures(self, count: Count) -> str:
        return f"{count.requests:,} requests, {count.orders:,} orders, {time.monotonic() - self._started:.0f} s"

    def _rewrite(self, line: str) -> None:
        line = line[: shutil.get_terminal_size().columns - 1]
        self._stream.write(f"\r{line:<{self._width}}")
        if not line:
            self._stream.write("\r")
        self._stream.flush()
        self._width = len(line)
