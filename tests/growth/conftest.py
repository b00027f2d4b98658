"""The document that grows, for all tests of this folder."""

import pytest
from growing import Growth


@pytest.fixture(scope="session")
def growth(tmp_path_factory) -> Growth:
    """The checkout whose document grows."""
    return Growth(tmp_path_factory.mktemp("growth"))
