"""openapi/spec.lock: of what, by what and from where the client was made."""

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
"""What generates and what formats: a release of either may change every file."""


@dataclass(frozen=True)
class Page:
    """Where a published page lies, and where and when it came from."""

    file: str
    address: str
    date: str
    sha256: str


def build(layout: Layout, effective: Mapping[str, bytes]) -> bytes:
    """The lock that the files of the checkout call for; addresses and dates of pages are kept from the present one."""
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
    return written(lock)


def origins(layout: Layout, of: Sequence[Page], document: bytes, data: Mapping[str, bytes]) -> dict[str, Any]:
    """What a lock tells of the pages, given with their bytes, and of the document made of them."""
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


def written(lock: dict[str, Any]) -> bytes:
    """The lock as a file."""
    return dump(lock, "Written by scripts/vendor and scripts/regenerate; do not edit. Hashes are SHA-256.")


def read(layout: Layout) -> dict[str, Any]:
    """The present lock. Raises ToolError."""
    name = layout.name(layout.lock)
    return as_object(parse(read_bytes(layout.lock, name), name)) or {}


def pages(layout: Layout) -> list[Page]:
    """The pages that the present lock names. Raises ToolError where it names none."""
    found = [as_object(entry) or {} for entry in as_list(read(layout).get("pages")) or []]
    keys = ("file", "address", "date", "sha256")
    if not found or not all(set(keys) <= entry.keys() for entry in found):
        name = layout.name(layout.lock)
        raise ToolError(f"{name} does not tell the page's address and date: restore it from version control.")
    return [Page(*(str(entry[key]) for key in keys)) for entry in found]


def hashes(lock: bytes) -> dict[str, str]:
    """Each file that a lock names, with the SHA-256 it tells; empty for what is no lock."""
    try:
        value = as_object(parse(lock, "openapi/spec.lock")) or {}
    except ToolError:
        return {}
    parts = [part for part in map(as_object, [*value.values(), *(as_list(value.get("pages")) or [])]) if part]
    found = {str(part["file"]): str(part["sha256"]) for part in parts if "file" in part}
    for group in ("overlays", "effective", "config", "templates", "runtime"):
        found.update(as_object(value.get(group)) or {})
    return found


def _hashes(layout: Layout, folder: Path) -> dict[str, str]:
    return {layout.name(path): sha256(path.read_bytes()) for path in files_below(folder)}
