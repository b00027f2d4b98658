"""Token authentication: Authorization: Token <token>."""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

from spot_sandbox.http.messages import UNAUTHORIZED, Refusal

if TYPE_CHECKING:
    from spot_sandbox.http.messages import Request

# RFC 9110, 11.4: a scheme in any letter case, one or more spaces, the credentials.
_credentials = re.compile(rb"token +([!-~]+)", re.IGNORECASE)
# What a token may hold: visible ASCII, so that it can stand in a header.
TOKEN = re.compile(r"[!-~]+")


class Authority:
    """Knows the one valid token."""

    def __init__(self, token: str) -> None:
        self.token = token.encode("ascii")

    def __call__(self, request: Request) -> None:
        """Refuse a request that does not carry the token in exactly one Authorization header."""
        given = request.header(b"authorization")
        match = _credentials.fullmatch(given[0]) if len(given) == 1 else None
        if match is None or not hmac.compare_digest(match[1], self.token):
            raise Refusal(
                401,
                "The Authorization header must carry a valid token: Token <token>.",
                UNAUTHORIZED,
                {"WWW-Authenticate": "Token"},
            )
