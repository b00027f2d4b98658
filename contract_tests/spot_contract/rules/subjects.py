"""Subjects of rules. Each function selects its subject from an exchange, or returns None if there is none."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from spot_contract.document.json_values import is_object
from spot_contract.document.media_types import JSON
from spot_contract.exchanges.echo import Change, Difference
from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.intent import Circumstance, Flaw, Kind
from spot_contract.exchanges.messages import Answer

_MAY_BECOME_ORDERS = frozenset({Kind.REALISTIC, Kind.VALID, Kind.SCHEME_CASE, Kind.UNKNOWN})
_MAY_BE_REFUSED = frozenset({Kind.INVALID, Kind.VALID, Kind.HOSTILE, Kind.UNKNOWN})
TOO_MANY = 429
SIZE_LIMITS = frozenset({413, 414, 431})
LARGE = 32_768  # Bytes of a request that a server may refuse for its size alone.


@dataclass(frozen=True)
class Answered:
    """An exchange that has an answer."""

    exchange: Exchange
    answer: Answer

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.answer.status


def answered(exchange: Exchange) -> Answered | None:
    """Any exchange with an answer."""
    return None if exchange.answer is None else Answered(exchange, exchange.answer)


def is_server_error(exchange: Exchange) -> bool:
    """Whether it ended in a 5xx. A 505 to HTTP/1.0 is excluded: it only says that the version is not supported."""
    return exchange.status >= 500 and not (exchange.status == 505 and exchange.request.carriage.version == "1.0")


def is_large(exchange: Exchange) -> bool:
    """Whether a request is so large, in its body or its headers, that a server may refuse it for its size."""
    return len(exchange.request.body) > LARGE // 4 or exchange.intent.circumstance is Circumstance.LARGE_HEADERS


@dataclass(frozen=True)
class Order(Answered):
    """An accepted order, and the JSON object that the answer holds."""

    body: dict[str, Any]

    def get(self, name: str) -> Any:
        """A field of the order; None if it is absent."""
        return self.body.get(name)


def accepted(exchange: Exchange) -> Answered | None:
    """An accepted order, whatever its answer contains."""
    found = answered(exchange)
    return found if found and exchange.is_accepted and exchange.intent.kind in _MAY_BECOME_ORDERS else None


def accepted_order(exchange: Exchange) -> Order | None:
    """An accepted order whose answer is a JSON object."""
    found = accepted(exchange)
    return Order(exchange, found.answer, exchange.order) if found and exchange.order is not None else None


# Fields that the service sets. A server that copies one of them from the request copies all of them.
_OWN = ("status", "created", "order_id", "kits")


def own_part(name: str) -> Callable[[Exchange], Order | None]:
    """An accepted order with this field, conforming, unless an earlier field is copied from the request."""

    def pick(exchange: Exchange) -> Order | None:
        order, sent = accepted_order(exchange), exchange.intent.sent
        if order is None or name not in order.body or name in exchange.breaks:
            return None
        if not is_object(sent):
            return order
        before = _OWN[: _OWN.index(name)]
        return None if any(one in sent and order.get(one) == sent[one] for one in before) else order

    return pick


@dataclass(frozen=True)
class Echo:
    """An accepted order compared with what was sent."""

    exchange: Exchange
    differences: tuple[Difference, ...]


def echo(*changes: Change, top: str = "") -> Callable[[Exchange], Echo | None]:
    """An accepted order whose content is known, with the differences of these kinds."""

    def pick(exchange: Exchange) -> Echo | None:
        if (
            exchange.order is None
            or not is_object(exchange.intent.sent)
            or exchange.intent.kind not in _MAY_BECOME_ORDERS
        ):
            return None
        if top and top not in exchange.intent.sent:
            return None
        found = [one for one in exchange.differences if one.change in changes and (not top or one.top == top)]
        # Schema violations are reported by another rule: a number for a text is one cause.
        return Echo(exchange, tuple(one for one in found if not _overlaps(one.place, exchange.breaks)))

    return pick


def _overlaps(place: str, others: Iterable[str]) -> bool:
    """Whether a place equals, contains or is within one of the others."""
    return any(f"{place}.".startswith(f"{other}.") or f"{other}.".startswith(f"{place}.") for other in others)


def realistic(*circumstances: Circumstance) -> Callable[[Exchange], Answered | None]:
    """A realistic order in one of these circumstances. Server errors are left to another rule."""
    return _of(
        lambda exchange: exchange.intent.kind is Kind.REALISTIC and exchange.intent.circumstance in circumstances
    )


def of_kind(*kinds: Kind) -> Callable[[Exchange], Answered | None]:
    """An exchange of one of these kinds, without server errors and 429."""
    return _of(lambda exchange: exchange.intent.kind in kinds)


def wrong(*flaws: Flaw) -> Callable[[Exchange], Answered | None]:
    """A request with one of these flaws, without server errors and 429."""
    return _of(
        lambda exchange: exchange.intent.kind in {Kind.INVALID, Kind.UNAUTHORISED} and exchange.intent.flaw in flaws
    )


def _of(holds: Callable[[Exchange], bool]) -> Callable[[Exchange], Answered | None]:
    def pick(exchange: Exchange) -> Answered | None:
        if exchange.answer is None or is_server_error(exchange) or exchange.status == TOO_MANY or not holds(exchange):
            return None
        return Answered(exchange, exchange.answer)

    return pick


def refusal(exchange: Exchange) -> Answered | None:
    """A 400 to a request that may be refused. Refusals of large hostile bodies may have any form."""
    intent = exchange.intent
    if exchange.answer is None or exchange.status != 400 or intent.kind not in _MAY_BE_REFUSED:
        return None
    is_large = len(exchange.request.body) > LARGE // 4
    return None if is_large and intent.kind is Kind.HOSTILE else Answered(exchange, exchange.answer)


def unauthorised(exchange: Exchange) -> Answered | None:
    """A 401 to a request without the right credential."""
    if exchange.answer is None or exchange.status != 401:
        return None
    asked = exchange.intent.kind in {Kind.UNAUTHORISED, Kind.SCHEME_CASE}
    return Answered(exchange, exchange.answer) if asked else None


@dataclass(frozen=True)
class ErrorBody(Answered):
    """An error answer that is JSON, with its error object if it has one."""

    value: Any
    error: dict[str, Any] | None

    def get(self, name: str) -> Any:
        """A field of the error object; None if it is absent."""
        return None if self.error is None else self.error.get(name)


Pick = Callable[[Exchange], Answered | None]


def error_body(pick: Pick) -> Callable[[Exchange], ErrorBody | None]:
    """The body of a picked answer, if it is declared as JSON and is JSON."""

    def picked(exchange: Exchange) -> ErrorBody | None:
        found = pick(exchange)
        if found is None or found.answer.media_type != JSON or exchange.not_json:
            return None
        error = exchange.value.get("error") if is_object(exchange.value) else None
        return ErrorBody(exchange, found.answer, exchange.value, error if is_object(error) else None)

    return picked


def error_part(pick: Pick, name: str, *types: type) -> Callable[[Exchange], ErrorBody | None]:
    """The body of a picked answer, if its error object has this field with one of these types."""
    whole = error_body(pick)

    def picked(exchange: Exchange) -> ErrorBody | None:
        found = whole(exchange)
        if found is None or found.error is None or name not in found.error:
            return None
        part = found.error[name]
        return found if isinstance(part, types) and not isinstance(part, bool) else None

    return picked
