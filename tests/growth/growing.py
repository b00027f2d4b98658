"""One checkout whose document grows."""

import json
import shutil
from pathlib import Path

import pages
from create_order import create_order_alone
from spot_tools.checkout import effective
from spot_tools.checkout.layout import Layout
from spot_tools.commands import vendor
from spot_tools.openapi.documents import parse
from spot_tools.openapi.nodes import Document

ROOT = Layout.here().root
NAMES = ["create-order", *(entry["name"] for entry in pages.growth())]
WHOLE = len(NAMES) + 1
"""The last version: the whole document at once, in OpenAPI 3.1."""


class Growth:
    """A checkout whose document consists of the first pages, as many as a test wants."""

    def __init__(self, root: Path) -> None:
        for folder in ("openapi", "generated"):
            shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
        (root / "pages").mkdir()
        self.layout = Layout(root)
        self.pages = pages.write(root / "pages")
        # It grows from create-order alone, whatever the committed document has beside it by now.
        create_order_alone(self.layout)
        self.version = 0

    def reach(self, version: int) -> Document:
        """Vendor the document of a version; return the client's effective document."""
        if version != self.version:
            if version == WHOLE:
                self.reach(len(NAMES))
                sources = [self._as_3_1()]
            else:
                sources = self.pages[:version]
            vendor.run(self.layout, [str(source) for source in sources], dry_run=False)
            for name, data in effective.build(self.layout).items():
                (self.layout.effective / name).write_bytes(data)
            self.version = version
        name = "client.yaml"
        return Document(name, parse((self.layout.effective / name).read_bytes(), name))

    def _as_3_1(self) -> Path:
        path = self.layout.root / "whole.json"
        path.write_text(json.dumps(pages.as_3_1(parse(self.layout.document.read_bytes(), "d"))), encoding="utf-8")
        return path
