"""Take what the provider publishes now: pages, the document made of them, and the lock; or nothing at all.

Exit codes: 0 taken (or would be, with --dry-run), 2 it could not be taken (nothing was written).
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from spot_tools.checkout import effective, lock
from spot_tools.checkout.files import write_all
from spot_tools.checkout.layout import Layout
from spot_tools.errors import ToolError
from spot_tools.openapi.documents import parse_openapi, sha256
from spot_tools.openapi.fitting import fit
from spot_tools.openapi.merge import compose
from spot_tools.openapi.nodes import Document
from spot_tools.openapi.page import is_page
from spot_tools.vendoring.defects import notes
from spot_tools.vendoring.fetch import Source, read
from spot_tools.vendoring.validation import validate


def main(arguments: list[str]) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/vendor",
        description="Take what the provider publishes now: check it, then write pages, document and lock.",
        epilog="The document is made of exactly the sources named; without any, the addresses in openapi/spec.lock are "
        "fetched again.",
    )
    parser.add_argument(
        "sources",
        metavar="SOURCE",
        nargs="*",
        help="a file or https address: a docs page (Markdown) or an OpenAPI document",
    )
    parser.add_argument("--dry-run", action="store_true", help="tell the same and write nothing")
    options = parser.parse_args(arguments)
    try:
        run(Layout.here(), options.sources, dry_run=options.dry_run)
    except ToolError as error:
        print(f"scripts/vendor: {error}\nNothing was written.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("scripts/vendor: interrupted; nothing was written.", file=sys.stderr)
        return 130
    return 0


def run(layout: Layout, names: Sequence[str], *, dry_run: bool) -> None:
    """Read, check, tell, write. Raises ToolError where anything is wrong; then nothing was written."""
    recorded = lock.pages(layout)
    sources = [read(name) for name in names or _addresses(recorded)]
    files = _file_names(sources)
    name = layout.name(layout.document)
    text = compose([(source.name, source.data) for source in sources])
    called = sources[0].name if len(sources) == 1 else "what the sources make together"
    document = Document(called, parse_openapi(text, called))
    validate(document)
    pages = [
        _page(source, layout.name(layout.source / file), recorded) for source, file in zip(sources, files, strict=True)
    ]
    data = {page.file: source.data for page, source in zip(pages, sources, strict=True)}
    # The names of files stand in a merged document, which must come out the same when it is made again.
    text = compose([(page.file, data[page.file]) for page in pages])
    kept = {key: value for key, value in lock.read(layout).items() if key not in ("pages", "document")}
    content = lock.written({**lock.origins(layout, pages, text, data), **kept})
    wanted: dict[str, bytes | None] = {page.file: None for page in recorded}
    wanted |= {**data, name: text, layout.name(layout.lock): content}
    changed = {file: new for file, new in wanted.items() if _differs(layout, file, new)}
    _tell(layout, document)
    for file, new in changed.items():
        what = "deleted" if new is None else ("changed" if (layout.root / file).exists() else "new")
        print(f"{what}: {file}")
    if not changed:
        print("The sources are what is vendored already: nothing to write.")
    elif dry_run:
        print("Nothing was written (--dry-run).")
    else:
        write_all({layout.root / file: new for file, new in changed.items()})
        print("Now run scripts/changes to see what this means for clients, then scripts/regenerate.")


def _addresses(recorded: Sequence[lock.Page]) -> list[str]:
    without = [page.file for page in recorded if not urlsplit(page.address).netloc]
    if without:
        raise ToolError(f"The lock knows no address of {without[0]}: name the sources.")
    return [page.address for page in recorded]


def _file_names(sources: Sequence[Source]) -> list[str]:
    """A name below openapi/source for each source. Raises ToolError where two would be one."""
    found: list[str] = []
    for source in sources:
        ending = ".md" if is_page(source.data) else (".json" if source.data.lstrip()[:1] == b"{" else ".yaml")
        usual = {".md": (".md",), ".json": (".json",), ".yaml": (".yaml", ".yml")}[ending]
        name = source.file if PurePosixPath(source.file).suffix.lower() in usual else f"{source.file}{ending}"
        if name in found:
            raise ToolError(f"Two sources would both be {name}: save one of them under another name and name the file.")
        found.append(name)
    return found


def _page(source: Source, file: str, recorded: Sequence[lock.Page]) -> lock.Page:
    digest = sha256(source.data)
    known = next((page for page in recorded if page.file == file), None)
    address = source.address or (known.address if known else PurePosixPath(file).name)
    if known is not None and known.sha256 == digest and known.address == address:
        return known
    return lock.Page(file, address, datetime.now(UTC).date().isoformat(), digest)


def _tell(layout: Layout, document: Document) -> None:
    actions = [action for overlay in effective.CHAINS["contract.yaml"] for action in effective.actions(layout, overlay)]
    overlaid, problems = fit(document.name, document.value, actions)
    left = set(notes(overlaid))
    for note in notes(document):
        print(f"note: {note}{'' if note in left else ' (an overlay mends it)'}.")
    for problem in problems:
        print(f"overlay: {problem}")


def _differs(layout: Layout, file: str, new: bytes | None) -> bool:
    path = layout.root / file
    return path.exists() if new is None else not path.is_file() or path.read_bytes() != new


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
