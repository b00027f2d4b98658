"""Tokens that are accepted or refused wrongly, and wrong 401 answers."""

from collections.abc import Callable
from itertools import count
from typing import Any
from urllib.parse import parse_qs

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import (
    DENIED,
    is_form,
    is_multipart,
    is_urlencoded,
    on_authorize,
    on_problems,
    on_refusal,
    on_status,
)
from spot_sandbox.hooks.trees import Number
from spot_sandbox.http.messages import BAD_REQUEST, UNAUTHORIZED, Answer, Body, Refusal, Request
from spot_sandbox.orders.service import Service
from spot_sandbox.orders.tokens import Authority

CHAPTER = "authentication"
REFUSED = (
    "no header, another scheme (Bearer), no scheme, empty token, another token, a prefix of the token, the token in "
    "another case, the token in the query string: 401"
)
ENVELOPE = "401 with the same envelope, type unauthorized"
FIRST = "401, whatever well-formed body comes with it"
EVERY_MEDIA_TYPE = "for every media type"
SCHEME = "the scheme is case-insensitive, as HTTP says"
CHALLENGE = "a 401 carries WWW-Authenticate"
MANY = 2000  # A quick run of the suite sends fewer requests.


def accept_also(service: Service, accepts: Callable[[Request, bytes], bool]) -> None:
    """Accept more requests than those with a valid token; `accepts` gets the request and the valid token."""
    inner = service.authorize
    token = inner.token if isinstance(inner, Authority) else b""

    def authorize(request: Request) -> None:
        if not accepts(request, token):
            inner(request)

    service.authorize = authorize


def _credentials(request: Request) -> tuple[bytes, bytes]:
    """The scheme in lower case, and the token; empty unless there is exactly one Authorization header."""
    given = request.header(b"authorization")
    scheme, _, rest = (given[0] if len(given) == 1 else b"").partition(b" ")
    return scheme.lower(), rest.strip()


@fault(CHAPTER, REFUSED)
def no_authentication(service: Service) -> None:
    """Requests need no authentication."""
    accept_also(service, lambda _request, _token: True)


@fault(CHAPTER, REFUSED)
def missing_header_accepted(service: Service) -> None:
    """A request without an Authorization header is accepted; a wrong token is refused."""
    accept_also(service, lambda request, _token: not request.header(b"authorization"))


@fault(CHAPTER, REFUSED)
def any_token_accepted(service: Service) -> None:
    """Any token that is not empty is accepted."""
    accept_also(
        service, lambda request, _token: _credentials(request)[0] == b"token" and _credentials(request)[1] != b""
    )


@fault(CHAPTER, REFUSED)
def empty_token_accepted(service: Service) -> None:
    """The scheme without a token is accepted."""
    accept_also(service, lambda request, _token: _credentials(request) == (b"token", b""))


@fault(CHAPTER, REFUSED)
def bearer_accepted(service: Service) -> None:
    """The token is accepted with the scheme Bearer, too."""
    accept_also(service, lambda request, token: _credentials(request) == (b"bearer", token))


@fault(CHAPTER, REFUSED, "rare", hook=accept_also)
def any_scheme_accepted(request: Request, token: bytes) -> bool:
    """The token is accepted with any scheme except Bearer and Basic."""
    scheme, given = _credentials(request)
    return given == token and scheme not in {b"bearer", b"basic"}


@fault(CHAPTER, REFUSED)
def bare_token_accepted(service: Service) -> None:
    """The token is accepted without a scheme."""
    accept_also(service, lambda request, token: request.header(b"authorization") == [token])


@fault(CHAPTER, REFUSED)
def token_prefix_accepted(service: Service) -> None:
    """The token without its last character is accepted."""
    accept_also(service, lambda request, token: _credentials(request) == (b"token", token[:-1]))


@fault(CHAPTER, REFUSED, hook=accept_also)
def longer_token_accepted(request: Request, token: bytes) -> bool:
    """The token followed by more characters is accepted."""
    scheme, given = _credentials(request)
    return scheme == b"token" and given.startswith(token)


@fault(CHAPTER, REFUSED, hook=accept_also)
def token_case_ignored(request: Request, token: bytes) -> bool:
    """The token is accepted in any letter case."""
    scheme, given = _credentials(request)
    return scheme == b"token" and given.lower() == token.lower()


@fault(CHAPTER, REFUSED, hook=accept_also)
def token_length_compared(request: Request, token: bytes) -> bool:
    """Any token of the right length is accepted."""
    scheme, given = _credentials(request)
    return scheme == b"token" and len(given) == len(token)


@fault(CHAPTER, REFUSED, hook=accept_also)
def token_in_query_accepted(request: Request, token: bytes) -> bool:
    """The token is accepted in the query string, for example as token, api_key or access_token."""
    given = parse_qs(request.query)
    names = (b"token", b"api_key", b"access_token", b"auth_token", b"key")
    return any(token in given.get(name, []) for name in names)


@fault(CHAPTER, EVERY_MEDIA_TYPE)
def forms_unauthenticated(service: Service) -> None:
    """Forms need no token."""
    accept_also(service, lambda request, _token: is_form(request))


@fault(CHAPTER, EVERY_MEDIA_TYPE)
def urlencoded_unauthenticated(service: Service) -> None:
    """Requests with application/x-www-form-urlencoded need no token."""
    accept_also(service, lambda request, _token: is_urlencoded(request))


@fault(CHAPTER, EVERY_MEDIA_TYPE, "rare", hook=accept_also)
def bearer_accepted_for_multipart(request: Request, token: bytes) -> bool:
    """The scheme Bearer is accepted for multipart/form-data only."""
    return is_multipart(request) and _credentials(request) == (b"bearer", token)


