"""Authentication (401): only the right token in the right place is let in, and that is settled first."""

from spot_contract import access, credentials
from spot_contract.grounds import REFUSED, SCHEME, STRICT_ERROR, TOKEN, error, error_type
from spot_contract.judge import Judge
from spot_contract.rules import rule

CONTRACT = "[E] the page on errors and status codes; docs/contract.md, 3"


@rule("authentication.missing", CONTRACT, TOKEN)
def test_order_without_header_is_refused(judge: Judge) -> None:
    """Without an Authorization header an order is answered 401, in each media type."""
    access.refused(judge, "authentication.missing", [credentials.NONE])


@rule("authentication.scheme", f"[D] 'required prefix Token'; {CONTRACT}", TOKEN, SCHEME)
def test_another_scheme_is_refused(judge: Judge) -> None:
    """The right token in another scheme, such as Bearer, is answered 401."""
    access.refused(judge, "authentication.scheme", credentials.another_scheme(judge.settings.token))


@rule("authentication.no_scheme", f"[D] 'required prefix Token'; {CONTRACT}", TOKEN, SCHEME)
def test_token_without_scheme_is_refused(judge: Judge) -> None:
    """The right token without a scheme is answered 401."""
    access.refused(judge, "authentication.no_scheme", credentials.no_scheme(judge.settings.token))


@rule("authentication.empty", CONTRACT, TOKEN)
def test_empty_token_is_refused(judge: Judge) -> None:
    """An empty token, or an empty header, is answered 401."""
    access.refused(judge, "authentication.empty", credentials.empty())


@rule("authentication.another_token", CONTRACT, TOKEN)
def test_another_token_is_refused(judge: Judge) -> None:
    """Another token, be it one character apart, is answered 401."""
    access.refused(judge, "authentication.another_token", credentials.another_token(judge.settings.token))


@rule("authentication.prefix", CONTRACT, TOKEN)
def test_prefix_of_the_token_is_refused(judge: Judge) -> None:
    """The beginning of the right token is answered 401."""
    access.refused(judge, "authentication.prefix", credentials.prefix(judge.settings.token))


@rule("authentication.case", CONTRACT, TOKEN)
def test_token_in_another_case_is_refused(judge: Judge) -> None:
    """The right token in another letter case is answered 401."""
    variants = credentials.another_case(judge.settings.token)
    if not variants:
        judge.pass_over("the token has no letters")
    access.refused(judge, "authentication.case", variants)


@rule("authentication.query", CONTRACT, TOKEN)
def test_token_elsewhere_is_refused(judge: Judge) -> None:
    """The right token in the query string, another header, a cookie or the body is answered 401."""
    access.in_the_query(judge)


@rule("authentication.first", CONTRACT, TOKEN)
def test_authentication_is_settled_before_the_body(judge: Judge) -> None:
    """Without the right token a broken body is answered 401 too: the body is not looked at."""
    access.before_the_body(judge)


@rule("authentication.scheme_case", "[H] RFC 9110, 11.1; docs/contract.md, 3", TOKEN, SCHEME)
def test_letter_case_of_the_scheme_is_free(judge: Judge) -> None:
    """The right token after a scheme in another letter case is answered 201 or 401, as the server likes."""
    access.scheme_case(judge)


@rule("authentication.content_type", CONTRACT, TOKEN, REFUSED)
def test_401_is_application_json(judge: Judge) -> None:
    """The content type of a 401 is application/json."""
    access.envelope(judge, "authentication.content_type")


@rule("authentication.vendored", CONTRACT, TOKEN, REFUSED)
def test_401_conforms_to_bad_request(judge: Judge) -> None:
    """A 401 conforms to BadRequest as published."""
    access.envelope(judge, "authentication.vendored")


@rule("authentication.strict", CONTRACT, TOKEN, STRICT_ERROR)
def test_401_has_every_part(judge: Judge) -> None:
    """A 401 holds error.status, error.type and error.detail."""
    access.envelope(judge, "authentication.strict")


@rule("authentication.error_status", CONTRACT, TOKEN, error("status", 401))
def test_401_says_its_status(judge: Judge) -> None:
    """error.status of a 401 is 401."""
    access.envelope(judge, "authentication.error_status")


@rule("authentication.error_type", CONTRACT, TOKEN, error_type("unauthorized", 401))
def test_401_is_of_type_unauthorized(judge: Judge) -> None:
    """error.type of a 401 is unauthorized."""
    access.envelope(judge, "authentication.error_type")


@rule("authentication.detail", CONTRACT, TOKEN, error("detail", 401))
def test_401_has_a_text(judge: Judge) -> None:
    """error.detail of a 401 is a text that is not empty."""
    access.envelope(judge, "authentication.detail")


@rule("authentication.challenge", "[H] RFC 9110, 15.5.2; docs/contract.md, 3", TOKEN, advice=True)
def test_401_carries_a_challenge(judge: Judge) -> None:
    """Advice: a 401 carries WWW-Authenticate."""
    access.envelope(judge, "authentication.challenge")
