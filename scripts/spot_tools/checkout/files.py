"""Writing several files together: all of them or none."""

import contextlib
from collections.abc import Mapping
from pathlib import Path

from spot_tools.errors import ToolError


def files_below(folder: Path) -> list[Path]:
    """All files below a folder in a fixed order, without the caches of Python and linters."""
    caches = ("__pycache__", ".mypy_cache", ".ruff_cache")
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and not set(path.parts) & set(caches)]


def content(path: Path) -> bytes | None:
    """The content of a file; None where there is none."""
    return path.read_bytes() if path.is_file() else None


def write_all(files: Mapping[Path, bytes | None]) -> None:
    """Write each file, and delete those whose content is None. Raises ToolError after undoing everything."""
    drafts = {path: path.with_name(f".{path.name}.draft") for path, data in files.items() if data is not None}
    before = {path: content(path) for path in files}
    try:
        for path, draft in drafts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(files[path] or b"")
        for path in files:
            if path in drafts:
                drafts[path].replace(path)
            else:
                path.unlink(missing_ok=True)
                _prune(path.parent)
    except BaseException as error:
        _restore(before, drafts)
        if isinstance(error, OSError):
            what = Path(error.filename or "a file").name
            raise ToolError(
                f"{what} cannot be written ({error.strerror}): check the disk and the permissions."
            ) from error
        raise


def _restore(before: Mapping[Path, bytes | None], drafts: Mapping[Path, Path]) -> None:
    for draft in drafts.values():
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
    for path, data in before.items():
        with contextlib.suppress(OSError):
            if data is None:
                path.unlink(missing_ok=True)
            elif content(path) != data:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        _prune(path.parent)


def _prune(folder: Path) -> None:
    """Delete a folder, and those above it, that are empty."""
    with contextlib.suppress(OSError):
        for each in (folder, *folder.parents):
            each.rmdir()
