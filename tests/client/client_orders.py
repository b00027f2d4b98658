"""Orders as the tests place and receive them; whatever could lie in a leak is a canary."""

import asyncio
import json
from pathlib import Path

from spot_api_client import Address, AddressCountry, AsyncSpotClient, Recipient, SpotClient

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "canary-token-8f3a"
KIT_TYPES = ["health_kit_1", "health_kit_2"]
METADATA = {"canary-key": "canary-metadata", "nested": {"n": [1, None, True, "canary-nested"]}}

JSON = "application/json"
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
ENCODINGS = [
    {"content_type": content_type, "form_style": form_style}
    for content_type, form_style in [
        (JSON, "json"),
        (URLENCODED, "json"),
        (URLENCODED, "dotted"),
        (MULTIPART, "json"),
        (MULTIPART, "dotted"),
    ]
]
"""Options of a call: every way in which an order is sent."""


def an_address(**changes):
    usual = {
        "street1": "1 Canary-Street",
        "street2": "Apt. canary-2",
        "city": "Canary-City",
        "state": "MA",
        "country": AddressCountry.US,
        "zip_": "02134",
    }
    return Address(**{**usual, **changes})


def a_recipient(**changes):
    usual = {
        "first_name": "Canary-Zoë",
        "last_name": "Canary-O'Neil",
        "email": "canary+kits@example.com",
        "phone": "(555) 555-0142",
        "address": an_address(),
    }
    return Recipient(**{**usual, **changes})


def an_order(**changes):
    return {"kit_types": KIT_TYPES, "recipient": a_recipient(), "metadata": METADATA, **changes}


def an_answer(**changes):
    """The JSON object of a 201."""
    return {
        "order_id": "O1234567",
        "created": "2023-01-01T04:30:11.222Z",
        "updated": "2023-01-01T04:30:11.222Z",
        "status": "pending",
        "recipient": a_recipient().to_dict(),
        "kit_types": KIT_TYPES,
        "kits": [],
        "metadata": METADATA,
        **changes,
    }


def numbered(number):
    """An order that carries the number."""
    return an_order(metadata={"number": number})


async def order_all(client, numbers):
    """Order each number at once; return the numbers in the answers."""
    orders = await asyncio.gather(*(client.create_order(**numbered(number)) for number in numbers))
    return [order.metadata["number"] for order in orders]


def place(kind, base_url, *, order=None, call=None, **settings):
    """Place an order by a SpotClient ("sync") or an AsyncSpotClient ("async")."""
    arguments = {**(order or an_order()), **(call or {})}
    if kind == "sync":
        with SpotClient(base_url=base_url, **{"token": TOKEN, **settings}) as client:
            return client.create_order(**arguments)

    async def run():
        async with AsyncSpotClient(base_url=base_url, **{"token": TOKEN, **settings}) as client:
            return await client.create_order(**arguments)

    return asyncio.run(run())


def http(status, body=b"", *, content_type="application/json", headers=()):
    """The bytes of an HTTP answer."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [
        f"HTTP/1.1 {status} Reason",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(content)}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + content