@fault(CHAPTER, REFUSED, "cross-request")
def authentication_remembered(service: Service) -> None:
    """After a request with the right token, requests without the header are accepted, as in a session."""
    seen = False

    def accepts(request: Request, token: bytes) -> bool:
        nonlocal seen
        seen = seen or _credentials(request) == (b"token", token)
        return seen and not request.header(b"authorization")

    accept_also(service, accepts)


@fault(CHAPTER, REFUSED, "cross-request")
def wrong_token_accepted_at_the_10th_try(service: Service) -> None:
    """Every 10th wrong token is accepted."""
    tries = 0

    def accepts(request: Request, token: bytes) -> bool:
        nonlocal tries
        tries += _credentials(request) != (b"token", token)
        return tries > 0 and tries % 10 == 0

    accept_also(service, accepts)


@fault(CHAPTER, REFUSED, "cross-request")
def right_token_refused_after_a_wrong_one(service: Service) -> None:
    """The first right token after a wrong one is refused."""
    inner = service.authorize
    locked = False

    def authorize(request: Request) -> None:
        nonlocal locked
        was_locked, locked = locked, True
        inner(request)
        locked = False
        if was_locked:
            raise Refusal(DENIED, "The token is locked.", UNAUTHORIZED, {"WWW-Authenticate": "Token"})

    service.authorize = authorize


@fault(CHAPTER, REFUSED)
def denied_with_403(service: Service) -> None:
    """A wrong or missing token is answered with 403."""

    def change(refusal: Refusal) -> None:
        refusal.status, refusal.kind = 403, "forbidden"

    on_refusal(service, change, DENIED)


@fault(CHAPTER, REFUSED, hook=on_authorize)
def missing_header_is_bad_request(request: Request) -> None:
    """A missing Authorization header is answered with 400."""
    if not request.header(b"authorization"):
        raise Refusal(400, "The Authorization header is required.")


@fault(CHAPTER, REFUSED, hook=on_authorize)
def missing_scheme_fails(request: Request) -> None:
    """An Authorization header without a space is answered with 500."""
    _scheme, _token = (request.header(b"authorization") or [b"- -"])[0].split(b" ", 1)


@fault(CHAPTER, ENVELOPE)
def denied_as_html(service: Service) -> None:
    """A 401 is an HTML page."""
    headers = [(b"content-type", b"text/html"), (b"www-authenticate", b"Token")]
    on_refusal(service, lambda _refusal: Answer(DENIED, b"<h1>401 Unauthorized</h1>", headers), DENIED)


@fault(CHAPTER, ENVELOPE)
def denied_in_framework_form(service: Service) -> None:
    """A 401 has the default body of Django REST Framework: a detail without the envelope."""
    body = b'{"detail": "Authentication credentials were not provided."}'
    headers = [(b"content-type", b"application/json"), (b"www-authenticate", b"Token")]
    on_refusal(service, lambda _refusal: Answer(DENIED, body, headers), DENIED)


@fault(CHAPTER, ENVELOPE)
def denied_with_type_bad_request(service: Service) -> None:
    """error.type of a 401 is bad_request."""
    on_refusal(service, lambda refusal: setattr(refusal, "kind", BAD_REQUEST), DENIED)


@fault(CHAPTER, ENVELOPE)
def denied_with_status_400_inside(service: Service) -> None:
    """error.status of a 401 is 400."""

    def change(_request: Request, tree: dict[str, Any]) -> None:
        tree["error"]["status"] = Number("400")

    on_status(service, DENIED, change)


@fault(CHAPTER, FIRST)
def validation_before_authentication(service: Service) -> None:
    """The body is validated before the token is checked."""
    authorize = service.authorize

    def change(request: Request, _body: Body, found: dict[str, str]) -> None:
        if not found:
            authorize(request)

    on_problems(service, change)
    service.authorize = lambda _request: None


@fault(CHAPTER, CHALLENGE, advice=True)
def denied_without_challenge(service: Service) -> None:
    """A 401 has no WWW-Authenticate header."""
    on_refusal(service, lambda refusal: refusal.headers.clear(), DENIED)


@fault(CHAPTER, ENVELOPE)
def denied_without_detail(service: Service) -> None:
    """A 401 has no error.detail."""
    on_status(service, DENIED, lambda _request, tree: tree["error"].pop("detail") and tree)


@fault(CHAPTER, ENVELOPE)
def denied_with_empty_detail(service: Service) -> None:
    """error.detail of a 401 is empty."""
    on_status(service, DENIED, lambda _request, tree: tree["error"].update(detail=""))


@fault(CHAPTER, SCHEME, "rare", hook=on_authorize)
def scheme_in_another_case_is_bad_request(request: Request) -> None:
    """The scheme in another letter case is answered with 400."""
    scheme, _ = _credentials(request)
    if scheme == b"token" and not request.header(b"authorization")[0].startswith(b"Token"):
        raise Refusal(400, "The Authorization header is malformed.")


@fault(CHAPTER, REFUSED, "cross-request")
def wrong_token_accepted_every_20th_time(service: Service) -> None:
    """Every 20th wrong token is accepted."""
    number = count(1)

    def accepts(request: Request, token: bytes) -> bool:
        scheme, given = _credentials(request)
        return scheme == b"token" and given != token and next(number) % 20 == 0

    accept_also(service, accepts)


@fault(CHAPTER, REFUSED, "cross-request")
def everybody_let_in_after_2000_requests(service: Service) -> None:
    """After 2,000 requests, no token is needed."""
    number = count(1)
    accept_also(service, lambda _request, _token: next(number) > MANY)
