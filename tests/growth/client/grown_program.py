"""Calls every operation of the grown documents through both clients, and prints the name of each page that passed."""

import asyncio
import datetime as dt
import json
import sys
import uuid

import spot_api_client as spot
from spot_api_client import models

UUID = uuid.UUID("7563e8e2-7fbd-480c-9b8b-2070eda884bf")
RECIPIENT = models.Recipient.from_dict(
    {
        "first_name": "Alice",
        "last_name": "Smith",
        "email": "alice@example.com",
        "phone": "1",
        "address": {"street1": "1 Main St", "city": "A", "state": "CA", "country": "US", "zip": "01234"},
    }
)


def create_order(client):
    order = client.create_order(kit_types=["health_kit_1"], recipient=RECIPIENT, metadata={"a": None})
    assert type(order) is models.OrderEmpty
    assert isinstance(order.created, dt.datetime)


def list_orders(client):
    page = client.list_orders(
        status=models.OrderStatus.PENDING,
        kit_type=["a", "b c"],
        ordering=models.ListOrdersOrdering.MINUS_CREATED,
        limit=2,
        cursor="x&y",
        created_after=dt.datetime(2023, 1, 1, tzinfo=dt.UTC),
    )
    assert type(page) is models.OrderPage
    assert type(page.results[0]) is models.OrderEmpty
    client.list_orders()
    refused = []
    try:
        client.list_orders(limit=0)
    except spot.BadRequestError as error:
        refused.append(error.detail)
    assert "limit" in refused[0]


def one_order(client):
    assert type(client.get_order("a b")) is models.OrderEmpty
    assert type(client.replace_recipient("O1", **fields(RECIPIENT))) is models.OrderEmpty
    assert type(client.change_order("O1", note=None)) is models.OrderEmpty
    assert client.cancel_order("O1") is None


def fields(model):
    return {field: getattr(model, field) for field in ("first_name", "last_name", "email", "phone", "address")}


def kits(client):
    leaf = models.KitPart(name="leaf")
    tree = models.KitPart(name="tree", parts=[leaf, models.KitPart(name="x", spare=leaf)])
    by_name = client.add_kits(body=[tree])
    assert type(by_name.additional_properties["example"]) is models.KitPart
    parts = client.list_kits(x_trace="t", x_deep=True)
    assert type(parts) is list
    assert type(parts[0].parts[0]) is models.KitPart


def requisitions(client):
    clinic = models.Clinic(kind=models.ClinicKind.CLINIC, clinic_id=7)
    requisition = client.create_requisition(due=dt.date(2026, 1, 2), payer=clinic)
    assert type(requisition) is models.Requisition
    assert requisition.requisition_id == UUID
    assert requisition.due == dt.date(2026, 1, 2)
    assert type(requisition.payer) is models.Clinic
    insurer = models.Insurer(kind=models.InsurerKind.INSURER, policy="p")
    client.create_requisition(due=dt.date(2026, 1, 2), payer=insurer)
    assert type(client.old_requisitions()[0]) is models.Requisition


def reports(client):
    pdf = client.download_report(UUID)
    assert pdf.payload == b"text"
    file = spot.File(payload=b"abc", file_name="a.pdf", mime_type="application/pdf")
    assert client.upload_report(document=file, title="t") is None


def odd_names(client):
    model = models.ResponseModel(class_="c", self_="s", to_dict_="t", additional_properties_="a", none="n", field_2x=2)
    result = client.import_("x y", body=model, timeout=3, headers="h", client_="c", self_="s", body_="b")
    assert type(result) is models.ResponseModel
    assert type(client.close_()) is models.FileModel


def small_operations(client):
    assert client.void_order(7) is None
    hook = client.replace_hook(address="https://example.com/", secret="s")
    assert type(hook) is models.Hook
    assert hook.hook_id == 1
    assert type(client.ping()) is str


PAGES = [create_order, list_orders, one_order, kits, requisitions, reports, odd_names, small_operations]


class Awaiting:
    """The asynchronous client, each call awaited."""

    def __init__(self, client, runner):
        self._client, self._runner = client, runner

    def __getattr__(self, name):
        return lambda *args, **kwargs: self._runner.run(getattr(self._client, name)(*args, **kwargs))


def main(address, token, count):
    with spot.SpotClient(token=token, base_url=address) as client, asyncio.Runner() as runner:
        asynchronous = spot.AsyncSpotClient(token=token, base_url=address)
        for page in PAGES[: int(count)]:
            for caller in (client, Awaiting(asynchronous, runner)):
                page(caller)
            print(json.dumps(page.__name__))
        runner.run(asynchronous.aclose())


if __name__ == "__main__":
    main(*sys.argv[1:])
