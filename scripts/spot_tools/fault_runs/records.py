"""Results as lines of JSON, written as they come: a run that ends early keeps them, and the next one goes on."""

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from spot_tools.errors import ToolError


class Key(NamedTuple):
    """What a result is of: the part of the measurement, the server, the suite's profile and seed."""

    part: str
    name: str
    profile: str = ""
    seed: str = ""


class Records:
    """Results by key, the latest of each; a file, where there is one, holds them all.

    What was asked for or put since is what this run is about: a file may also hold what earlier ones measured.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Read what the file holds. Raises ToolError where it holds something else."""
        self._path = path
        self._lock = threading.Lock()
        self._found: dict[Key, tuple[str, dict[str, Any]]] = {}
        self._used: set[Key] = set()
        if path is not None and path.exists():
            self._found.update((key, (revision, value)) for key, revision, value in _lines(path))

    @classmethod
    def of_files(cls, paths: Iterable[Path]) -> "Records":
        """The results of several files as one; where two have the same key, the later file's counts."""
        records = cls()
        for path in paths:
            if not path.exists():
                raise ToolError(f"there is no file {path}; scripts/faults --results writes one.")
            for key, revision, value in _lines(path):
                records.put(key, revision, value)
        return records

    def get(self, key: Key, revision: str) -> dict[str, Any] | None:
        """The result of this key, if it is of this revision."""
        known = self._found.get(key)
        if known is None or known[0] != revision:
            return None
        self._used.add(key)
        return known[1]

    def put(self, key: Key, revision: str, value: Mapping[str, Any]) -> None:
        """Keep a result, in the file at once."""
        with self._lock:
            self._found[key] = (revision, dict(value))
            self._used.add(key)
            if self._path is not None:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({**key._asdict(), "revision": revision, "result": value}) + "\n")

    def of(self, part: str) -> Iterator[tuple[Key, dict[str, Any]]]:
        """The results of a part that this run is about."""
        return ((key, value) for key, (_, value) in self._found.items() if key.part == part and key in self._used)

    def revisions(self, part: str) -> set[str]:
        """The revisions that the results of a part are of."""
        return {revision for key, (revision, _) in self._found.items() if key.part == part and key in self._used}

    def __len__(self) -> int:
        return len(self._found)


def _lines(path: Path) -> Iterator[tuple[Key, str, dict[str, Any]]]:
    text = path.read_text(encoding="utf-8")
    if text and not text.endswith("\n"):
        # A run that was killed while it wrote: its last line is no result.
        text = text[: text.rfind("\n") + 1]
        path.write_text(text, encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        try:
            raw = json.loads(line)
            yield Key(raw["part"], raw["name"], raw["profile"], raw["seed"]), raw["revision"], raw["result"]
        except (ValueError, KeyError, TypeError) as error:
            raise ToolError(
                f"line {number} of {path.name} is no result of scripts/faults; move the file away."
            ) from error
