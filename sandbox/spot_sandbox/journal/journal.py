"""The journal: the last requests, limited in number and size."""

import asyncio
import contextlib
import dataclasses
import time
from collections import deque
from collections.abc import Callable, Generator
from itertools import count

from spot_sandbox.http.messages import Answer, Request
from spot_sandbox.journal.entry import Entry

# The limits of the journal. The oldest entries are dropped first.
MOST_ENTRIES = 10_000
MOST_BYTES = 64 * 1024 * 1024
# How much of a body is kept, in bytes.
LONGEST_BODY = 64 * 1024
# The memory of an entry without its two bodies, in bytes.
_ENTRY = 4096
# How many entries a listener may be behind; it then misses the oldest of them.
MOST_WAITING = 1000


class Journal:
    """The last requests, the oldest first."""

    def __init__(self) -> None:
        """Start empty."""
        self._entries: deque[Entry] = deque()
        self._bytes = 0
        self._number = count(1)
        self._listeners: list[Callable[[Entry], None]] = []

    def add(self, request: Request, answer: Answer | None) -> None:
        """Record a finished request; the answer is None if the connection was dropped before it."""
        if len(request.raw) > LONGEST_BODY:
            request = dataclasses.replace(request, raw=request.raw[:LONGEST_BODY])
        if answer is not None and len(answer.body) > LONGEST_BODY:
            answer = dataclasses.replace(answer, body=answer.body[:LONGEST_BODY])
        size = _ENTRY + len(request.raw) + (0 if answer is None else len(answer.body))
        entry = Entry(next(self._number), time.time(), request.owner, size, request, answer)
        self._entries.append(entry)
        self._bytes += size
        while self._bytes > MOST_BYTES or len(self._entries) > MOST_ENTRIES:
            self._bytes -= self._entries.popleft().size
        for listener in self._listeners:
            listener(entry)

    def entries(self, owner: str | None = None, *, after: int = 0) -> list[Entry]:
        """The entries after a number, oldest first, of one owner or of all (None)."""
        return [each for each in self._entries if each.number > after and (owner is None or each.owner == owner)]

    def clear(self, owner: str | None = None) -> None:
        """Delete the entries of one owner or of all (None). Numbers are not reused."""
        kept = [each for each in self._entries if owner is not None and each.owner != owner]
        self._entries = deque(kept)
        self._bytes = sum(each.size for each in kept)

    @contextlib.contextmanager
    def listening(self) -> Generator[asyncio.Queue[Entry]]:
        """A queue of new entries; if it is full, the oldest are dropped."""
        queue: asyncio.Queue[Entry] = asyncio.Queue(MOST_WAITING)

        def listener(entry: Entry) -> None:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(entry)

        self._listeners.append(listener)
        try:
            yield queue
        finally:
            self._listeners.remove(listener)
