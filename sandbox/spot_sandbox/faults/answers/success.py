"""Wrong answers to accepted orders."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import is_multipart, on_created, on_metadata_values, on_order
from spot_sandbox.hooks.trees import Number
from spot_sandbox.http.messages import Answer, Request
from spot_sandbox.orders.service import Service

CHAPTER = "success"
STATUS = "status is exactly 201, content type application/json, body a JSON object without NaN or Infinity"
STRICT = "conforms to the strict form: order_id, created, status, recipient, kit_types, kits present"
PENDING = "order_id is a non-empty string; status is pending"
KITS = "kits is []"
TIME = "created is RFC 3339 with an offset and is the request's time within a small clock skew"


def _set(service: Service, name: str, change: Callable[[Answer], Any]) -> None:
    """Set a field of the answers to accepted orders."""
    on_created(service, lambda _request, answer: setattr(answer, name, change(answer)))


@fault(CHAPTER, STATUS)
def status_200(service: Service) -> None:
    """An accepted order is answered with 200."""
    _set(service, "status", lambda _answer: 200)


@fault(CHAPTER, STATUS, hook=on_created)
def status_202_for_forms(request: Request, answer: Answer) -> None:
    """An order sent as multipart/form-data is answered with 202."""
    if is_multipart(request):
        answer.status = 202


@fault(CHAPTER, STATUS)
def created_as_text_plain(service: Service) -> None:
    """The JSON of an accepted order has the content type text/plain."""
    _set(service, "headers", lambda _answer: [(b"content-type", b"text/plain")])


@fault(CHAPTER, STATUS)
def created_without_content_type(service: Service) -> None:
    """The answer to an accepted order has no content type."""
    _set(service, "headers", lambda _answer: [])


@fault(CHAPTER, STATUS)
def order_in_a_list(service: Service) -> None:
    """The answer is a list that contains the order."""
    on_order(service, lambda order: [order])


@fault(CHAPTER, STATUS)
def order_as_json_text(service: Service) -> None:
    """The order is encoded twice: the answer is a JSON string that contains JSON."""
    _set(service, "body", lambda answer: json.dumps(answer.body.decode()).encode())


@fault(CHAPTER, STATUS, "rare", hook=on_metadata_values)
def large_floats_become_infinity(value: Any) -> Any:
    """A number in metadata beyond the range of floats comes back as Infinity."""
    if isinstance(value, Number) and abs(float(value.text)) == float("inf"):
        return Number("-Infinity" if value.text.startswith("-") else "Infinity")
    return value


@fault(CHAPTER, STATUS)
def total_is_nan(service: Service) -> None:
    """Each order has a property total, which is NaN."""
    on_order(service, lambda order: order.update(total=Number("NaN")))


@fault(CHAPTER, STATUS)
def created_is_cut(service: Service) -> None:
    """The last brace of an accepted order is missing."""
    _set(service, "body", lambda answer: answer.body[:-1])


def _without(name: str) -> Callable[[dict[str, Any]], None]:
    def change(order: dict[str, Any]) -> None:
        del order[name]

    return change


@fault(CHAPTER, STRICT)
def empty_object(service: Service) -> None:
    """An accepted order is answered with {}."""
    on_order(service, lambda _order: {})


@fault(CHAPTER, STRICT)
def order_id_missing(service: Service) -> None:
    """The answer has no order_id."""
    on_order(service, _without("order_id"))


@fault(CHAPTER, STRICT)
def created_missing(service: Service) -> None:
    """The answer has no created."""
    on_order(service, _without("created"))


@fault(CHAPTER, STRICT)
def kits_missing(service: Service) -> None:
    """The answer has no kits."""
    on_order(service, _without("kits"))


@fault(CHAPTER, STRICT, "rare", hook=on_order)
def kit_types_missing_when_single(order: dict[str, Any]) -> None:
    """The answer to an order with a single kit has no kit_types."""
    if len(order["kit_types"]) == 1:
        del order["kit_types"]


@fault(CHAPTER, STRICT, hook=on_order)
def camel_case_names(order: dict[str, Any]) -> dict[str, Any]:
    """order_id and kit_types are named orderId and kitTypes."""
    names = {"order_id": "orderId", "kit_types": "kitTypes"}
    return {names.get(name, name): value for name, value in order.items()}


@fault(CHAPTER, PENDING)
def order_id_integer(service: Service) -> None:
    """order_id is a number."""
    on_order(service, lambda order: order.update(order_id=Number(order["order_id"][1:])))


@fault(CHAPTER, PENDING)
def order_id_empty(service: Service) -> None:
    """order_id is empty."""
    on_order(service, lambda order: order.update(order_id=""))


@fault(CHAPTER, PENDING)
def status_completed(service: Service) -> None:
    """The status of a new order is completed."""
    on_order(service, lambda order: order.update(status="completed"))


@fault(CHAPTER, PENDING, "cross-request")
def status_of_every_25th_order_in_progress(service: Service) -> None:
    """The status of every 25th order is in_progress."""
    numbers = count(1)
    on_order(service, lambda order: order.update(status="pending" if next(numbers) % 25 else "in_progress"))


@fault(CHAPTER, PENDING, "rare")
def large_orders_in_progress(service: Service) -> None:
    """The status of an order with four or more kits is in_progress."""
    on_order(service, lambda order: order.update(status="in_progress") if len(order["kit_types"]) > 3 else None)  # noqa: PLR2004 - the docstring says four.


@fault(CHAPTER, KITS)
def kits_null(service: Service) -> None:
    """The value of kits is null."""
    on_order(service, lambda order: order.update(kits=None))


@fault(CHAPTER, KITS, hook=on_order)
def kits_filled(order: dict[str, Any]) -> None:
    """The list kits contains a kit for each kit type."""
    order["kits"] = [{"type": each, "status": "preparing"} for each in order["kit_types"]]


def _times(service: Service, change: Callable[[str], str | Number]) -> None:
    def rewrite(order: dict[str, Any]) -> None:
        order["created"] = order["updated"] = change(order["created"])

    on_order(service, rewrite)


@fault(CHAPTER, TIME)
def created_without_offset(service: Service) -> None:
    """The time in created has no offset."""
    _times(service, lambda created: created.removesuffix("Z"))


@fault(CHAPTER, TIME)
def created_in_1970(service: Service) -> None:
    """The time in created is the epoch."""
    _times(service, lambda _created: "1970-01-01T00:00:00.000Z")


@fault(CHAPTER, TIME, hook=_times)
def local_time_labelled_utc(created: str) -> str:
    """The time in created is Pacific Standard Time followed by Z."""
    moment = datetime.fromisoformat(created) - timedelta(hours=8)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@fault(CHAPTER, TIME, hook=_times)
def created_as_a_number(created: str) -> Number:
    """The time in created is a number of seconds."""
    return Number(str(int(datetime.fromisoformat(created).timestamp())))


@fault(CHAPTER, TIME)
def created_frozen(service: Service) -> None:
    """The time in created is always one hour before the start of the server."""
    frozen = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    _times(service, lambda _created: frozen)


@fault(CHAPTER, TIME, "cross-request")
def created_stands_still(service: Service) -> None:
    """The time in created is always the start of the server."""
    started = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    _times(service, lambda _created: started)


@fault(CHAPTER, TIME)
def created_with_a_blank(service: Service) -> None:
    """The time in created has a space instead of the T of RFC 3339."""
    _times(service, lambda created: created.replace("T", " "))
