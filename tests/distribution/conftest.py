"""Servers to judge, and an installation of the suite."""

import pytest
from installation import Installation, made_once
from suite_process import sandbox


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
