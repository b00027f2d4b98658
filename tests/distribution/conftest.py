import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# The suite is a program, and its helpers stand beside its own tests.
sys.path[:0] = [str(HERE.parents[1] / name) for name in ("contract_tests", "scripts", "tests/suite")]

from suite_process import sandbox as running  # noqa: E402  # Found by the line before.


@pytest.fixture(scope="module")
def sandbox():
    """The address of a right server."""
    with running() as address:
        yield address
