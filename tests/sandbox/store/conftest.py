"""A PostgreSQL server for the tests of this folder."""

import pytest
from sandbox_postgres import Postgres


@pytest.fixture(scope="session")
def postgres():
    """One server for all tests, started by the first that uses it."""
    running = Postgres()
    yield running
    running.close()
