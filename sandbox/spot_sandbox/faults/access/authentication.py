"""Callers who are let in, kept out or answered wrongly."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import DENIED, is_form, media_type, on_refusal, on_status
from spot_sandbox.hooks.trees import Number
from spot_sandbox.http.messages import BAD_REQUEST, UNAUTHORIZED, Answer, Refusal
from spot_sandbox.orders.tokens import Authority

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from spot_sandbox.document.schema import Schema
    from spot_sandbox.http.messages import Body, Request
    from spot_sandbox.orders.service import Service

CHAPTER = "authentication"
REFUSED = (
    "no header, another scheme (Bearer), no scheme, empty token, another token, a prefix of the token, the token in "
    "another case, the token in the query string: 401"
)
ENVELOPE = "401 with the same envelope, type unauthorized"
FIRST = "401, whatever well-formed body comes with it"
EVERY_MEDIA_TYPE = "for every media type"
SCHEME = "the scheme's own letter case is free"
CHALLENGE = "a 401 carries WWW-Authenticate"
MANY = 2000  # Requests of a run.


def let_in(service: Service, accepts: Callable[[Request, bytes], bool]) -> None:
    """Let in more callers: `accepts` is told the request and the valid token."""
    inner = service.authorize
    token = inner.token if isinstance(inner, Authority) else b""

    def authorize(request: Request) -> None:
        if not accepts(request, token):
            inner(request)

    service.authorize = authorize


def _nobody_refused(_request: Request) -> None:
    """Let everybody in."""


def _credentials(request: Request) -> tuple[bytes, bytes]:
    """The scheme in lower case and what follows it."""
    given = request.header(b"authorization")
    scheme, _, rest = (given[0] if len(given) == 1 else b"").partition(b" ")
    return scheme.lower(), rest.strip()


@fault(CHAPTER, REFUSED)
def no_authentication(service: Service) -> None:
    """Everybody is let in."""
    let_in(service, lambda _request, _token: True)


@fault(CHAPTER, REFUSED)
def missing_header_accepted(service: Service) -> None:
    """A request without the header is let in; a wrong token is refused."""
    let_in(service, lambda request, _token: not request.header(b"authorization"))


@fault(CHAPTER, REFUSED)
def any_token_accepted(service: Service) -> None:
    """Any token is let in."""
    let_in(service, lambda request, _token: _credentials(request)[0] == b"token" and _credentials(request)[1] != b"")


@fault(CHAPTER, REFUSED)
def empty_token_accepted(service: Service) -> None:
    """The scheme without a token is let in."""
    let_in(service, lambda request, _token: _credentials(request) == (b"token", b""))


@fault(CHAPTER, REFUSED)
def bearer_accepted(service: Service) -> None:
    """The scheme Bearer is accepted beside Token."""
    let_in(service, lambda request, token: _credentials(request) == (b"bearer", token))


@fault(CHAPTER, REFUSED, "rare")
def any_scheme_accepted(service: Service) -> None:
    """Any scheme but Bearer and Basic is accepted with the token."""

    def accepts(request: Request, token: bytes) -> bool:
        scheme, given = _credentials(request)
        return given == token and scheme not in {b"bearer", b"basic"}

    let_in(service, accepts)


@fault(CHAPTER, REFUSED)
def bare_token_accepted(service: Service) -> None:
    """The token without a scheme is accepted."""
    let_in(service, lambda request, token: request.header(b"authorization") == [token])


@fault(CHAPTER, REFUSED)
def token_prefix_accepted(service: Service) -> None:
    """The beginning of the token, all but its last character, is accepted."""
    let_in(service, lambda request, token: _credentials(request) == (b"token", token[:-1]))


@fault(CHAPTER, REFUSED)
def longer_token_accepted(service: Service) -> None:
    """The token with more characters behind it is accepted."""

    def accepts(request: Request, token: bytes) -> bool:
        scheme, given = _credentials(request)
        return scheme == b"token" and given.startswith(token)

    let_in(service, accepts)


@fault(CHAPTER, REFUSED)
def token_case_ignored(service: Service) -> None:
    """The token is accepted in any letter case."""

    def accepts(request: Request, token: bytes) -> bool:
        scheme, given = _credentials(request)
        return scheme == b"token" and given.lower() == token.lower()

    let_in(service, accepts)


@fault(CHAPTER, REFUSED)
def token_length_compared(service: Service) -> None:
    """Any token as long as the right one is accepted."""

    def accepts(request: Request, token: bytes) -> bool:
        scheme, given = _credentials(request)
        return scheme == b"token" and len(given) == len(token)

    let_in(service, accepts)


@fault(CHAPTER, REFUSED)
def token_in_query_accepted(service: Service) -> None:
    """The token is accepted as a parameter of the query: token, api_key or access_token."""

    def accepts(request: Request, token: bytes) -> bool:
        given = parse_qs(request.query)
        names = (b"token", b"api_key", b"access_token", b"auth_token", b"key")
        return any(token in given.get(name, []) for name in names)

    let_in(service, accepts)


@fault(CHAPTER, EVERY_MEDIA_TYPE)
def forms_unauthenticated(service: Service) -> None:
    """Forms are accepted without a token."""
    let_in(service, lambda request, _token: is_form(request))


@fault(CHAPTER, EVERY_MEDIA_TYPE)
def urlencoded_unauthenticated(service: Service) -> None:
    """Forms of application/x-www-form-urlencoded alone are accepted without a token."""
    let_in(service, lambda request, _token: media_type(request) == "application/x-www-form-urlencoded")


@fault(CHAPTER, EVERY_MEDIA_TYPE, "rare")
def bearer_accepted_for_multipart(service: Service) -> None:
    """Bearer is accepted for multipart/form-data alone."""

    def accepts(request: Request, token: bytes) -> bool:
        return media_type(request) == "multipart/form-data" and _credentials(request) == (b"bearer", token)

    let_in(service, accepts)


@fault(CHAPTER, REFUSED, "cross-request")
def authentication_remembered(service: Service) -> None:
    """Once a right token was seen, requests without the header are let in, as a session would."""
    seen = False

    def accepts(request: Request, token: bytes) -> bool:
        nonlocal seen
        seen = seen or _credentials(request) == (b"token", token)
        return seen and not request.header(b"authorization")

    let_in(service, accepts)


@fault(CHAPTER, REFUSED, "cross-request")
def wrong_token_accepted_at_the_10th_try(service: Service) -> None:
    """Every 10th wrong token is let in."""
    tries = 0

    def accepts(request: Request, token: bytes) -> bool:
        nonlocal tries
        tries += _credentials(request) != (b"token", token)
        return tries > 0 and tries % 10 == 0

    let_in(service, accepts)


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


def _denied(service: Service, change: Callable[[Refusal], Answer | None]) -> None:
    on_refusal(service, lambda refusal: change(refusal) if refusal.status == DENIED else None)


@fault(CHAPTER, REFUSED)
def denied_with_403(service: Service) -> None:
    """A wrong or missing token is answered with 403."""

    def change(refusal: Refusal) -> None:
        refusal.status, refusal.kind = 403, "forbidden"

    _denied(service, change)


@fault(CHAPTER, REFUSED)
def missing_header_is_bad_request(service: Service) -> None:
    """A missing header is answered with 400."""
    inner = service.authorize

    def authorize(request: Request) -> None:
        if not request.header(b"authorization"):
            raise Refusal(400, "The Authorization header is required.")
        inner(request)

    service.authorize = authorize


@fault(CHAPTER, REFUSED)
def missing_scheme_fails(service: Service) -> None:
    """An Authorization header without a blank is answered with 500."""
    inner = service.authorize

    def authorize(request: Request) -> None:
        _scheme, _token = (request.header(b"authorization") or [b"- -"])[0].split(b" ", 1)
        inner(request)

    service.authorize = authorize


@fault(CHAPTER, ENVELOPE)
def denied_as_html(service: Service) -> None:
    """A 401 is an HTML page."""
    page = Answer(
        DENIED, b"<h1>401 Unauthorized</h1>", [(b"content-type", b"text/html"), (b"www-authenticate", b"Token")]
    )
    _denied(service, lambda _refusal: page)


@fault(CHAPTER, ENVELOPE)
def denied_in_framework_form(service: Service) -> None:
    """A 401 is what Django REST Framework answers by default: a detail without the envelope."""
    body = b'{"detail": "Authentication credentials were not provided."}'
    headers = [(b"content-type", b"application/json"), (b"www-authenticate", b"Token")]
    _denied(service, lambda _refusal: Answer(DENIED, body, headers))


@fault(CHAPTER, ENVELOPE)
def denied_with_type_bad_request(service: Service) -> None:
    """A 401 has the type bad_request."""
    _denied(service, lambda refusal: setattr(refusal, "kind", BAD_REQUEST))


@fault(CHAPTER, ENVELOPE)
def denied_with_status_400_inside(service: Service) -> None:
    """A 401 says 400 in error.status."""

    def change(_request: Request, tree: dict[str, Any]) -> None:
        tree["error"]["status"] = Number("400")

    on_status(service, DENIED, change)


@fault(CHAPTER, FIRST)
def validation_before_authentication(service: Service) -> None:
    """A body is found wrong before the token is."""
    authorize, inner = service.authorize, service.problems

    def problems(request: Request, schema: Schema, body: Body) -> dict[str, str]:
        found = inner(request, schema, body)
        if not found:
            authorize(request)
        return found

    service.problems = problems
    service.authorize = _nobody_refused


@fault(CHAPTER, CHALLENGE, advice=True)
def denied_without_challenge(service: Service) -> None:
    """A 401 has no WWW-Authenticate."""
    _denied(service, lambda refusal: refusal.headers.clear())


@fault(CHAPTER, ENVELOPE)
def denied_without_detail(service: Service) -> None:
    """A 401 has no error.detail."""
    on_status(service, DENIED, lambda _request, tree: tree["error"].pop("detail") and tree)


@fault(CHAPTER, ENVELOPE)
def denied_with_empty_detail(service: Service) -> None:
    """error.detail of a 401 is empty."""
    on_status(service, DENIED, lambda _request, tree: tree["error"].update(detail=""))


@fault(CHAPTER, SCHEME, "rare")
def scheme_in_another_case_is_bad_request(service: Service) -> None:
    """The scheme in another letter case is answered with 400."""
    inner = service.authorize

    def authorize(request: Request) -> None:
        given = request.header(b"authorization")
        scheme, _ = _credentials(request)
        if scheme == b"token" and not given[0].startswith(b"Token"):
            raise Refusal(400, "The Authorization header is malformed.")
        inner(request)

    service.authorize = authorize


@fault(CHAPTER, REFUSED, "cross-request")
def wrong_token_accepted_every_20th_time(service: Service) -> None:
    """Every 20th wrong token is let in."""
    number = count(1)

    def accepts(request: Request, token: bytes) -> bool:
        scheme, given = _credentials(request)
        return scheme == b"token" and given != token and next(number) % 20 == 0

    let_in(service, accepts)


@fault(CHAPTER, REFUSED, "cross-request")
def everybody_let_in_after_2000_requests(service: Service) -> None:
    """From the 2000th request on everybody is let in."""
    number = count(1)
    let_in(service, lambda _request, _token: next(number) > MANY)
