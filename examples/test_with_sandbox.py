"""Tests of a program that orders kits. They use the sandbox, a server with a database that ships nothing.

Install pytest and "spot-api-client[sandbox]", which provides the fixture `spot_sandbox`.
"""

import pytest
from spot_api_client import Address, AddressCountry, BadRequestError, OutcomeUnknownError, Recipient
from spot_sandbox import Account


def recipient(country: AddressCountry = AddressCountry.US) -> Recipient:
    address = Address(street1="1 Elm St", city="Boston", state="MA", country=country, zip_="02134")
    return Recipient(first_name="Ann", last_name="Lee", email="ann@example.com", phone="555-0142", address=address)


def test_every_order_gets_its_own_identifier(spot_sandbox: Account) -> None:
    client = spot_sandbox.client
    orders = [client.create_order(kit_types=["health_kit_1"], recipient=recipient()) for _ in range(2)]
    assert [each.order_id for each in orders] == [each.order_id for each in spot_sandbox.orders]


def test_an_unsupported_country_is_refused(spot_sandbox: Account) -> None:
    with pytest.raises(BadRequestError) as caught:
        spot_sandbox.client.create_order(kit_types=["health_kit_1"], recipient=recipient(AddressCountry("ZZ")))
    assert "country" in (caught.value.detail or "")
    assert not spot_sandbox.orders


def test_an_order_exists_although_its_answer_was_lost(spot_sandbox: Account) -> None:
    spot_sandbox.fail_next("drop after commit")
    with pytest.raises(OutcomeUnknownError):
        spot_sandbox.client.create_order(kit_types=["health_kit_1"], recipient=recipient())
    assert len(spot_sandbox.orders) == 1
