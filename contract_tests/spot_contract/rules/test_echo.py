"""Echo: what was ordered comes back as sent, in every media type and dialect."""

from spot_contract.document.preconditions import OPTIONAL, echoed
from spot_contract.exchanges.echo import Change

from .rule import Problem, Problems, rule
from .subjects import Echo, echo

CONTRACT = "docs/contract.md, 3"


def _problems(found: Echo) -> Problems:
    for one in found.differences:
        yield Problem(one.sent, one.got, one.place, one.way)


@rule("echo.recipient", f"[D]; {CONTRACT}", on=echo(Change.OTHER, top="recipient"), requires=(echoed("recipient"),))
def test_recipient_comes_back_as_sent(found: Echo) -> Problems:
    """The recipient comes back as sent, character by character."""
    yield from _problems(found)


@rule("echo.kit_types", f"[D]; {CONTRACT}", on=echo(Change.OTHER, top="kit_types"), requires=(echoed("kit_types"),))
def test_kit_types_come_back_as_sent(found: Echo) -> Problems:
    """The kit types come back as sent, in the same order and with repeats."""
    yield from _problems(found)


@rule("echo.metadata", f"[D]; {CONTRACT}", on=echo(Change.OTHER, top="metadata"), requires=(echoed("metadata"),))
def test_metadata_comes_back_as_sent(found: Echo) -> Problems:
    """The metadata comes back as sent: numbers, booleans, nulls, nesting and every character of keys and texts."""
    yield from _problems(found)


@rule("echo.absent", f"[D]; {CONTRACT}", on=echo(Change.UNSENT), requires=(OPTIONAL,))
def test_what_was_not_sent_does_not_come_back(found: Echo) -> Problems:
    """An optional field that was not sent comes back absent, null or, for metadata, as {}."""
    yield from _problems(found)


@rule("echo.white_space", f"[R]; {CONTRACT}", on=echo(Change.WHITE_SPACE), advice=True)
def test_white_space_at_the_ends_is_kept(found: Echo) -> Problems:
    """Advice: white space at the ends of a text comes back as sent."""
    yield from _problems(found)


@rule("echo.big_integers", f"[H] RFC 8259, 6; {CONTRACT}", on=echo(Change.BIG_INTEGER), advice=True)
def test_integers_beyond_2_53_are_kept(found: Echo) -> Problems:
    """Advice: integers beyond 2^53 come back as sent."""
    yield from _problems(found)


@rule("echo.null_kept", f"[R]; {CONTRACT}", on=echo(Change.NULL_LEFT_OUT), advice=True, requires=(OPTIONAL,))
def test_null_comes_back_as_null(found: Echo) -> Problems:
    """Advice: an optional field that was sent as null comes back as null rather than absent."""
    yield from _problems(found)
