"""Build the client from the vendored document, or check that the committed one is current.

Exit codes: 0 current or rebuilt, 1 --check found differences, 2 could not build (nothing was changed).
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from spot_tools.checkout import effective, lock
from spot_tools.checkout.files import content, files_below, write_all
from spot_tools.checkout.layout import Layout
from spot_tools.errors import ToolError, exit_code
from spot_tools.generation import package
from spot_tools.generation.reference import reference
from spot_tools.normalization.operation_names import missing_names
from spot_tools.openapi.documents import parse_openapi
from spot_tools.release import proposal


def main(arguments: list[str]) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/regenerate", description="Build the client from the vendored document."
    )
    parser.add_argument("--check", action="store_true", help="change nothing; list the files that differ and exit 1")
    parser.add_argument(
        "--write-version", action="store_true", help="also write the proposed version and changelog entry"
    )
    options = parser.parse_args(arguments)
    if options.check and options.write_version:
        parser.error("--write-version cannot be combined with --check, which changes nothing")
    return exit_code(
        "scripts/regenerate",
        lambda: run(Layout.here(), check=options.check, write_version=options.write_version),
        unchanged="Nothing was changed.",
    )


def run(layout: Layout, *, check: bool, write_version: bool = False) -> int:
    """Build everything in a scratch folder, then compare it with the checkout or replace the old files.

    Args:
        layout: the checkout.
        check: only compare, and list the differences.
        write_version: also write the proposed version and changelog entry.

    Returns:
        The exit code: 1 where `check` found differences, otherwise 0.

    Raises:
        ToolError: a step failed; nothing was changed.

    """
    with tempfile.TemporaryDirectory(prefix=".regenerate-", dir=layout.root) as folder:
        documents = _documents(layout)
        new_lock = lock.build(layout, documents)
        built = package.build(layout, documents["client.yaml"], Path(folder))
        package_folder = layout.package  # Reads the configuration each time.
        files: dict[Path, bytes | None] = dict.fromkeys(files_below(package_folder) + files_below(layout.effective))
        files |= {layout.effective / name: data for name, data in documents.items()}
        files |= {package_folder / path.relative_to(built): path.read_bytes() for path in files_below(built)}
        files |= {layout.lock: new_lock, layout.reference: reference(built).encode()}
        changed = {path for path, data in files.items() if content(path) != data}
        differing = sorted(map(layout.name, changed | _lock_disagreements(layout, new_lock)))
        if check:
            for name in differing:
                print(f"differs: {name}")
            print("Run scripts/regenerate and commit the result." if differing else "The client is current.")
            return 1 if differing else 0
        proposed = None
        if differing or write_version:
            former = proposal.before(layout, Path(folder) / "before")
            proposed = proposal.propose(layout, former, documents["client.yaml"], built)
        if write_version and proposed is not None and proposed.severity is not None:
            files |= proposal.files(layout, proposed)
        write_all({path: data for path, data in files.items() if content(path) != data})
        count = len(files_below(package_folder))
        print(f"{layout.name(package_folder)}: {count} files, {len(differing)} files of the checkout changed.")
        if proposed is not None:
            _print(proposed, written=write_version)
        return 0


def _documents(layout: Layout) -> dict[str, bytes]:
    """The effective documents. Raises ToolError for the first action that does not fit, after printing the others."""
    try:
        documents = effective.build(layout)
    except ToolError as error:
        for problem in effective.problems(layout):
            if problem != str(error):
                print(f"also: {problem}", file=sys.stderr)
        raise
    _check_names(layout, parse_openapi(documents["client.yaml"], "client.yaml"))
    return documents


def _check_names(layout: Layout, document: dict[str, Any]) -> None:
    """Raise ToolError for operations without a short name, unless there is no overlay for names."""
    overlay = layout.overlays / effective.NAMES
    missing = missing_names(document) if overlay.exists() else {}
    if missing:
        raise ToolError(
            f"{', '.join(missing)} {'has' if len(missing) == 1 else 'have'} no short name for the method of the "
            f"client: paste this into the actions of {layout.name(overlay)}, with names of your choice:"
            f"\n{''.join(missing.values())}".rstrip()
        )


def _print(proposed: proposal.Release, *, written: bool) -> None:
    if proposed.severity is None:
        print("Programs can notice no change since the last commit: the version stays.")
        return
    print(proposed.report())
    if written:
        print(f"pyproject.toml and CHANGELOG.md now say {proposed.version}: read and edit the entry.")
    else:
        print("scripts/regenerate --write-version writes both.")


def _lock_disagreements(layout: Layout, wanted: bytes) -> set[Path]:
    """The files whose hash differs from the lock: those that were edited, rather than those that follow from them."""
    before, after = (lock.hashes(data) for data in (layout.lock.read_bytes(), wanted))
    return {layout.root / name for name in {*before, *after} if before.get(name) != after.get(name)}
