"""Update the vendored pages, the document and the lock from the provider's publications: all of them or none.

Exit codes: 0 updated (or would be, with --dry-run), 2 could not update (nothing was written).
"""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from spot_tools.checkout import effective, lock
from spot_tools.checkout.files import content, write_all
from spot_tools.checkout.layout import Layout
from spot_tools.errors import ToolError, exit_code
from spot_tools.openapi.documents import parse_openapi, sha256
from spot_tools.openapi.merge import compose
from spot_tools.openapi.nodes import Document
from spot_tools.openapi.overlay import apply_fitting
from spot_tools.openapi.page import is_page
from spot_tools.vendoring.defects import defect, notes
from spot_tools.vendoring.fetch import Source, read
from spot_tools.vendoring.validation import validate


def main(arguments: list[str]) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/vendor",
        description="Check what the provider publishes, then write pages, document and lock.",
        epilog="The document is built from exactly the given sources; without any, the addresses in openapi/spec.lock "
        "are fetched again.",
    )
    parser.add_argument(
        "sources",
        metavar="SOURCE",
        nargs="*",
        help="a file or https address: a docs page (Markdown) or an OpenAPI document",
    )
    parser.add_argument("--dry-run", action="store_true", help="report everything, but write nothing")
    options = parser.parse_args(arguments)
    return exit_code(
        "scripts/vendor",
        lambda: run(Layout.here(), options.sources, dry_run=options.dry_run),
        unchanged="Nothing was written.",
    )


def run(layout: Layout, names: Sequence[str], *, dry_run: bool) -> int:
    """Read and check the sources, report, and write unless it is a dry run.

    Args:
        layout: the checkout to update.
        names: files and addresses; empty for the addresses in the lock.
        dry_run: write nothing.

    Returns:
        The exit code, 0.

    Raises:
        ToolError: a source is missing or invalid; nothing was written.

    """
    recorded = lock.pages(layout)
    sources = [read(name) for name in names or _addresses(recorded)]
    files = _file_names(sources)
    name = layout.name(layout.document)
    text = compose([(source.name, source.data) for source in sources])
    title = sources[0].name if len(sources) == 1 else "the merged document"
    document = Document(title, parse_openapi(text, title))
    validate(document)
    pages = [
        _page(source, layout.name(layout.source / file), recorded) for source, file in zip(sources, files, strict=True)
    ]
    data = {page.file: source.data for page, source in zip(pages, sources, strict=True)}
    # A merged document names its files, so it is composed again with the names under which they are stored.
    text = compose([(page.file, data[page.file]) for page in pages])
    kept = {key: value for key, value in lock.read(layout).items() if key not in ("pages", "document")}
    new_lock = lock.as_yaml({**lock.origins(layout, pages, text, data), **kept})
    wanted: dict[str, bytes | None] = {page.file: None for page in recorded}
    wanted |= {**data, name: text, layout.name(layout.lock): new_lock}
    changed = {file: new for file, new in wanted.items() if content(layout.root / file) != new}
    _print_notes(layout, document)
    for file, new in changed.items():
        what = "deleted" if new is None else ("changed" if (layout.root / file).exists() else "new")
        print(f"{what}: {file}")
    if not changed:
        print("The sources are already vendored: nothing to write.")
    elif dry_run:
        print("Nothing was written (--dry-run).")
    else:
        write_all({layout.root / file: new for file, new in changed.items()})
        print("Now run scripts/changes to see what this means for clients, then scripts/regenerate.")
    return 0


def _addresses(recorded: Sequence[lock.Page]) -> list[str]:
    without = [page.file for page in recorded if not urlsplit(page.address).netloc]
    if without:
        raise ToolError(f"openapi/spec.lock has no address for {without[0]}: pass the sources.")
    return [page.address for page in recorded]


def _file_names(sources: Sequence[Source]) -> list[str]:
    """A file name in openapi/source for each source. Raises ToolError where two are equal."""
    found: list[str] = []
    for source in sources:
        ending = ".md" if is_page(source.data) else (".json" if source.data.lstrip()[:1] == b"{" else ".yaml")
        usual = {".md": (".md",), ".json": (".json",), ".yaml": (".yaml", ".yml")}[ending]
        name = source.file if PurePosixPath(source.file).suffix.lower() in usual else f"{source.file}{ending}"
        if name in found:
            raise ToolError(f"Two sources would both be stored as {name}: save one under another name.")
        found.append(name)
    return found


def _page(source: Source, file: str, recorded: Sequence[lock.Page]) -> lock.Page:
    digest = sha256(source.data)
    known = next((page for page in recorded if page.file == file), None)
    address = source.address or (known.address if known else PurePosixPath(file).name)
    if known is not None and known.sha256 == digest and known.address == address:
        return known
    return lock.Page(file, address, datetime.now(UTC).date().isoformat(), digest)


def _print_notes(layout: Layout, document: Document) -> None:
    actions = [action for overlay in effective.CHAINS["contract.yaml"] for action in effective.actions(layout, overlay)]
    overlaid, problems = apply_fitting(document.name, document.value, actions)
    left = {defect(note) for note in notes(overlaid)}
    for note in notes(document):
        print(f"note: {note}{'' if defect(note) in left else ' (corrected by an overlay)'}.")
    for problem in problems:
        print(f"overlay: {problem}")
