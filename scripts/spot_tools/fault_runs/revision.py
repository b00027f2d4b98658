"""Digests of the code that a result depends on, so that results of other code are not reused."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from spot_tools.environment import ROOT

_SHARED = ("contract_tests", "openapi/effective")
_IGNORED = {"__pycache__", "node_modules", "built", ".pytest_cache"}
_CODE = {".py", ".js", ".go", ".mod", ".json", ".yaml", ".yml", ".toml"}


def of_sandbox() -> str:
    """The digest of suite, sandbox and effective document."""
    return of_server(ROOT / "sandbox")


def of_server(folder: Path) -> str:
    """The digest of suite, effective document and the folder of a server, without its deviations.yaml."""
    digest = hashlib.sha256()
    for path in sorted(path for name in _SHARED for path in _files(ROOT / name)) + sorted(_files(folder)):
        digest.update(f"{path.relative_to(ROOT).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if (
            path.suffix in _CODE
            and not _IGNORED & set(path.parts)
            and path.name != "deviations.yaml"
            and path.is_file()
        ):
            yield path
