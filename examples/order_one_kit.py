"""Order one kit. The token is read from SPOT_API_TOKEN; SPOT_BASE_URL selects a server other than the real one.

SPOT_API_TOKEN=… SPOT_BASE_URL=http://127.0.0.1:8000 python examples/order_one_kit.py
"""

from spot_api_client import Address, AddressCountry, Recipient, SpotClient

recipient = Recipient(
    first_name="Alice",
    last_name="Smith",
    email="alice@example.com",
    phone="555-0142",
    address=Address(
        street1="123 Main St",
        street2="Apt 1",
        city="San Francisco",
        state="CA",
        country=AddressCountry.US,
        zip_="94105",
    ),
)

with SpotClient() as client:
    order = client.create_order(kit_types=["health_kit_1"], recipient=recipient, metadata={"study": "A-17"})

print(f"{order.order_id} is {order.status} since {order.created:%Y-%m-%d %H:%M} UTC")
