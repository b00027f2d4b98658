"""Robustness: no bytes cause a server error, and the server keeps answering."""

from spot_contract.document.preconditions import TOKEN
from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.intent import Circumstance, Kind

from .rule import Problem, Problems, rule
from .subjects import Answered, answered, is_server_error, of_kind, realistic
from .test_methods import is_unimplemented
from .test_success import acceptance

CONTRACT = "[R]; docs/contract.md, 3"


@rule("robustness.no_server_error", CONTRACT, on=answered)
def test_no_request_ends_in_a_server_error(answered: Answered) -> Problems:
    """No request is answered with a 5xx."""
    if is_server_error(answered.exchange) and not is_unimplemented(answered.exchange):
        yield Problem("any answer but a server error", answered.answer.in_short, None, _cause(answered.exchange))


def _asked(exchange: Exchange) -> Exchange | None:
    is_request = exchange.request.raw is None and exchange.intent.kind is not Kind.CONNECTION
    return exchange if is_request and not exchange.is_excused and not exchange.stray else None


@rule("robustness.answers", CONTRACT, on=_asked)
def test_every_request_is_answered(exchange: Exchange) -> Problems:
    """Every request is answered."""
    if exchange.answer is None and exchange.failure:
        yield Problem("an HTTP answer", exchange.failure, None, _cause(exchange))


def _cause(exchange: Exchange) -> str:
    """The likely cause of such an answer: the flaw, the way or the circumstance of the request."""
    intent = exchange.intent
    if intent.flaw is not None and intent.kind is not Kind.HOSTILE_HEADER:
        return str(intent.flaw)
    return intent.way or str(intent.circumstance if intent.kind is Kind.REALISTIC else intent.kind)


@rule("robustness.bodies", CONTRACT, on=of_kind(Kind.HOSTILE, Kind.UNTYPED))
def test_hostile_bodies_are_answered(answered: Answered) -> Problems:
    """A hostile body is accepted as an order or refused with a 4xx."""
    if not answered.exchange.is_accepted and not 400 <= answered.status < 500:
        yield Problem("an accepted order, or a refusal", answered.answer.in_short, "", f"answered {answered.status}")


@rule("robustness.headers", CONTRACT, on=of_kind(Kind.HOSTILE_HEADER), requires=(TOKEN,))
def test_odd_authorization_bytes_are_refused(answered: Answered) -> Problems:
    """Malformed Authorization bytes are answered 401, or 400 or 431 if they are not a valid header."""
    trimmed = answered.exchange.intent.group == "trims to the token" and 200 <= answered.status < 300
    if answered.status not in {400, 401, 431} and not trimmed:
        expected = "401, or 400 or 431 for what is no header"
        yield Problem(expected, answered.answer.in_short, None, None)


@rule(
    "robustness.recovers",
    CONTRACT,
    on=realistic(Circumstance.AFTER_HOSTILE, Circumstance.AFTER_HOSTILE_HEADER, Circumstance.AT_THE_END),
)
def test_ordinary_orders_are_accepted_after_hostile_ones(answered: Answered) -> Problems:
    """An ordinary order is accepted after a hostile request and at the end of the run."""
    yield from acceptance(answered)


@rule("robustness.connections", CONTRACT, on=realistic(Circumstance.AFTER_BROKEN_CONNECTION))
def test_clients_that_go_away_do_no_harm(answered: Answered) -> Problems:
    """An ordinary order is accepted after a client that hung up in the middle of a request."""
    yield from acceptance(answered)


@rule("robustness.keeps_answering", CONTRACT, on=lambda exchange: exchange)
def test_server_keeps_answering(exchange: Exchange) -> Problems:
    """The server accepts connections until the end of the run."""
    if exchange.intent.kind is Kind.CONNECTION and exchange.answer is None:
        yield Problem("a server that goes on taking connections", exchange.failure, "", "takes no more connections")
