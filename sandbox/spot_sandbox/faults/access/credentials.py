"""Tokens that are compared only in part, or accepted in another syntax or place; part of the chapter authentication."""

import base64
import binascii
import re
import unicodedata

from spot_sandbox.faults.access.authentication import CHAPTER, REFUSED, accept_also
from spot_sandbox.faults.catalogue import fault
from spot_sandbox.http.headers import cookies
from spot_sandbox.http.messages import Request
from spot_sandbox.orders.service import Service

CRYPT_LENGTH, END_LENGTH = 8, 4


def _given(request: Request) -> bytes:
    """What follows the scheme Token in the first Authorization header; empty without one."""
    scheme, _, rest = b"".join(request.header(b"authorization")[:1]).partition(b" ")
    return rest.strip() if scheme.lower() == b"token" else b""


@fault(CHAPTER, REFUSED, "rare")
def eight_characters_compared(service: Service) -> None:
    """Only the first eight characters of a token are compared, as crypt does with passwords."""
    accept_also(service, lambda request, token: _given(request)[:CRYPT_LENGTH] == token[:CRYPT_LENGTH])


@fault(CHAPTER, REFUSED, "rare")
def ends_of_the_token_compared(service: Service) -> None:
    """Only the first four and the last four characters of a token are compared."""

    def ends(token: bytes) -> tuple[bytes, bytes]:
        return token[:END_LENGTH], token[-END_LENGTH:]

    accept_also(service, lambda request, token: ends(_given(request)) == ends(token))


@fault(CHAPTER, REFUSED, "rare", hook=accept_also)
def any_of_several_tokens_counts(request: Request, token: bytes) -> bool:
    """If the header has several credentials separated by commas, one right token is enough."""
    parts = [part.strip() for part in _given(request).split(b",")]
    return token in parts or b"Token " + token in parts


@fault(CHAPTER, REFUSED, "rare")
def last_of_two_headers_counts(service: Service) -> None:
    """If there are two Authorization headers, only the last one is checked."""
    accept_also(service, lambda request, token: request.header(b"authorization")[1:][-1:] == [b"Token " + token])


@fault(CHAPTER, REFUSED, "rare")
def last_word_is_the_token(service: Service) -> None:
    """Only the last word of the header is compared with the token."""
    accept_also(
        service, lambda request, token: len(_given(request).split()) > 1 and _given(request).split()[-1] == token
    )


@fault(CHAPTER, REFUSED, "rare", hook=accept_also)
def token_as_a_parameter_accepted(request: Request, token: bytes) -> bool:
    """The token is accepted as token="...", the syntax of Rails."""
    named = re.fullmatch(rb'token="?([^",]*)"?', _given(request))
    return named is not None and named[1] == token


@fault(CHAPTER, REFUSED, "rare", hook=accept_also)
def wildcard_matches_every_token(request: Request, token: bytes) -> bool:
    """A percent sign in a token matches any text: the database is queried with LIKE."""
    pattern = b".*".join(re.escape(part) for part in _given(request).split(b"%"))
    return b"%" in _given(request) and re.fullmatch(pattern, token) is not None


@fault(CHAPTER, REFUSED, "rare", hook=accept_also)
def normalised_token_accepted(request: Request, token: bytes) -> bool:
    """The token is accepted in full-width characters: it is normalized before it is compared."""
    given = _given(request).decode("utf-8", "replace")
    return unicodedata.normalize("NFKC", given).encode() == token


@fault(CHAPTER, REFUSED, "rare")
def undefined_token_accepted(service: Service) -> None:
    """The tokens null, undefined and None are accepted: the code only checks that the token is not empty."""
    accept_also(service, lambda request, _token: _given(request) in {b"null", b"undefined", b"None"})


@fault(CHAPTER, REFUSED, "rare", hook=accept_also)
def token_accepted_in_basic(request: Request, token: bytes) -> bool:
    """The token is accepted as the user name or the password of Basic authentication."""
    scheme, _, rest = b"".join(request.header(b"authorization")[:1]).partition(b" ")
    try:
        return scheme.lower() == b"basic" and token in base64.b64decode(rest, validate=True).split(b":")
    except binascii.Error:
        return False


@fault(CHAPTER, REFUSED, "rare", hook=accept_also)
def token_accepted_in_a_cookie(request: Request, token: bytes) -> bool:
    """The token is accepted as the value of any cookie."""
    return token.decode() in cookies(request).values()
