"""Test code that orders kits without a server: a mock transport of httpx2 answers the requests."""

import json

import httpx2
from spot_api_client import Address, AddressCountry, Recipient, SpotClient


def answer(request: httpx2.Request) -> httpx2.Response:
    """Answer each order with a 201, as in the document's example."""
    order = json.loads(request.content)
    kits: list[object] = []
    added = {"order_id": "O1234567", "created": "2023-01-01T04:30:11.222Z", "status": "pending", "kits": kits}
    return httpx2.Response(201, json={**order, **added})


def test_an_order_is_placed() -> None:
    address = Address(street1="1 Elm St", city="Boston", state="MA", country=AddressCountry.US, zip_="02134")
    recipient = Recipient(first_name="Ann", last_name="Lee", email="ann@example.com", phone="555-0142", address=address)
    with SpotClient(token="any", transport=httpx2.MockTransport(answer)) as client:  # noqa: S106 - not a real token
        order = client.create_order(kit_types=["health_kit_1"], recipient=recipient)
    assert order.order_id == "O1234567"
    assert order.recipient == recipient
