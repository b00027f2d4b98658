"""Authentication (401): only the right token in the right place is accepted, and it is checked first."""

from collections.abc import Sequence

from spot_contract.document.preconditions import SCHEME, STRICT_ERROR, TOKEN, error, error_type
from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.intent import Flaw, Kind

from . import envelope
from .rule import Problem, Problems, rule
from .subjects import SIZE_LIMITS, Answered, ErrorBody, error_body, error_part, is_large, of_kind, unauthorised, wrong

CONTRACT = "[E] the page on errors and status codes; docs/contract.md, 3"
PREFIX = f"[D] 'required prefix Token'; {CONTRACT}"


def not_let_in(answered: Answered) -> Problems:
    """The request was refused with any 4xx; the exact status is another rule."""
    if not 400 <= answered.status < 500:
        yield Problem("401", answered.answer.in_short)


@rule("authentication.missing", CONTRACT, on=wrong(Flaw.NO_CREDENTIAL), across_ways=True, requires=(TOKEN,))
def test_order_without_header_is_refused(answered: Answered) -> Problems:
    """Without an Authorization header an order is answered 401, in each media type."""
    yield from not_let_in(answered)


@rule("authentication.scheme", PREFIX, on=wrong(Flaw.ANOTHER_SCHEME), across_ways=True, requires=(TOKEN, SCHEME))
def test_another_scheme_is_refused(answered: Answered) -> Problems:
    """The right token in another scheme, such as Bearer, is answered 401."""
    yield from not_let_in(answered)


@rule("authentication.no_scheme", PREFIX, on=wrong(Flaw.NO_SCHEME), across_ways=True, requires=(TOKEN, SCHEME))
def test_token_without_scheme_is_refused(answered: Answered) -> Problems:
    """The right token without a scheme is answered 401."""
    yield from not_let_in(answered)


@rule("authentication.empty", CONTRACT, on=wrong(Flaw.EMPTY_TOKEN), across_ways=True, requires=(TOKEN,))
def test_empty_token_is_refused(answered: Answered) -> Problems:
    """An empty token, or an empty header, is answered 401."""
    yield from not_let_in(answered)


@rule("authentication.another_token", CONTRACT, on=wrong(Flaw.ANOTHER_TOKEN), across_ways=True, requires=(TOKEN,))
def test_another_token_is_refused(answered: Answered) -> Problems:
    """A wrong token, even one that differs in a single character, is answered 401."""
    yield from not_let_in(answered)


@rule("authentication.prefix", CONTRACT, on=wrong(Flaw.PART_OF_TOKEN), across_ways=True, requires=(TOKEN,))
def test_part_of_the_token_is_refused(answered: Answered) -> Problems:
    """A part of the right token, such as its beginning, is answered 401."""
    yield from not_let_in(answered)


def _no_letters(history: Sequence[Exchange]) -> str:
    tokens = {one.origin.token.value for one in history[:1]}
    return "the token has no letters" if any(token.swapcase() == token for token in tokens) else ""


@rule(
    "authentication.case",
    CONTRACT,
    on=wrong(Flaw.TOKEN_CASE),
    across_ways=True,
    requires=(TOKEN,),
    unless=_no_letters,
)
def test_token_in_another_case_is_refused(answered: Answered) -> Problems:
    """The right token in another letter case is answered 401."""
    yield from not_let_in(answered)


@rule("authentication.query", CONTRACT, on=wrong(Flaw.ELSEWHERE), across_ways=True, requires=(TOKEN,))
def test_token_elsewhere_is_refused(answered: Answered) -> Problems:
    """The right token in the query string, another header, a cookie or the body is answered 401."""
    yield from not_let_in(answered)


@rule(
    "authentication.several",
    f"[H] RFC 9110, 11.6.2; {CONTRACT}",
    on=wrong(Flaw.SEVERAL),
    across_ways=True,
    requires=(TOKEN,),
)
def test_several_credentials_are_refused(answered: Answered) -> Problems:
    """A header with several credentials, or with anything in addition to the right one, is answered 401."""
    yield from not_let_in(answered)


def _well_formed(exchange: Exchange) -> bool:
    return not exchange.intent.group.startswith("malformed")


def _on_status(exchange: Exchange) -> Answered | None:
    found = of_kind(Kind.UNAUTHORISED)(exchange)
    return found if found and _well_formed(exchange) else None


