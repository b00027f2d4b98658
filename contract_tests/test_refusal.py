"""Refusal (400): what breaks the schema is refused, in an error that says what is wrong."""

import pytest
from spot_contract import refusals
from spot_contract.carriers import Carrier, listed
from spot_contract.grounds import (
    BODY,
    ENUM,
    KIT_TYPES,
    NOT_NULL,
    OBJECT,
    REFUSED,
    REQUIRED,
    STRICT_ERROR,
    TYPED,
    error,
    error_type,
)
from spot_contract.judge import Judge
from spot_contract.rules import rule

CONTRACT = "docs/contract.md, 3"


@rule("refusal.required", f"[D] required; {CONTRACT}", REQUIRED)
def test_each_required_field_is_required(judge: Judge) -> None:
    """The absence of any required field is refused, in each media type."""
    refusals.derived(judge, "refusal.required")
    refusals.two_missing(judge)
    refusals.parameters_missing(judge)


@rule("refusal.type", f"[D] type; {CONTRACT}", TYPED)
def test_each_wrong_type_is_refused(judge: Judge) -> None:
    """A value of a wrong type is refused in every place, in each media type that can express it."""
    refusals.derived(judge, "refusal.type")


@rule("refusal.null", f"[D] nullable; {CONTRACT}", NOT_NULL)
def test_null_is_refused_where_it_is_not_allowed(judge: Judge) -> None:
    """Null is refused in every place that is not nullable."""
    refusals.derived(judge, "refusal.null")


@rule("refusal.enum", f"[D] country; {CONTRACT}", ENUM)
def test_country_outside_the_list_is_refused(judge: Judge) -> None:
    """A value outside its enum, such as a country that is not listed, is refused, in each media type."""
    refusals.derived(judge, "refusal.enum")


@rule("refusal.list", f"[D] kit_types; {CONTRACT}", KIT_TYPES)
def test_list_that_is_a_text_is_refused(judge: Judge) -> None:
    """A list that is a text, a number or an object instead is refused."""
    refusals.list_as_text(judge)


@rule("refusal.malformed", f"[H] RFC 8259; {CONTRACT}")
def test_malformed_json_is_refused(judge: Judge) -> None:
    """Malformed JSON is refused, as a body and as a form's field."""
    refusals.malformed(judge)


@rule("refusal.empty", f"[D] required: true; {CONTRACT}", BODY)
def test_empty_body_is_refused(judge: Judge) -> None:
    """An empty body is refused in each media type."""
    refusals.empty(judge)


@rule("refusal.not_object", f"[D] type: object; {CONTRACT}", OBJECT)
def test_body_that_is_no_object_is_refused(judge: Judge) -> None:
    """A JSON body that is not an object, or an empty one, is refused."""
    refusals.not_an_object(judge)


@pytest.mark.parametrize("carrier", listed(), ids=str)
@rule("refusal.any", f"[D]; docs/contract.md, 2; {CONTRACT}", random=True)
def test_any_order_with_something_broken_is_refused(judge: Judge, carrier: Carrier) -> None:
    """A realistic order that breaks the schema anywhere is refused, whatever else it holds."""
    refusals.any_broken(judge, carrier)


@rule("refusal.content_type", f"[D][H]; {CONTRACT}", REFUSED)
def test_error_is_application_json(judge: Judge) -> None:
    """The content type of a 400 is application/json."""
    refusals.mixed(judge)


@rule("refusal.vendored", f"[D] BadRequest; {CONTRACT}", REFUSED)
def test_error_conforms_to_bad_request(judge: Judge) -> None:
    """A 400 conforms to BadRequest as published."""
    refusals.mixed(judge)


@rule("refusal.strict", f"[R]; {CONTRACT}", STRICT_ERROR)
def test_error_has_every_part(judge: Judge) -> None:
    """A 400 holds error.status, error.type and error.detail."""
    refusals.mixed(judge)


@rule("refusal.error_status", f"[R]; {CONTRACT}", error("status"))
def test_error_status_is_the_http_status(judge: Judge) -> None:
    """error.status equals the HTTP status."""
    refusals.mixed(judge)


@rule("refusal.error_type", f"[D] example; {CONTRACT}", error_type("bad_request", 400))
def test_error_type_is_bad_request(judge: Judge) -> None:
    """error.type of a 400 is bad_request."""
    refusals.mixed(judge)


@rule("refusal.detail", f"[D] example; {CONTRACT}", error("detail"))
def test_detail_is_a_text(judge: Judge) -> None:
    """error.detail is a text that is not empty."""
    refusals.mixed(judge)


@rule("refusal.names_field", f"[D] example; {CONTRACT}", error("detail"))
def test_detail_names_the_field(judge: Judge) -> None:
    """error.detail names the field at fault where there is one; its own name without the path is enough."""
    refusals.mixed(judge)


@rule("refusal.no_trace", f"[R]; {CONTRACT}")
def test_error_tells_nothing_of_the_server(judge: Judge) -> None:
    """An error holds no stack trace and no path of the server."""
    refusals.mixed(judge)


@rule("refusal.no_token", f"[R]; {CONTRACT}")
def test_no_answer_holds_the_token(judge: Judge) -> None:
    """No answer holds the caller's token."""
    refusals.mixed(judge)


@rule("refusal.repeats_no_value", f"[R]; {CONTRACT}", error("detail"), advice=True)
def test_detail_repeats_no_value(judge: Judge) -> None:
    """Advice: error.detail repeats no value that the caller sent, for it may be personal."""
    refusals.mixed(judge)
