"""Finding the OpenAPI 3 documents below folders, without duplicates."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from spot_tools.errors import ToolError
from spot_tools.openapi.documents import MAX_BYTES, sha256

_SUFFIXES = {".json", ".yaml", ".yml"}
_OPENAPI = re.compile(rb"""^[\s{]*["']?openapi["']?\s*:\s*["']?3\.|["']openapi["']\s*:\s*["']3\.""", re.MULTILINE)


def documents(folders: Sequence[str]) -> list[Path]:
    """The files below the folders that look like OpenAPI 3 documents; the first of equal ones. Raises ToolError."""
    known: set[str] = set()
    found: list[Path] = []
    for path in _files(folders):
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else b""
        digest = sha256(data)
        if digest not in known and _OPENAPI.search(data):
            found.append(path)
        known.add(digest)
    if not found:
        raise ToolError(f"{', '.join(folders)} contains no OpenAPI 3 document: pass folders with JSON or YAML files.")
    return found


def _files(folders: Sequence[str]) -> Iterator[Path]:
    for folder in map(Path, folders):
        if not folder.is_dir():
            raise ToolError(f"{folder} is not a folder: pass the folders that contain the documents.")
        yield from (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in _SUFFIXES and path.is_file())
