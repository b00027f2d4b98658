"""Results as lines of JSON, written at once, so that an interrupted measurement can be continued."""

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from spot_tools.errors import ToolError


class Key(NamedTuple):
    """The key of a result: the part of the measurement, the server, the profile and the seed."""

    part: str
    name: str
    profile: str = ""
    seed: str = ""


class Records:
    """The latest result of each key, also in a file where one is given.

    Only results that this run asked for or recorded are reported: the file may contain others of earlier runs.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Read the file, where it exists. Raises ToolError for lines that are not results."""
        self._path = path
        self._lock = threading.Lock()
        self._found: dict[Key, tuple[str, dict[str, Any]]] = {}
        self._used: set[Key] = set()
        if path is not None and path.exists():
            self._found.update((key, (revision, value)) for key, revision, value in _lines(path))

    @classmethod
    def of_files(cls, paths: Iterable[Path]) -> "Records":
        """The results of several files; of equal keys, the last file wins."""
        records = cls()
        for path in paths:
            if not path.exists():
                raise ToolError(f"there is no file {path}; scripts/faults --results writes one.")
            for key, revision, value in _lines(path):
                records.put(key, revision, value)
        return records

    def get(self, key: Key, revision: str) -> dict[str, Any] | None:
        """The result of a key and revision; None where there is none."""
        known = self._found.get(key)
        if known is None or known[0] != revision:
            return None
        self._used.add(key)
        return known[1]

    def put(self, key: Key, revision: str, value: Mapping[str, Any]) -> None:
        """Record a result, and append it to the file."""
        with self._lock:
            self._found[key] = (revision, dict(value))
            self._used.add(key)
            if self._path is not None:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({**key._asdict(), "revision": revision, "result": value}) + "\n")

    def of(self, part: str) -> Iterator[tuple[Key, dict[str, Any]]]:
        """The results of a part, as far as this run asked for or recorded them."""
        return ((key, value) for key, (_, value) in self._found.items() if key.part == part and key in self._used)

    def revisions(self, part: str) -> set[str]:
        """The revisions of the results of a part."""
        return {revision for key, (revision, _) in self._found.items() if key.part == part and key in self._used}

    def __len__(self) -> int:
        return len(self._found)


def _lines(path: Path) -> Iterator[tuple[Key, str, dict[str, Any]]]:
    text = path.read_text(encoding="utf-8")
    if text and not text.endswith("\n"):
        # A run was killed while writing: the last line is incomplete.
        text = text[: text.rfind("\n") + 1]
        path.write_text(text, encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        try:
            raw = json.loads(line)
            yield Key(raw["part"], raw["name"], raw["profile"], raw["seed"]), raw["revision"], raw["result"]
        except (ValueError, KeyError, TypeError) as error:
            raise ToolError(
                f"line {number} of {path.name} is not a result of scripts/faults: use another file."
            ) from error
