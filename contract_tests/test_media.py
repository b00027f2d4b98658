"""Media types, methods and limits."""

from spot_contract import channels
from spot_contract.grounds import error
from spot_contract.judge import Judge
from spot_contract.rules import rule

CONTRACT = "docs/contract.md, 3"


@rule("media.unsupported", f"[D][H]; {CONTRACT}")
def test_unsupported_media_type_is_refused(judge: Judge) -> None:
    """A media type that the document does not list is answered 400 or 415."""
    channels.unsupported(judge, "media.unsupported")


@rule("media.envelope", f"[R]; {CONTRACT}", error("type"), error("detail"))
def test_unsupported_media_type_is_answered_by_an_error_object(judge: Judge) -> None:
    """The answer to an unsupported media type is the error envelope; error.status is the HTTP status or absent."""
    channels.unsupported(judge, "media.envelope")


@rule("media.status_415", f"[H] RFC 9110, 15.5.16; {CONTRACT}", advice=True)
def test_unsupported_media_type_is_answered_415(judge: Judge) -> None:
    """Advice: an unsupported media type is answered 415 rather than 400."""
    channels.unsupported(judge, "media.status_415")


@rule("media.letter_case", f"[H] RFC 9110, 8.3.1; {CONTRACT}")
def test_media_types_are_case_insensitive(judge: Judge) -> None:
    """The letter case of a media type is free."""
    channels.letter_case(judge)


@rule("media.parameters", f"[H] RFC 9110, 8.3.1; {CONTRACT}")
def test_media_types_may_carry_parameters(judge: Judge) -> None:
    """A media type may carry parameters such as charset=utf-8."""
    channels.parameters(judge)


@rule("media.spellings", "[H] RFC 8259, RFC 7578, the URL standard; docs/contract.md, 1")
def test_every_spelling_of_a_body_is_understood(judge: Judge) -> None:
    """Escapes, blanks as + or %20, any order of fields and typed parts are understood: they say the same order."""
    channels.spellings(judge)
