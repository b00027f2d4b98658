import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# The suite and the scripts are imported from the checkout, and these tests share the suite's own way to run servers.
sys.path[:0] = [str(HERE.parents[1] / name) for name in ("contract_tests", "scripts", "tests/suite")]

from installed import Installation, made_once  # noqa: E402  # Found by the line before.
from suite_process import sandbox  # noqa: E402


@pytest.fixture(scope="session")
def correct_server():
    """The address of a sandbox without a fault."""
    with sandbox() as url:
        yield url


@pytest.fixture(scope="session")
def faulty_server():
    """The address of a sandbox that accepts PUT for POST."""
    with sandbox("--fault", "put-accepted") as url:
        yield url


@pytest.fixture(scope="session")
def installation(tmp_path_factory, worker_id):
    """The wheel of spot-contract alone in an environment, which all processes of a run of the tests share."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "installation"
    made_once(folder, Installation.make)
    return Installation(folder)
