"""Success (201): the response to an accepted order."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from spot_contract.document import expectations, json_values
from spot_contract.document.media_types import JSON
from spot_contract.document.openapi import VENDORED, Document
from spot_contract.document.preconditions import ACCEPTED, CREATED, PENDING, STRICT_ORDER, answered
from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.intent import CARRIAGE, Circumstance, Kind

from .rule import Problem, Problems, rule, rule_of_all
from .subjects import LARGE, SIZE_LIMITS, Answered, Order, accepted, accepted_order, of_kind, own_part, realistic

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_STEP = 2.5  # Tolerance in seconds for the progress of `created`: servers may truncate to whole seconds.
_DAY = 86_400


def acceptance(answered: Answered) -> Problems:
    """The realistic order is accepted. Place and way default to what is special about the order."""
    exchange = answered.exchange
    if not exchange.is_accepted:
        yield Problem(str(exchange.origin.accepted), answered.answer.in_short)
    elif exchange.intent.circumstance in CARRIAGE and exchange.order is None:
        yield Problem(f"the order as {JSON}, as without it", answered.answer.in_short)


@rule(
    "success.status",
    "[D] the published document's 201; docs/contract.md, 3",
    on=realistic(Circumstance.ORDINARY),
    across_places=False,
)
def test_realistic_order_is_answered_201(answered: Answered) -> Problems:
    """A realistic order is answered with exactly 201, always."""
    yield from acceptance(answered)


def _carried_as_usual(exchange: Exchange) -> Answered | None:
    return None if exchange.intent.circumstance in CARRIAGE else accepted(exchange)


@rule("success.content_type", "[D][H]; docs/contract.md, 3", on=_carried_as_usual, requires=(ACCEPTED,))
def test_order_is_application_json(answered: Answered) -> Problems:
    """The content type of a 201 is application/json, with or without parameters."""
    if answered.answer.media_type != JSON:
        got = answered.answer.header("Content-Type") or "no content type"
        yield Problem(JSON, got, "", f"sent as {answered.answer.media_type or 'nothing'}")


def _any_accepted(exchange: Exchange) -> Answered | None:
    if exchange.answer is None or not exchange.is_accepted or exchange.answer.media_type != JSON:
        return None
    # Deeper nesting than this parser supports may still be JSON.
    if exchange.intent.circumstance in CARRIAGE or exchange.not_json == json_values.TOO_DEEP:
        return None
    return Answered(exchange, exchange.answer)


@rule("success.body", "[D][H]; docs/contract.md, 3", on=_any_accepted, requires=(ACCEPTED,))
def test_order_is_a_json_object(answered: Answered) -> Problems:
    """The body of a 201 is one JSON object, without NaN or Infinity."""
    exchange = answered.exchange
    if exchange.order is None:
        got = exchange.not_json or json_values.display(exchange.value)
        way = "no object" if not exchange.not_json else "no JSON"
        if exchange.not_json.startswith("it holds"):
            way = "holds what JSON does not know"
        yield Problem("a JSON object", got, "", way)


@rule("success.vendored", "[D] OrderEmpty; docs/contract.md, 3", on=accepted_order, requires=(ACCEPTED,))
def test_order_conforms_to_order_empty(order: Order) -> Problems:
    """A 201 conforms to the published schema OrderEmpty."""
    for place, broken in order.exchange.breaks.items():
        expected = f"what the document allows of a {Document.load(VENDORED).accepted}"
        yield Problem(expected, broken, place, "does not conform")


@rule("success.strict", "[R]; docs/contract.md, 3", on=accepted_order, requires=(STRICT_ORDER,))
def test_order_has_every_part(order: Order) -> Problems:
    """A 201 contains order_id, created, status, recipient, kit_types and kits."""
    required = expectations.required_of_order()
    for name in required:
        if name not in order.body:
            yield Problem(f"an order with {', '.join(required)}", f"no {name}", name, "left out")


@rule(
    "success.order_id",
    "[D] order_id; docs/contract.md, 3",
    on=own_part("order_id"),
    requires=(answered("order_id", type="string"),),
)
def test_order_id_is_a_text(order: Order) -> Problems:
    """order_id is a text that is not empty."""
    if order.get("order_id") == "":
        yield Problem("a text that is not empty", '""', "order_id", "empty")


@rule(
    "success.pending",
    "[D] 'created with a status of pending'; docs/contract.md, 3",
    on=own_part("status"),
    requires=(PENDING,),
)
def test_status_is_pending(order: Order) -> Problems:
    """A new order's status is pending."""
    if isinstance(order.get("status"), str) and order.get("status") != "pending":
        yield Problem('"pending"', json_values.display(order.get("status")), "status", "another status")


