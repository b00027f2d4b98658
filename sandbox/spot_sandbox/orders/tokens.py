"""Token authentication: Authorization: Token <token>."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import TYPE_CHECKING

from spot_sandbox.http.messages import UNAUTHORIZED, Refusal

if TYPE_CHECKING:
    from spot_sandbox.http.messages import Request

# RFC 9110, 11.4: a scheme in any letter case, one or more spaces, the credentials.
_credentials = re.compile(rb"token +([!-~]+)", re.IGNORECASE)
# What a token may hold: visible ASCII, so that it can stand in a header.
TOKEN = re.compile(r"[!-~]+")


class Authority:
    """Knows the valid tokens: the server's own, and those made later, each with orders of its own."""

    def __init__(self, token: str) -> None:
        self.token = token.encode("ascii")
        self._others: dict[bytes, str] = {}

    def make(self) -> str:
        """A further valid token."""
        token = secrets.token_urlsafe(24)
        self._others[_digest(token.encode())] = key_of(token)
        return token

    def forget(self, token: str) -> None:
        """Make a token invalid that was made here."""
        self._others.pop(_digest(token.encode()), None)

    def owner(self, token: bytes) -> str | None:
        """The key of a valid token, empty for the server's own; None for any other one."""
        if hmac.compare_digest(token, self.token):
            return ""
        # Looked up by its digest, so that time tells nothing about the tokens.
        return self._others.get(_digest(token)) if self._others else None

    def __call__(self, request: Request) -> None:
        """Refuse a request that does not carry a valid token in exactly one Authorization header."""
        given = request.header(b"authorization")
        match = _credentials.fullmatch(given[0]) if len(given) == 1 else None
        owner = None if match is None else self.owner(match[1])
        if owner is None:
            raise Refusal(
                401,
                "The Authorization header must carry a valid token: Token <token>.",
                UNAUTHORIZED,
                {"WWW-Authenticate": "Token"},
            )
        request.owner = owner


def key_of(token: str) -> str:
    """A key by which a token's orders are kept, from which the token cannot be told."""
    return _digest(token.encode()).hex()[:16]


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()
