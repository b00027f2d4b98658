"""Token authentication: Authorization: Token <token>."""

import hashlib
import hmac
import re
import secrets

from spot_sandbox.http.messages import UNAUTHORIZED, Refusal, Request

# RFC 9110, 11.4: a scheme in any letter case, one or more spaces, the credentials.
_credentials = re.compile(rb"token +([!-~]+)", re.IGNORECASE)
# The characters of a token: visible ASCII, so that a header can contain it.
TOKEN = re.compile(r"[!-~]+")


class Authority:
    """The valid tokens: the server's own, and those made later. Each token has its own orders."""

    def __init__(self, token: str) -> None:
        self.token = token.encode("ascii")
        # By digest: the key of the token's orders, from which the token cannot be recovered.
        self._others: dict[bytes, str] = {}

    def make(self) -> str:
        """Make another valid token."""
        token = secrets.token_urlsafe(24)
        digest = _digest(token.encode())
        self._others[digest] = digest.hex()[:16]
        return token

    def forget(self, token: str) -> None:
        """Invalidate a token that `make` returned."""
        self._others.pop(_digest(token.encode()), None)

    def owner(self, token: bytes) -> str | None:
        """The key of a valid token, empty for the server's own; None for an invalid token."""
        if hmac.compare_digest(token, self.token):
            return ""
        # Looked up by its digest, so that timing reveals nothing about the tokens.
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


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()
