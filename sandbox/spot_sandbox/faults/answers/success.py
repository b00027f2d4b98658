"""Accepted orders that are answered wrongly."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import CREATED, on_answer, on_order, on_status
from spot_sandbox.hooks.trees import Number, each_scalar

if TYPE_CHECKING:
    from collections.abc import Callable

    from spot_sandbox.http.messages import Answer, Request
    from spot_sandbox.orders.service import Service

CHAPTER = "success"
STATUS = "status is exactly 201, content type application/json, body a JSON object without NaN or Infinity"
STRICT = "conforms to the strict form: order_id, created, status, recipient, kit_types, kits present"
PENDING = "order_id is a non-empty string; status is pending"
KITS = "kits is []"
TIME = "created is RFC 3339 with an offset and lies within a small skew of the request's time"


def _on_created(service: Service, change: Callable[[Request, Answer], None]) -> None:
    """Change accepted answers below their JSON."""

    def accepted(request: Request, answer: Answer) -> None:
        if answer.status == CREATED:
            change(request, answer)

    on_answer(service, accepted)


def _typed(name: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"content-type", name)]


@fault(CHAPTER, STATUS)
def status_200(service: Service) -> None:
    """An accepted order is answered with 200."""
    _on_created(service, lambda _request, answer: setattr(answer, "status", 200))


@fault(CHAPTER, STATUS)
def status_202_for_forms(service: Service) -> None:
    """An order that came as multipart/form-data is answered with 202."""

    def change(request: Request, answer: Answer) -> None:
        if request.header(b"content-type")[0].lower().startswith(b"multipart/"):
            answer.status = 202

    _on_created(service, change)


@fault(CHAPTER, STATUS)
def created_as_text_plain(service: Service) -> None:
    """An accepted order's JSON is labelled text/plain."""
    _on_created(service, lambda _request, answer: setattr(answer, "headers", _typed(b"text/plain")))


@fault(CHAPTER, STATUS)
def created_without_content_type(service: Service) -> None:
    """An accepted order's answer has no content type."""
    _on_created(service, lambda _request, answer: setattr(answer, "headers", []))


@fault(CHAPTER, STATUS)
def order_in_a_list(service: Service) -> None:
    """The order is answered as the only item of a list."""
    on_order(service, lambda order: [order])


@fault(CHAPTER, STATUS)
def order_as_json_text(service: Service) -> None:
    """The order is encoded twice: the answer is a JSON string that holds JSON."""
    _on_created(service, lambda _request, answer: setattr(answer, "body", json.dumps(answer.body.decode()).encode()))


@fault(CHAPTER, STATUS, "rare")
def large_floats_become_infinity(service: Service) -> None:
    """A number in metadata beyond the range of floats is answered as Infinity."""

    def widen(value: Any) -> Any:
        if isinstance(value, Number) and abs(float(value.text)) == float("inf"):
            return Number("-Infinity" if value.text.startswith("-") else "Infinity")
        return value

    def change(order: dict[str, Any]) -> None:
        order["metadata"] = each_scalar(order["metadata"], widen)

    on_order(service, change)


@fault(CHAPTER, STATUS)
def total_is_nan(service: Service) -> None:
    """Each order has a `total`, and it is NaN."""
    on_order(service, lambda order: order.update(total=Number("NaN")))


@fault(CHAPTER, STATUS)
def created_is_cut(service: Service) -> None:
    """The last brace of an accepted order's answer is missing."""
    _on_created(service, lambda _request, answer: setattr(answer, "body", answer.body[:-1]))


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


@fault(CHAPTER, STRICT, "rare")
def kit_types_missing_when_single(service: Service) -> None:
    """The answer to an order of a single kit has no kit_types."""

    def change(order: dict[str, Any]) -> None:
        if len(order["kit_types"]) == 1:
            del order["kit_types"]

    on_order(service, change)


