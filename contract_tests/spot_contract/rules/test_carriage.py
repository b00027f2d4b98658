"""Carriage: however HTTP carries an order, the response is the same (RFC 9112)."""

from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.intent import Circumstance

from .rule import Problem, Problems, rule
from .subjects import Answered, realistic
from .test_success import acceptance

CONTRACT = "[H] RFC 9112; docs/contract.md, 3"


@rule("carriage.chunks", CONTRACT, on=realistic(Circumstance.CHUNKED), across_ways=True)
def test_order_in_chunks_is_accepted(answered: Answered) -> Problems:
    """An order in chunks is accepted like one with a length; 411 is allowed, but reported as advice."""
    if answered.status != 411:
        yield from acceptance(answered)


@rule("carriage.length_required", CONTRACT, on=realistic(Circumstance.CHUNKED), across_ways=True, advice=True)
def test_chunks_need_no_length(answered: Answered) -> Problems:
    """Advice: an order in chunks is not refused with 411."""
    if answered.status == 411:
        yield Problem(str(answered.exchange.origin.accepted), answered.answer.in_short, "", "answered 411")


@rule("carriage.pieces", CONTRACT, on=realistic(Circumstance.IN_PIECES), across_ways=True)
def test_order_in_several_writes_is_accepted(answered: Answered) -> Problems:
    """An order is accepted in one write or in several, quickly or slowly."""
    yield from acceptance(answered)


@rule("carriage.expect", f"{CONTRACT}, RFC 9110, 10.1.1", on=realistic(Circumstance.EXPECT), across_ways=True)
def test_order_with_expect_is_accepted(answered: Answered) -> Problems:
    """An order with Expect: 100-continue is accepted."""
    yield from acceptance(answered)


@rule("carriage.continue", "[H] RFC 9110, 10.1.1; docs/contract.md, 3", on=realistic(Circumstance.EXPECT))
def test_expect_is_answered_before_the_body(answered: Answered) -> Problems:
    """Expect: 100-continue is answered before the body, by 100 Continue or by the final response."""
    # Requests with pauses are sent concurrently, which may keep a server busy.
    if not answered.answer.continued and not answered.exchange.request.carriage.waits:
        yield Problem("100 Continue, or an answer", "nothing within a second", "", "no leave to go on")


@rule("carriage.framing", CONTRACT, on=lambda exchange: exchange)
def test_nothing_follows_an_answer(exchange: Exchange) -> Problems:
    """The server sends nothing after the end of a response; in particular, a response to HEAD has no body."""
    if exchange.stray:
        yield Problem("the answer to this request", exchange.failure, "", "bytes that belong to no answer")


@rule("carriage.compression", f"{CONTRACT}, RFC 9110, 12.5.3", on=realistic(Circumstance.COMPRESSION), across_ways=True)
def test_order_with_accept_encoding_is_accepted(answered: Answered) -> Problems:
    """An order is accepted with and without Accept-Encoding, and its response can be decoded."""
    yield from acceptance(answered)


@rule("carriage.connection", CONTRACT, on=realistic(Circumstance.CONNECTION), across_ways=True)
def test_order_on_any_connection_is_accepted(answered: Answered) -> Problems:
    """An order is accepted on a new, reused or briefly idle connection, also after a HEAD or a refusal on it."""
    yield from acceptance(answered)
    if answered.answer.was_dropped and answered.exchange.request.carriage.idle:
        got = "the connection broke when the request came; on a new one it was answered"
        yield Problem("an answer on the connection that was kept", got, "", "dropped after a pause")


@rule("carriage.headers", CONTRACT, on=realistic(Circumstance.HEADERS), across_ways=True)
def test_usual_extra_headers_change_nothing(answered: Answered) -> Problems:
    """The usual headers of clients and gateways change nothing."""
    yield from acceptance(answered)


@rule("carriage.large_headers", CONTRACT, on=realistic(Circumstance.LARGE_HEADERS), across_ways=True)
def test_many_headers_change_nothing(answered: Answered) -> Problems:
    """About 8 KiB of extra headers change nothing, or are refused with 431."""
    if answered.status != 431:
        yield from acceptance(answered)


@rule("carriage.query", CONTRACT, on=realistic(Circumstance.QUERY), across_ways=True)
def test_query_that_means_nothing_changes_nothing(answered: Answered) -> Problems:
    """A meaningless query string changes nothing."""
    yield from acceptance(answered)


@rule("carriage.http_1_0", CONTRACT, on=realistic(Circumstance.HTTP_1_0), across_ways=True)
def test_order_as_http_1_0_is_accepted(answered: Answered) -> Problems:
    """An order as HTTP/1.0 is accepted and answered without chunks; 426 and 505 are only reported as advice."""
    if answered.status not in {426, 505}:
        yield from acceptance(answered)
    if (coding := answered.answer.header("Transfer-Encoding")) is not None:
        yield Problem("an answer without Transfer-Encoding", coding, "", "answered in chunks")


@rule("carriage.old_http", CONTRACT, on=realistic(Circumstance.HTTP_1_0), advice=True)
def test_http_1_0_is_spoken(answered: Answered) -> Problems:
    """Advice: an order as HTTP/1.0, which gateways still send, is not answered 426 or 505."""
    if answered.status in {426, 505}:
        yield Problem(
            str(answered.exchange.origin.accepted), answered.answer.in_short, "", f"answered {answered.status}"
        )


@rule("carriage.upgrade", "[H] RFC 9110, 7.8; docs/contract.md, 3", on=realistic(Circumstance.UPGRADE), advice=True)
def test_offer_of_http_2_changes_nothing(answered: Answered) -> Problems:
    """Advice: an order that offers HTTP/2 by Upgrade, as some clients do, is accepted like one without the offer."""
    yield from acceptance(answered)
