"""One checkout whose document grows."""

import shutil
from pathlib import Path

import pages
import yaml
from create_order import create_order_alone
from spot_tools.changes.findings import verdict
from spot_tools.changes.operations import compare
from spot_tools.checkout.layout import Layout
from spot_tools.commands import regenerate, vendor
from spot_tools.openapi.documents import parse
from spot_tools.openapi.nodes import Document

ROOT = Layout.here().root
NAMES = ["create-order", *(entry["name"] for entry in pages.growth())]
WHOLE = len(NAMES) + 1
"""The last version: the whole document at once, in OpenAPI 3.1."""


class Chain:
    """One checkout whose document grows; a version is reached through all before it."""

    def __init__(self, root: Path) -> None:
        for folder in ("openapi", "generated"):
            shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
        (root / "pages").mkdir()
        self.layout = Layout(root)
        self.pages = pages.write(root / "pages")
        self.reached = 0
        # It grows from create-order alone, whatever the committed document has beside it by now.
        create_order_alone(self.layout)
        self.snapshots = {}
        regenerate.run(self.layout, check=False)
        self.document = self._effective()

    def reach(self, version: int) -> str:
        """Vendor and regenerate up to the version; return the verdict on the last step."""
        judged = "none"
        while self.reached < version:
            judged = self._step(self.reached + 1)
        return judged

    def write(self, version: int, root: Path) -> None:
        """Write the documents of a version, be it long past, below another root."""
        self.reach(version)
        for path, data in self.snapshots[version].items():
            copy = root / path.relative_to(self.layout.root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(data)

    def _step(self, version: int) -> str:
        sources = self.pages[:version]
        if version > len(self.pages):
            sources = [self.layout.root / "whole.yaml"]
            value = pages.as_3_1(parse(self.layout.document.read_bytes(), "d"))
            sources[0].write_text(yaml.safe_dump(value, sort_keys=False), encoding="utf-8")
        vendor.run(self.layout, [str(source) for source in sources], dry_run=False)
        regenerate.run(self.layout, check=False)
        before, self.document = self.document, self._effective()
        self.reached = version
        self.snapshots[version] = {
            path: path.read_bytes() for path in sorted(self.layout.document.parent.glob("**/*.yaml"))
        }
        return verdict(compare(before, self.document).changes())

    def _effective(self) -> Document:
        return Document("client.yaml", parse((self.layout.effective / "client.yaml").read_bytes(), "client.yaml"))
