"""Other methods on the operation's path, and other paths."""

from collections.abc import Sequence

from spot_contract.document.preconditions import METHOD
from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.intent import Kind

from .rule import Problem, Problems, rule
from .subjects import Answered, answered, of_kind

SOURCE = "[H] RFC 9110, 15.5.6; docs/contract.md, 3"
_WELL_KNOWN = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})


def is_unimplemented(exchange: Exchange) -> bool:
    """Whether a server answered 501 to an uncommon method, which it may (RFC 9110, 15.6.2)."""
    return exchange.status == 501 and exchange.request.method not in _WELL_KNOWN


def _method(exchange: Exchange) -> Answered | None:
    if exchange.intent.kind is not Kind.METHOD or exchange.request.method == "OPTIONS":
        return None  # OPTIONS has its own meaning in HTTP: any answer but a server error is allowed.
    if is_unimplemented(exchange):
        return answered(exchange)
    return of_kind(Kind.METHOD)(exchange)


@rule("methods.refused", SOURCE, on=_method, across_ways=True, requires=(METHOD,))
def test_other_methods_are_refused(answered: Answered) -> Problems:
    """Other methods on the path are refused: 4xx, or 501 for a method that the server does not know."""
    if not 400 <= answered.status < 500 and answered.status != 501:
        yield Problem("405", answered.answer.in_short)


def _refused_method(exchange: Exchange) -> Answered | None:
    found = of_kind(Kind.METHOD)(exchange)
    known = exchange.request.method in _WELL_KNOWN - {"OPTIONS"}
    return found if found and found.status in {404, 405} and known else None


@rule("methods.status_405", SOURCE, on=_refused_method, advice=True, requires=(METHOD,))
def test_other_methods_are_answered_405(answered: Answered) -> Problems:
    """Advice: another method on the path is answered 405 rather than 404."""
    if answered.status != 405:
        yield Problem("405", answered.answer.in_short, "", "answered 404")


def _no_405(history: Sequence[Exchange]) -> str:
    was_asked = any(one.intent.kind is Kind.METHOD and one.answer is not None for one in history)
    return "no method was answered 405" if was_asked else ""


@rule("methods.allow", SOURCE, on=_refused_method, requires=(METHOD,), unless=_no_405)
def test_405_lists_post(answered: Answered) -> Problems:
    """A 405 carries an Allow header that lists POST."""
    allowed = {name.strip() for name in (answered.answer.header("Allow") or "").split(",")}
    if answered.status == 405 and "POST" not in allowed:
        got = answered.answer.header("Allow") or "no Allow header"
        yield Problem("an Allow header that lists POST", got, "Allow", "does not list POST")


@rule("methods.unknown_path", "[R]; docs/contract.md, 3", on=of_kind(Kind.PATH), across_ways=True)
def test_path_that_the_document_lacks_is_refused(answered: Answered) -> Problems:
    """A path that the document does not have is answered 4xx; one that differs only in the last slash may redirect."""
    own = answered.exchange.intent.way == "with another end" and 300 <= answered.status < 400
    if not own and not 400 <= answered.status < 500:
        yield Problem("404", answered.answer.in_short)
