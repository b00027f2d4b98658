"""Media types: those that the document lists are understood in every spelling, others are refused."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from spot_contract.document import expectations
from spot_contract.document.preconditions import error
from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.intent import Circumstance, Kind

from . import envelope
from .rule import Problem, Problems, rule, rule_of_all
from .subjects import Answered, of_kind, realistic, refusal
from .test_success import acceptance

CONTRACT = "docs/contract.md, 3"


@rule("media.unsupported", f"[D][H]; {CONTRACT}", on=of_kind(Kind.MEDIA_TYPE), across_ways=True)
def test_unsupported_media_type_is_refused(answered: Answered) -> Problems:
    """A media type that the document does not list is answered 400 or 415."""
    if answered.status not in {400, 415}:
        yield Problem("400 or 415", answered.answer.in_short)


def _refused_for_its_type(exchange: Exchange) -> Answered | None:
    found = of_kind(Kind.MEDIA_TYPE)(exchange)
    return found if found and found.status in {400, 415} else None


def _refused_for_its_body(exchange: Exchange) -> Answered | None:
    return refusal(exchange) if exchange.intent.kind is Kind.INVALID else None


@rule_of_all(
    "media.envelope",
    f"[R]; {CONTRACT}",
    on=_refused_for_its_type,
    compared_with=_refused_for_its_body,
    requires=(error("type"), error("detail")),
)
def test_unsupported_media_type_is_answered_by_an_error_object(
    answers: Sequence[Answered], refusals: Sequence[Answered]
) -> Problems:
    """The response to an unsupported media type is the error envelope; error.status is the HTTP status or absent."""
    # Problems that most errors of this server have are reported by the rules on refusals.
    usual = Counter(problem.way for one in refusals for problem in _problems(one))
    for one in answers:
        for problem in _problems(one):
            if usual[problem.way] * 2 <= len(refusals):
                yield replace(problem, exchange=one.exchange)


def _problems(answered: Answered) -> Problems:
    return envelope.of_unlisted_status(answered, expectations.error_types())


@rule("media.status_415", f"[H] RFC 9110, 15.5.16; {CONTRACT}", on=_refused_for_its_type, advice=True)
def test_unsupported_media_type_is_answered_415(answered: Answered) -> Problems:
    """Advice: an unsupported media type is answered 415 rather than 400."""
    if answered.status != 415:
        yield Problem("415", str(answered.status), "", "answered 400")


@rule(
    "media.letter_case",
    f"[H] RFC 9110, 8.3.1; {CONTRACT}",
    on=realistic(Circumstance.MEDIA_LETTER_CASE),
    advice=True,
)
def test_media_types_are_case_insensitive(answered: Answered) -> Problems:
    """Advice: media types are understood in any letter case."""
    yield from acceptance(answered)


@rule("media.blank", f"[H] RFC 9110, 5.6.6; {CONTRACT}", on=realistic(Circumstance.MEDIA_BLANK), advice=True)
def test_blank_before_a_parameter_is_understood(answered: Answered) -> Problems:
    """Advice: a blank before the semicolon of a media type's parameter is understood."""
    yield from acceptance(answered)


@rule("media.parameters", f"[H] RFC 9110, 8.3.1; {CONTRACT}", on=realistic(Circumstance.MEDIA_PARAMETER))
def test_media_types_may_carry_parameters(answered: Answered) -> Problems:
    """A media type with parameters such as charset=utf-8 is understood."""
    yield from acceptance(answered)


@rule(
    "media.spellings",
    "[H] RFC 8259, RFC 7578, the URL standard; docs/contract.md, 1",
    on=realistic(Circumstance.SPELLING),
)
def test_every_spelling_of_a_body_is_understood(answered: Answered) -> Problems:
    """Every spelling of the same body is understood: escapes, blanks as + or %20, order of fields, typed parts."""
    yield from acceptance(answered)
