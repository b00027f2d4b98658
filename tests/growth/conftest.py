"""spot_tools is no distribution: the tests import it from scripts/."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "tools"), str(Path(__file__).parent)]

from growing import Growth  # noqa: E402 - found only now


@pytest.fixture(scope="session")
def growth(tmp_path_factory) -> Growth:
    """The checkout whose document grows."""
    return Growth(tmp_path_factory.mktemp("growth"))
