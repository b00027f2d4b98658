"""A program that uses the client as others do. It is checked by mypy --strict and pyright strict, and never run."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, assert_type

import httpx2
from spot_api_client import (
    UNSET,
    Address,
    AddressCountry,
    AsyncSpotClient,
    CreateOrder,
    CreateOrderMetadata,
    JsonValue,
    Kit,
    NotSentError,
    OrderEmpty,
    OrderEmptyMetadata,
    OrderStatus,
    OutcomeUnknownError,
    RateLimitedError,
    Recipient,
    RejectedError,
    Response,
    ResultGenotype,
    ResultQuantity,
    ResultReactivity,
    SpotClient,
    SpotError,
    UnknownObject,
    Unset,
)
from spot_api_client.api.orders import create_order

recipient = Recipient(
    first_name="Ann",
    last_name="Lee",
    email="ann@example.com",
    phone="555-0142",
    address=Address(street1="1 Elm St", city="Boston", state="MA", country=AddressCountry.US, zip_="02134"),
)
client = SpotClient(token="t", base_url="https://example.com", timeout=3.5, max_retries=1, headers={"X-Mine": "1"})
assert_type(client, SpotClient)

order = client.create_order(kit_types=["health_kit_1"], recipient=recipient)
assert_type(order, OrderEmpty)
assert_type(order.order_id, str)
assert_type(order.created, dt.datetime)
assert_type(order.status, OrderStatus)
assert_type(order.status.is_known, bool)
assert_type(order.recipient.address.street2, str | None | Unset)
assert_type(order.kit_types, list[str])
assert_type(order.kits, list[Kit])
assert_type(order.metadata, OrderEmptyMetadata | None | Unset)
assert_type(order.additional_properties, dict[str, Any])
if order.metadata:
    assert_type(order.metadata, OrderEmptyMetadata)
    value: JsonValue = order.metadata["some_key"]
    if isinstance(value, str):
        assert_type(value, str)

plain: dict[str, Any] = {"a": [1, None]}
frozen: Mapping[str, JsonValue] = {"a": [1, {"b": None}]}
texts: Sequence[str] = ("k",)
client.create_order(kit_types=["k"], recipient=recipient, metadata=plain, content_type="multipart/form-data")
client.create_order(kit_types=["k"], recipient=recipient, metadata=frozen, form_style="dotted")
client.create_order(kit_types=("k", "l"), recipient=recipient)
client.create_order(kit_types=texts, recipient=recipient)
client.create_order(kit_types=["k"], recipient=recipient, metadata=None, timeout=httpx2.Timeout(1.0))
client.create_order(kit_types=["k"], recipient=recipient, metadata=UNSET, headers={"X-Mine": "1"})
client.create_order(kit_types=["k"], recipient=recipient, metadata=CreateOrderMetadata({"a": 1}))

if order.status == "shipped" or order.status == OrderStatus("shipped"):
    print("a status of tomorrow is compared, not ruled out")
assert_type(OrderStatus.PENDING, OrderStatus)
assert_type(OrderStatus["PENDING"], OrderStatus)
assert_type(list(OrderStatus), list[OrderStatus])
assert_type(order.status.value, str)

match order.status:
    case OrderStatus.PENDING | OrderStatus.IN_PROGRESS:
        print("under way")
    case OrderStatus.COMPLETED | OrderStatus.CANCELED:
        print("over")
    case _:
        print("a status of tomorrow")

for kit in order.kits:
    if kit.sample and kit.sample.reports:
        for report in kit.sample.reports:
            if report is not None and report.results:
                for result in report.results:
                    assert_type(result, ResultQuantity | ResultReactivity | ResultGenotype | UnknownObject)

try:
    client.create_order(kit_types=["k"], recipient=recipient)
except NotSentError as error:
    assert_type(error.request_id, str | None)
except OutcomeUnknownError as error:
    assert_type(error.order_id, str | None)
    assert_type(error.response, Response[None] | None)
except RateLimitedError as error:
    assert_type(error.retry_after, float | None)
except RejectedError as error:
    assert_type(error.status_code, int | None)
    assert_type(error.detail, str | None)
except SpotError as error:
    assert_type(error.error_type, str | None)


async def tasks() -> None:
    async with AsyncSpotClient(
        token="t", transport=httpx2.MockTransport(lambda _: httpx2.Response(500))
    ) as tasks_client:
        assert_type(await tasks_client.create_order(kit_types=["k"], recipient=recipient), OrderEmpty)
        body = CreateOrder(kit_types=["k"], recipient=recipient)
        assert_type(await create_order.asyncio(client=tasks_client, body=body), OrderEmpty)
        response = await create_order.asyncio_detailed(client=tasks_client, body=body)
        assert_type(response, Response[OrderEmpty])
        assert_type(response.status_code, int)


def options() -> None:
    assert_type(client.with_options(timeout=1, max_retries=0, headers={"X-Mine": "1"}), SpotClient)
    response = client.with_response.create_order(kit_types=["k"], recipient=recipient)
    assert_type(response, Response[OrderEmpty])
    assert_type(response.parsed, OrderEmpty)
    assert_type(response.elapsed, dt.timedelta)
    assert_type(response.attempts, int)
    assert_type(response.request_id, str | None)


def threads() -> None:
    body = CreateOrder.from_dict({"kit_types": ["k"]})
    assert_type(body, CreateOrder)
    assert_type(body.to_dict(), dict[str, Any])
    assert_type(create_order.sync(client=client, body=body), OrderEmpty)
    assert_type(create_order.sync_detailed(client=client, body=body).parsed, OrderEmpty)
