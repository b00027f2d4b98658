"""Mistakes that a type checker must find: each line with `type: ignore` is one, and an unused ignore is an error."""

from typing import assert_never

from spot_api_client import Address, AddressCountry, OrderStatus, Recipient, SpotClient

address = Address(street1="1 Elm St", city="Boston", state="MA", country=AddressCountry.US, zip_="02134")
recipient = Recipient(first_name="Ann", last_name="Lee", email="a@example.com", phone="1", address=address)
client = SpotClient(token="t")

Address(street1="1 Elm St", city="Boston", state="MA", country=AddressCountry.US)  # type: ignore[call-arg]
Address(street1=1, city="B", state="MA", country=AddressCountry.US, zip_="02134")  # type: ignore[arg-type]
Address("1 Elm St", "Boston", "MA", AddressCountry.US, "02134")  # type: ignore[call-arg]
Address(street1="1", city="B", state="MA", country="ZZ", zip_="02134")  # type: ignore[arg-type]
client.create_order(recipient=recipient)  # type: ignore[call-arg]
client.create_order(kit_types="health_kit_1", recipient=recipient)  # type: ignore[arg-type]
client.create_order(kit_types=["k"], recipient={"first_name": "Ann"})  # type: ignore[arg-type]
client.create_order(kit_types=["k"], recipient=recipient, metadata=[1])  # type: ignore[arg-type]
client.create_order(kit_types=["k"], recipient=recipient, content_type="text/xml")  # type: ignore[arg-type]
client.create_order(kit_types=["k"], recipient=recipient, form_style="brackets")  # type: ignore[arg-type]
client.create_order(kit_types=["k"], recipient=recipient, recipent=recipient)  # type: ignore[call-arg]
print(client.create_order(kit_types=["k"], recipient=recipient).order_ids)  # type: ignore[attr-defined]
len(client.create_order(kit_types=["k"], recipient=recipient).metadata)  # type: ignore[arg-type]
SpotClient("token")  # type: ignore[call-arg]
client.create_order(kit_types=["k"], recipient=recipient, metadata={"a": object()})  # type: ignore[dict-item]
status = client.create_order(kit_types=["k"], recipient=recipient).status
match status:
    case OrderStatus.PENDING | OrderStatus.IN_PROGRESS | OrderStatus.COMPLETED | OrderStatus.CANCELED:
        print("known")
    case _:
        assert_never(status)  # type: ignore[arg-type]
