"""Forms: each form media type that the document lists is read in at least one dialect (docs/contract.md, 1)."""

from collections.abc import Sequence

from spot_contract.document.preconditions import FORMS
from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.intent import Kind

from .rule import Problem, Problems, rule

SOURCE = "[D] the listed media types; docs/contract.md, 1"


def _probe(field: str) -> object:
    """The last exchange of the search for this field's dialect, which stands for the result of the whole search."""

    def pick(exchange: Exchange) -> Exchange | None:
        return exchange if exchange.intent.kind is Kind.DIALECT and exchange.intent.place == field else None

    return pick


def _not_tried(history: Sequence[Exchange]) -> str:
    """Why the search was skipped. It comes first in a run, so the history shows whether it took place."""
    if any(one.intent.kind is Kind.DIALECT and one.intent.way for one in history):
        return "no form's recipient is understood"
    why = "the deployment offers none, orders are few, or none can carry what an order must hold"
    return f"no form was tried: {why}" if history else ""


def _understood(exchange: Exchange) -> Problems:
    if exchange.intent.way:
        got = exchange.answer.in_short if exchange.answer else exchange.failure
        yield Problem(f"{exchange.intent.place} understood as {exchange.intent.sent}", got)


@rule("forms.recipient", SOURCE, on=_probe("recipient"), requires=(FORMS,), unless=_not_tried)  # type: ignore[arg-type]
def test_recipient_is_read_in_a_form(exchange: Exchange) -> Problems:
    """A form's recipient is understood as JSON text, in dotted names or in brackets; a pinned dialect is understood."""
    yield from _understood(exchange)


@rule("forms.metadata", SOURCE, on=_probe("metadata"), requires=(FORMS,), unless=_not_tried)  # type: ignore[arg-type]
def test_metadata_is_read_in_a_form(exchange: Exchange) -> Problems:
    """A form's metadata, at least flat texts, comes back as sent in one of the three dialects, or in the pinned one."""
    yield from _understood(exchange)
