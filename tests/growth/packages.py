"""Clients of other documents, each built in a folder of its own."""

import json
import shutil
from pathlib import Path
from typing import Any

from spot_tools.checkout.layout import Layout
from spot_tools.generation import package

HERE = Layout.here()


def checkout(root: Path, config: str) -> Layout:
    """All that building another API's client needs of the repository."""
    for folder in (HERE.templates, HERE.runtime):
        shutil.copytree(folder, root / "openapi" / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
    layout = Layout(root)
    layout.config.write_text(config, encoding="utf-8")
    return layout


def build(root: Path, document: dict[str, Any], config: str) -> Path:
    """Build the client of a document; return the folder that holds the package."""
    layout = checkout(root, config)
    data = json.dumps(document).encode()
    layout.document.write_bytes(data)
    folder = root / "built"
    folder.mkdir()
    package.build(layout, data, folder)
    return folder
