"""openapi/spec.lock: the pages, hashes and tool versions that the client was generated from."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from spot_tools.errors import ToolError
from spot_tools.openapi.documents import as_list, as_object, dump, parse, read_bytes, sha256
from spot_tools.openapi.merge import compose

from .files import files_below
from .layout import Layout

TOOLS = ("openapi-python-client", "ruff")
"""The generator and the formatter: a new release of either can change every file."""


@dataclass(frozen=True)
class Page:
    """A published page: its file, and where and when it was fetched."""

    file: str
    address: str
    date: str
    sha256: str


def build(layout: Layout, effective: Mapping[str, bytes]) -> bytes:
    """The lock for the files as they are now; addresses and dates of pages are taken from the present lock."""
    recorded = pages(layout)
    data = {page.file: read_bytes(layout.root / page.file, page.file) for page in recorded}
    document = read_bytes(layout.document, layout.name(layout.document))
    lock: dict[str, Any] = {
        **origins(layout, [replace(page, sha256=sha256(data[page.file])) for page in recorded], document, data),
        "overlays": _hashes(layout, layout.overlays),
        "effective": {layout.name(layout.effective / name): sha256(data) for name, data in effective.items()},
        "config": {layout.name(layout.config): sha256(read_bytes(layout.config, layout.name(layout.config)))},
        "templates": _hashes(layout, layout.templates),
        "runtime": _hashes(layout, layout.runtime),
        "tools": {tool: version(tool) for tool in TOOLS},
    }
    return as_yaml(lock)


def origins(layout: Layout, of: Sequence[Page], document: bytes, data: Mapping[str, bytes]) -> dict[str, Any]:
    """The entries of a lock on the pages and the document.

    Args:
        layout: the checkout.
        of: the pages.
        document: the vendored document.
        data: the content of each page by file.

    """
    return {
        "pages": [asdict(page) for page in of],
        "document": {
            "file": layout.name(layout.document),
            "sha256": sha256(document),
            "is_as_published": _is_made_of(document, [(page.file, data[page.file]) for page in of]),
        },
    }


def _is_made_of(document: bytes, sources: Sequence[tuple[str, bytes]]) -> bool:
    try:
        return document == compose(sources)
    except ToolError:
        return False


def as_yaml(lock: dict[str, Any]) -> bytes:
    """The content of the file."""
    return dump(lock, "Written by scripts/vendor and scripts/regenerate; do not edit. Hashes are SHA-256.")


def read(layout: Layout) -> dict[str, Any]:
    """The present lock. Raises ToolError."""
    name = layout.name(layout.lock)
    return as_object(parse(read_bytes(layout.lock, name), name)) or {}


def pages(layout: Layout) -> list[Page]:
    """The pages in the present lock. Raises ToolError where there are none."""
    found = [as_object(entry) or {} for entry in as_list(read(layout).get("pages")) or []]
    keys = ("file", "address", "date", "sha256")
    if not found or not all(set(keys) <= entry.keys() for entry in found):
        name = layout.name(layout.lock)
        raise ToolError(f"{name} lacks the address or date of a page: restore it from version control.")
    return [Page(*(str(entry[key]) for key in keys)) for entry in found]


def hashes(lock: bytes) -> dict[str, str]:
    """The SHA-256 of each file in a lock."""
    value = as_object(parse(lock, "openapi/spec.lock")) or {}
    parts = [part for part in map(as_object, [*value.values(), *(as_list(value.get("pages")) or [])]) if part]
    found = {str(part["file"]): str(part["sha256"]) for part in parts if "file" in part}
    for group in ("overlays", "effective", "config", "templates", "runtime"):
        found.update(as_object(value.get(group)) or {})
    return found


def _hashes(layout: Layout, folder: Path) -> dict[str, str]:
    return {layout.name(path): sha256(path.read_bytes()) for path in files_below(folder)}
