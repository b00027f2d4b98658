"""Success (201): what the answer to an accepted order is."""

from spot_contract.grounds import ACCEPTED, CREATED, PENDING, STRICT_ORDER, answered
from spot_contract.judge import Judge
from spot_contract.rules import rule
from spot_contract.scenarios import covering, odd_orders

DOCUMENT = "[D] the published document's 201"


@rule("success.status", f"{DOCUMENT}; docs/contract.md, 3")
def test_realistic_order_is_answered_201(judge: Judge) -> None:
    """A realistic order is answered with exactly 201, always."""
    covering(judge, "success.status")


@rule("success.content_type", "[D][H]; docs/contract.md, 3", ACCEPTED)
def test_order_is_application_json(judge: Judge) -> None:
    """The content type of a 201 is application/json; parameters are free."""
    covering(judge, "success.content_type")


@rule("success.body", "[D][H]; docs/contract.md, 3", ACCEPTED)
def test_order_is_a_json_object(judge: Judge) -> None:
    """The body of a 201 is one JSON object, without NaN or Infinity."""
    covering(judge, "success.body")


@rule("success.vendored", "[D] OrderEmpty; docs/contract.md, 3", ACCEPTED)
def test_order_conforms_to_order_empty(judge: Judge) -> None:
    """A 201 conforms to OrderEmpty as published."""
    covering(judge, "success.vendored")


@rule("success.strict", "[R]; docs/contract.md, 3", STRICT_ORDER)
def test_order_has_every_part(judge: Judge) -> None:
    """A 201 holds order_id, created, status, recipient, kit_types and kits."""
    covering(judge, "success.strict")


@rule("success.order_id", "[D] order_id; docs/contract.md, 3", answered("order_id", type="string"))
def test_order_id_is_a_text(judge: Judge) -> None:
    """order_id is a text that is not empty."""
    covering(judge, "success.order_id")


@rule("success.pending", "[D] 'created with a status of pending'; docs/contract.md, 3", PENDING)
def test_status_is_pending(judge: Judge) -> None:
    """A new order's status is pending."""
    covering(judge, "success.pending")


@rule("success.kits", "[D] example; docs/contract.md, 3", answered("kits", type="array"))
def test_kits_are_empty(judge: Judge) -> None:
    """A new order's kits are the empty list."""
    covering(judge, "success.kits")


@rule("success.created_format", "[D] date-time; docs/contract.md, 3", CREATED)
def test_created_is_an_rfc_3339_time(judge: Judge) -> None:
    """Created is an RFC 3339 time with an offset."""
    covering(judge, "success.created_format")


@rule("success.created_now", "[D]; docs/contract.md, 3", CREATED)
def test_created_is_now(judge: Judge) -> None:
    """Created lies within a small skew of the request's time."""
    covering(judge, "success.created_now")


@rule("success.created_moves", "[D]; docs/contract.md, 3", CREATED)
def test_created_moves_on(judge: Judge) -> None:
    """Created moves on with time from order to order."""
    covering(judge, "success.created_moves")


@rule("success.schema_valid", "[D]; docs/contract.md, 2")
def test_odd_but_valid_order_is_accepted_or_refused_in_form(judge: Judge) -> None:
    """A schema-valid order, however odd, is answered 201 or by a conforming 400; if accepted it comes back as sent."""
    odd_orders(judge)