@rule(
    "success.kits",
    "[D] example; docs/contract.md, 3",
    on=own_part("kits"),
    requires=(answered("kits", type="array"),),
)
def test_kits_are_empty(order: Order) -> Problems:
    """A new order's kits are the empty list."""
    if json_values.is_list(order.get("kits")) and order.get("kits"):
        yield Problem("[]", json_values.display(order.get("kits")), "kits", "not empty")


@rule("success.created_format", "[D] date-time; docs/contract.md, 3", on=own_part("created"), requires=(CREATED,))
def test_created_is_an_rfc_3339_time(order: Order) -> Problems:
    """`created` is an RFC 3339 time with an offset."""
    if isinstance(order.get("created"), str) and timestamp(order.get("created")) is None:
        got = json_values.display(order.get("created"))
        yield Problem("an RFC 3339 time with an offset", got, "created", "no RFC 3339 time")


@rule("success.created_now", "[D]; docs/contract.md, 3", on=own_part("created"), requires=(CREATED,))
def test_created_is_now(order: Order) -> Problems:
    """`created` is the time of the request, within a small clock skew."""
    moment, skew = timestamp(order.get("created")), timedelta(seconds=order.exchange.origin.skew)
    if moment is not None and not order.answer.sent - skew <= moment <= order.answer.received + skew:
        expected = f"within {skew.seconds} s of {order.answer.sent:%Y-%m-%dT%H:%M:%SZ}, when it was sent"
        yield Problem(expected, json_values.display(order.get("created")), "created", "another time")


@rule_of_all("success.created_moves", "[D]; docs/contract.md, 3", on=own_part("created"), requires=(CREATED,))
def test_created_moves_on(orders: Sequence[Order]) -> Problems:
    """`created` advances with time from order to order."""
    late, early = float("-inf"), float("inf")
    for order in orders:
        moment = timestamp(order.get("created"))
        if moment is None:
            continue
        late = max(late, (moment - order.answer.received).total_seconds())
        early = min(early, (moment - order.answer.sent).total_seconds())
        if _STEP < late - early < _DAY:
            got = (
                f"{json_values.display(order.get('created'))}, {late - early:.0f} s apart from what earlier orders said"
            )
            yield Problem("created moves on as time does", got, "created", "does not move on", order.exchange)
            return


@rule("success.schema_valid", "[D]; docs/contract.md, 2", on=of_kind(Kind.VALID))
def test_odd_but_valid_order_is_accepted_or_refused_in_form(answered: Answered) -> Problems:
    """A schema-valid order, however unusual, is answered 201 or a conforming 400; if accepted it comes back as sent."""
    exchange, status = answered.exchange, answered.status
    limited = len(exchange.request.body) > LARGE and status in SIZE_LIMITS
    if not exchange.is_accepted and status != 400 and not limited:
        expected = f"{exchange.origin.accepted} or a conforming 400"
        yield Problem(expected, answered.answer.in_short)


def timestamp(value: object) -> datetime | None:
    """The time in an RFC 3339 text; None if the text is not one."""
    if not isinstance(value, str) or not _TIMESTAMP.fullmatch(value):
        return None
    text = re.sub(r"(\.\d{6})\d+", r"\1", value.upper())
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
