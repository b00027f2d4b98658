"""openapi/spec.lock: of what, by what and from where the client was made."""

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .documents import as_object, dump, parse, read_bytes, sha256
from .errors import ToolError
from .layout import Layout
from .page import document_block

TOOLS = ("openapi-python-client", "ruff")
"""What generates and what formats: a release of either may change every file."""


def build(layout: Layout, effective: Mapping[str, bytes]) -> bytes:
    """The lock that the files of the checkout call for; address and date of the page are kept from the present one."""
    page = read_bytes(layout.page, layout.name(layout.page))
    document = read_bytes(layout.document, layout.name(layout.document))
    lock: dict[str, Any] = {
        "page": {"file": layout.name(layout.page), **_origin(layout), "sha256": sha256(page)},
        "document": {
            "file": layout.name(layout.document),
            "sha256": sha256(document),
            "is_block_of_page": document == document_block(page, layout.name(layout.page)),
        },
        "overlays": _hashes(layout, layout.overlays),
        "effective": {layout.name(layout.effective / name): sha256(data) for name, data in effective.items()},
        "config": {layout.name(layout.config): sha256(read_bytes(layout.config, layout.name(layout.config)))},
        "templates": _hashes(layout, layout.templates),
        "runtime": _hashes(layout, layout.runtime),
        "tools": {tool: version(tool) for tool in TOOLS},
    }
    return dump(lock, "Written by scripts/regenerate; do not edit. Hashes are SHA-256.")


def hashes(lock: bytes) -> dict[str, str]:
    """Each file that a lock names, with the SHA-256 it tells; empty for what is no lock."""
    try:
        value = as_object(parse(lock, "openapi/spec.lock")) or {}
    except ToolError:
        return {}
    parts = [part for part in map(as_object, value.values()) if part is not None]
    found = {str(part["file"]): str(part["sha256"]) for part in parts if "file" in part}
    for group in ("overlays", "effective", "config", "templates", "runtime"):
        found.update(as_object(value.get(group)) or {})
    return found


def files_below(folder: Path) -> list[Path]:
    """The files in the folder, whatever depth, in a fixed order; what Python and linters leave behind is none."""
    caches = ("__pycache__", ".mypy_cache", ".ruff_cache")
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and not set(path.parts) & set(caches)]


def _hashes(layout: Layout, folder: Path) -> dict[str, str]:
    return {layout.name(path): sha256(path.read_bytes()) for path in files_below(folder)}


def _origin(layout: Layout) -> dict[str, str]:
    name = layout.name(layout.lock)
    lock = as_object(parse(read_bytes(layout.lock, name), name)) or {}
    page = as_object(lock.get("page"))
    if page is None or not {"address", "date"} <= page.keys():
        raise ToolError(f"{name} does not tell the page's address and date: restore it from version control.")
    return {"address": str(page["address"]), "date": str(page["date"])}
