"""The documents that scripts/changes compares: files, git revisions, or the checkout."""

import shutil
import subprocess
import sys
from pathlib import Path

from spot_tools.checkout.effective import CHAINS
from spot_tools.checkout.layout import Layout
from spot_tools.errors import ToolError
from spot_tools.openapi import overlay
from spot_tools.openapi.documents import parse_openapi, read_bytes
from spot_tools.openapi.nodes import Document
from spot_tools.openapi.page import document_of
from spot_tools.openapi.structure import check

_CHAIN = "client.yaml"
"""The effective document that is compared."""


class Source:
    """One of the two documents, before overlays are applied."""

    def __init__(self, layout: Layout, name: str | None) -> None:
        self._layout = layout
        self._revision: str | None = None
        self._file: Path | None = None
        if name is None:
            self.name = "the working document"
        elif Path(name).is_file():
            self.name = name
            self._file = Path(name)
        else:
            self.name = name
            self._revision = self._resolve(name)

    @property
    def is_file(self) -> bool:
        """Whether the source is a file."""
        return self._file is not None

    def document(self, *, overlaid: bool) -> Document:
        """The document, with or without overlays applied. Raises ToolError where it cannot be read."""
        name = f"{self._layout.name(self._layout.document)} at {self.name}" if self._revision else self.name
        data = read_bytes(self._file, self.name) if self._file is not None else self._read(self._layout.document)
        document = Document(name, parse_openapi(document_of(data, name), name))
        check(document)
        if not overlaid:
            return document
        actions = [action for path in self._overlays() for action in overlay.read(self._read(path), path.name)]
        document, problems = overlay.apply_fitting(name, document.value, actions)
        # Overlays of a new document are corrected after the comparison. A file is not part of the checkout, so its
        # problems with overlays are not reported.
        for problem in problems if self._file is None else []:
            print(f"note ({self.name}): {problem}", file=sys.stderr)
        return document

    def _overlays(self) -> list[Path]:
        others = {name for chain in CHAINS.values() for name in chain} - set(CHAINS[_CHAIN])
        if self._revision is None:
            found = sorted(self._layout.overlays.glob("*.yaml"))
        else:
            folder = self._layout.name(self._layout.overlays)
            listed = self._git("ls-tree", "--name-only", self._revision, f"{folder}/").decode().splitlines()
            found = sorted(self._layout.root / line for line in listed if line.endswith(".yaml"))
        return [path for path in found if path.name not in others]

    def _read(self, path: Path) -> bytes:
        if self._revision is None:
            return read_bytes(path, self._layout.name(path))
        return self._git("show", f"{self._revision}:{self._layout.name(path)}")

    def _resolve(self, name: str) -> str:
        if shutil.which("git") is None:
            raise ToolError("git cannot be run: install it, or name two files.")
        try:
            return (
                self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").decode().strip()
            )
        except ToolError as error:
            raise ToolError(f"{name} is neither a file nor a git revision of this checkout.") from error

    def _git(self, *arguments: str) -> bytes:
        done = subprocess.run(["git", *arguments], cwd=self._layout.root, capture_output=True, check=False)
        if done.returncode:
            what = arguments[-1].partition(":")[2] or arguments[-1]
            raise ToolError(f"{what} cannot be read from git at {self.name}: name a revision with it, or a file.")
        return done.stdout


def both(layout: Layout, old: str | None, new: str | None) -> tuple[Document, Document]:
    """The two documents: two files unchanged, anything else with overlays applied. Raises ToolError."""
    sources = Source(layout, old or "HEAD"), Source(layout, new)
    overlaid = not all(source.is_file for source in sources)
    first, second = (source.document(overlaid=overlaid) for source in sources)
    return first, second
