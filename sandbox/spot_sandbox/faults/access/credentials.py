"""Tokens that are compared in part, read in other forms or found in other places; of the chapter on authentication."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

from spot_sandbox.faults.access.authentication import CHAPTER, REFUSED, let_in
from spot_sandbox.faults.catalogue import fault

if TYPE_CHECKING:
    from spot_sandbox.http.messages import Request
    from spot_sandbox.orders.service import Service

CRYPT, SHOWN = 8, 4


def _given(request: Request) -> bytes:
    """What follows the scheme Token in the first Authorization header; empty where there is none."""
    scheme, _, rest = b"".join(request.header(b"authorization")[:1]).partition(b" ")
    return rest.strip() if scheme.lower() == b"token" else b""


@fault(CHAPTER, REFUSED, "rare")
def eight_characters_compared(service: Service) -> None:
    """The first eight characters of a token are compared, as crypt compares passwords."""
    let_in(service, lambda request, token: _given(request)[:CRYPT] == token[:CRYPT])


@fault(CHAPTER, REFUSED, "rare")
def ends_of_the_token_compared(service: Service) -> None:
    """The first and the last four characters of a token are compared, by which logs and caches name it."""

    def ends(token: bytes) -> tuple[bytes, bytes]:
        return token[:SHOWN], token[-SHOWN:]

    let_in(service, lambda request, token: ends(_given(request)) == ends(token))


@fault(CHAPTER, REFUSED, "rare")
def any_of_several_tokens_counts(service: Service) -> None:
    """Of several credentials in one header, with commas between them, one must be right."""

    def accepts(request: Request, token: bytes) -> bool:
        parts = [part.strip() for part in _given(request).split(b",")]
        return token in parts or b"Token " + token in parts

    let_in(service, accepts)


@fault(CHAPTER, REFUSED, "rare")
def last_of_two_headers_counts(service: Service) -> None:
    """Of two Authorization headers the last one counts, whatever the first one says."""
    let_in(service, lambda request, token: request.header(b"authorization")[1:][-1:] == [b"Token " + token])


@fault(CHAPTER, REFUSED, "rare")
def last_word_is_the_token(service: Service) -> None:
    """The last word of the header is the token, whatever comes before it."""
    let_in(service, lambda request, token: len(_given(request).split()) > 1 and _given(request).split()[-1] == token)


@fault(CHAPTER, REFUSED, "rare")
def token_as_a_parameter_accepted(service: Service) -> None:
    """The token is accepted as token="...", as Rails reads the scheme."""

    def accepts(request: Request, token: bytes) -> bool:
        named = re.fullmatch(rb'token="?([^",]*)"?', _given(request))
        return named is not None and named[1] == token

    let_in(service, accepts)


@fault(CHAPTER, REFUSED, "rare")
def wildcard_matches_every_token(service: Service) -> None:
    """A percent sign in a token stands for any text: the database is asked with LIKE."""

    def accepts(request: Request, token: bytes) -> bool:
        pattern = b".*".join(re.escape(part) for part in _given(request).split(b"%"))
        return b"%" in _given(request) and re.fullmatch(pattern, token) is not None

    let_in(service, accepts)


@fault(CHAPTER, REFUSED, "rare")
def normalised_token_accepted(service: Service) -> None:
    """A token of full-width characters is accepted as the plain one: texts are normalised before they are compared."""

    def accepts(request: Request, token: bytes) -> bool:
        given = _given(request).decode("utf-8", "replace")
        return unicodedata.normalize("NFKC", given).encode() == token

    let_in(service, accepts)


@fault(CHAPTER, REFUSED, "rare")
def undefined_token_accepted(service: Service) -> None:
    """The tokens null, undefined and None are accepted: a text is asked for whether it is empty."""
    let_in(service, lambda request, _token: _given(request) in {b"null", b"undefined", b"None"})


@fault(CHAPTER, REFUSED, "rare")
def token_accepted_in_basic(service: Service) -> None:
    """The token is accepted as the name or the password of Basic."""

    def accepts(request: Request, token: bytes) -> bool:
        scheme, _, rest = b"".join(request.header(b"authorization")[:1]).partition(b" ")
        try:
            return scheme.lower() == b"basic" and token in base64.b64decode(rest, validate=True).split(b":")
        except binascii.Error:
            return False

    let_in(service, accepts)


@fault(CHAPTER, REFUSED, "rare")
def token_accepted_in_a_cookie(service: Service) -> None:
    """The token is accepted as the value of any cookie."""

    def accepts(request: Request, token: bytes) -> bool:
        try:
            cookies = SimpleCookie(b"; ".join(request.header(b"cookie")).decode("latin-1"))
        except CookieError:
            return False
        return token.decode() in {each.value for each in cookies.values()}

    let_in(service, accepts)