@fault(CHAPTER, STRICT)
def camel_case_names(service: Service) -> None:
    """The property order_id and kit_types are answered as orderId and kitTypes."""

    def change(order: dict[str, Any]) -> dict[str, Any]:
        names = {"order_id": "orderId", "kit_types": "kitTypes"}
        return {names.get(name, name): value for name, value in order.items()}

    on_order(service, change)


@fault(CHAPTER, PENDING)
def order_id_integer(service: Service) -> None:
    """The property order_id is a number."""
    on_order(service, lambda order: order.update(order_id=Number(order["order_id"][1:])))


@fault(CHAPTER, PENDING)
def order_id_empty(service: Service) -> None:
    """The property order_id is empty."""
    on_order(service, lambda order: order.update(order_id=""))


@fault(CHAPTER, PENDING)
def status_completed(service: Service) -> None:
    """A new order is completed at once."""
    on_order(service, lambda order: order.update(status="completed"))


@fault(CHAPTER, PENDING, "cross-request")
def status_of_every_25th_order_in_progress(service: Service) -> None:
    """Every 25th order is in progress already."""
    numbers = count(1)
    on_order(service, lambda order: order.update(status="pending" if next(numbers) % 25 else "in_progress"))


@fault(CHAPTER, PENDING, "rare")
def large_orders_in_progress(service: Service) -> None:
    """An order of four kits or more is in progress already."""
    on_order(service, lambda order: order.update(status="in_progress") if len(order["kit_types"]) > 3 else None)  # noqa: PLR2004 - the docstring says four.


@fault(CHAPTER, KITS)
def kits_null(service: Service) -> None:
    """Kits is null."""
    on_order(service, lambda order: order.update(kits=None))


@fault(CHAPTER, KITS)
def kits_filled(service: Service) -> None:
    """Kits lists a kit for each kit type."""

    def change(order: dict[str, Any]) -> None:
        order["kits"] = [{"type": each, "status": "preparing"} for each in order["kit_types"]]

    on_order(service, change)


def _times(change: Callable[[str], str | Number]) -> Callable[[Request, Any], None]:
    def shift(_request: Request, order: Any) -> None:
        order["created"] = order["updated"] = change(order["created"])

    return shift


@fault(CHAPTER, TIME)
def created_without_offset(service: Service) -> None:
    """The property created has no offset."""
    on_status(service, CREATED, _times(lambda created: created.removesuffix("Z")))


@fault(CHAPTER, TIME)
def created_in_1970(service: Service) -> None:
    """The property created is the epoch."""
    on_status(service, CREATED, _times(lambda _created: "1970-01-01T00:00:00.000Z"))


@fault(CHAPTER, TIME)
def local_time_labelled_utc(service: Service) -> None:
    """The property created is Californian standard time with a Z behind it."""

    def local(created: str) -> str:
        moment = datetime.fromisoformat(created) - timedelta(hours=8)
        return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    on_status(service, CREATED, _times(local))


@fault(CHAPTER, TIME)
def created_as_a_number(service: Service) -> None:
    """The property created is a count of seconds."""

    def seconds(created: str) -> Number:
        return Number(str(int(datetime.fromisoformat(created).timestamp())))

    on_status(service, CREATED, _times(seconds))


@fault(CHAPTER, TIME)
def created_frozen(service: Service) -> None:
    """The property created is the time at which the server started, less an hour."""
    frozen = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    on_status(service, CREATED, _times(lambda _created: frozen))


@fault(CHAPTER, TIME, "cross-request")
def created_stands_still(service: Service) -> None:
    """The property created is the time at which the server started."""
    started = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    on_status(service, CREATED, _times(lambda _created: started))


@fault(CHAPTER, TIME)
def created_with_a_blank(service: Service) -> None:
    """The property created has a blank where RFC 3339 has a T."""
    on_status(service, CREATED, _times(lambda created: created.replace("T", " ")))