@rule("authentication.status", CONTRACT, on=_on_status, requires=(TOKEN,))
def test_refusal_for_the_credential_is_a_401(answered: Answered) -> Problems:
    """A request refused for its credential is answered 401, whatever well-formed body it has."""
    too_large = answered.status in SIZE_LIMITS and is_large(answered.exchange)
    if 400 <= answered.status < 500 and answered.status != 401 and not too_large:
        place = answered.exchange.intent.place or str(answered.exchange.intent.flaw)
        yield Problem("401", answered.answer.in_short, place, f"answered {answered.status}")


def _on_malformed(exchange: Exchange) -> Answered | None:
    found = of_kind(Kind.UNAUTHORISED)(exchange)
    return found if found and not _well_formed(exchange) else None


@rule("authentication.first", f"[R]; {CONTRACT}", on=_on_malformed, advice=True, requires=(TOKEN,))
def test_authentication_is_settled_before_the_body_is_read(answered: Answered) -> Problems:
    """Advice: a malformed body without the right token is answered 401 rather than 400."""
    if answered.status != 401:
        yield Problem("401", answered.answer.in_short, "", f"answered {answered.status}")


@rule(
    "authentication.scheme_case",
    "[H] RFC 9110, 11.1; docs/contract.md, 3",
    on=of_kind(Kind.SCHEME_CASE),
    requires=(TOKEN, SCHEME),
)
def test_letter_case_of_the_scheme_is_free(answered: Answered) -> Problems:
    """The right token after the scheme in another letter case is answered 201 or 401."""
    if not answered.exchange.is_accepted and answered.status != 401:
        expected = f"{answered.exchange.origin.accepted} or 401"
        yield Problem(expected, answered.answer.in_short, "", f"answered {answered.status}")


@rule("authentication.content_type", CONTRACT, on=unauthorised, requires=(TOKEN,))
def test_401_is_application_json(answered: Answered) -> Problems:
    """A 401 is JSON with the content type application/json."""
    yield from envelope.is_json(answered)


@rule("authentication.vendored", CONTRACT, on=error_body(unauthorised), requires=(TOKEN,))
def test_401_conforms_to_bad_request(body: ErrorBody) -> Problems:
    """A 401 conforms to the published error schema."""
    yield from envelope.conforms(body)


@rule("authentication.strict", f"[R]; {CONTRACT}", on=error_body(unauthorised), requires=(TOKEN, STRICT_ERROR))
def test_401_has_every_part(body: ErrorBody) -> Problems:
    """A 401 contains error.status, error.type and error.detail."""
    yield from envelope.has_every_part(body)


@rule(
    "authentication.error_status",
    f"[R]; {CONTRACT}",
    on=error_part(unauthorised, "status", int),
    requires=(TOKEN, error("status", 401)),
)
def test_error_status_of_a_401_is_401(body: ErrorBody) -> Problems:
    """error.status of a 401 is 401."""
    yield from envelope.status_is_the_http_status(body)


@rule(
    "authentication.error_type",
    CONTRACT,
    on=error_part(unauthorised, "type", str),
    requires=(TOKEN, error_type("unauthorized", 401)),
)
def test_error_type_of_a_401_is_unauthorized(body: ErrorBody) -> Problems:
    """error.type of a 401 is unauthorized."""
    yield from envelope.type_is(body, "unauthorized")


@rule(
    "authentication.detail",
    CONTRACT,
    on=error_part(unauthorised, "detail", str),
    requires=(TOKEN, error("detail", 401)),
)
def test_detail_of_a_401_is_a_text(body: ErrorBody) -> Problems:
    """error.detail of a 401 is a text that is not empty."""
    yield from envelope.detail_is_a_text(body)


@rule(
    "authentication.challenge",
    "[H] RFC 9110, 11.6.1; docs/contract.md, 3",
    on=unauthorised,
    advice=True,
    requires=(TOKEN,),
)
def test_401_carries_www_authenticate(answered: Answered) -> Problems:
    """Advice: a 401 carries WWW-Authenticate."""
    if answered.answer.header("WWW-Authenticate") is None:
        yield Problem("a WWW-Authenticate header", "none", "WWW-Authenticate", "left out")
