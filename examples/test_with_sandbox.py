"""Tests of a program that orders kits, against the sandbox: a real server with a real database that ships nothing.

Needs pytest, and the sandbox installed (`pip install ./sandbox` in a checkout).
"""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from spot_api_client import Address, AddressCountry, BadRequestError, Recipient, SpotClient

TOKEN = "made-up-for-tests"  # noqa: S105 - the sandbox's own


@pytest.fixture(scope="session")
def client() -> Iterator[SpotClient]:
    """A client of a sandbox that lives as long as the tests."""
    command = [sys.executable, "-m", "spot_sandbox", "--port", "0", "--token", TOKEN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sandbox:
        assert sandbox.stdout is not None
        address = next(found.group() for line in sandbox.stdout if (found := re.search(r"http://[\d.:]+", line)))
        with SpotClient(token=TOKEN, base_url=address) as client:
            yield client
        sandbox.terminate()


def a_recipient(country: AddressCountry = AddressCountry.US) -> Recipient:
    address = Address(street1="1 Elm St", city="Boston", state="MA", country=country, zip_="02134")
    return Recipient(first_name="Ann", last_name="Lee", email="ann@example.com", phone="555-0142", address=address)


def test_every_order_gets_an_identifier_of_its_own(client: SpotClient) -> None:
    orders = [client.create_order(kit_types=["health_kit_1"], recipient=a_recipient()) for _ in range(2)]
    assert orders[0].order_id != orders[1].order_id


def test_a_country_without_delivery_is_refused(client: SpotClient) -> None:
    with pytest.raises(BadRequestError) as caught:
        client.create_order(kit_types=["health_kit_1"], recipient=a_recipient(AddressCountry("MX")))
    assert "country" in (caught.value.detail or "")
