"""spot_tools is no distribution: the tests import it from scripts/."""

import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from spot_tools.checkout.layout import Layout  # noqa: E402 - found only now


@pytest.fixture
def checkout(tmp_path: Path) -> Layout:
    """A copy of all that regenerating reads and writes."""
    for folder in ("openapi", "generated", "docs/api"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return Layout(tmp_path)
