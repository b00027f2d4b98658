"""Other operations of the document, which the contract does not cover: their responses conform to the document."""

from collections.abc import Sequence
from http.client import BAD_REQUEST

from spot_contract.document import json_values
from spot_contract.document.openapi import STRICT, Document
from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.intent import Kind

from .rule import Problem, Problems, rule
from .subjects import Answered, of_kind


def _has_one(_: Sequence[Exchange]) -> str:
    return "the document has create-order alone" if len(Document.load(STRICT).operations) == 1 else ""


@rule("document.operations", "[D] the published document", on=of_kind(Kind.OPERATION), unless=_has_one)
def test_other_operations_answer_as_documented(answered: Answered) -> Problems:
    """Every other operation answers with a documented status (or create-order's 400) and a body that conforms."""
    exchange, document = answered.exchange, Document.load(STRICT)
    place = exchange.intent.group
    found = [one for one in document.operations if place == f"{one.method} {one.path}"]
    schema = document.answer_schema(found[0], answered.status) if found else {}
    if schema is None and answered.status == BAD_REQUEST:
        schema = document.refused_schema()  # Many documents do not repeat this for each operation.
    if schema is None:
        yield Problem("a documented status", answered.answer.in_short, place, f"answered {answered.status}")
    elif schema:
        broken = exchange.not_json or next(document.breaks_schema(schema, json_values.plain(exchange.value)), "")
        if broken:
            yield Problem("what the document says", broken, place, f"a {answered.status} does not conform")
