"""Who may look at orders and requests: programs on this machine, or whoever knows the password."""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from typing import TYPE_CHECKING, Any

from spot_sandbox.http.messages import FORBIDDEN, UNAUTHORIZED, Answer, Refusal, envelope

if TYPE_CHECKING:
    from collections.abc import MutableMapping

_LOCAL_NAMES = frozenset({"localhost", "testserver", "sandbox"})


class Guard:
    """Lets in requests from loopback; with a password (HTTP Basic, any user name) from anywhere, but only with it."""

    def __init__(self, password: str = "") -> None:
        """An empty password: loopback only."""
        self._password = password.encode()

    def __call__(self, scope: MutableMapping[str, Any]) -> Answer | None:
        """The refusal of a request, None for one that is let in."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if self._password:
            if hmac.compare_digest(_password_of(headers.get(b"authorization", b"")), self._password):
                return _foreign(headers)
            challenge = {"WWW-Authenticate": 'Basic realm="Spot sandbox", charset="UTF-8"'}
            return envelope(Refusal(401, "The password of the sandbox is required.", UNAUTHORIZED, challenge))
        if not _is_loopback(scope["client"]):
            sentence = "Only this machine may look; set SPOT_SANDBOX_PASSWORD to look from elsewhere."
            return envelope(Refusal(403, sentence, FORBIDDEN))
        # A page in a browser may have its own name lead here; then the request is not what it seems.
        if not _is_local_name(headers.get(b"host", b"").decode("latin-1")):
            return envelope(Refusal(403, "The Host header must name this machine, such as 127.0.0.1.", FORBIDDEN))
        return _foreign(headers)


def _foreign(headers: dict[bytes, bytes]) -> Answer | None:
    """Pages of other servers are refused, whoever has opened them."""
    origin, host = headers.get(b"origin"), headers.get(b"host", b"")
    if origin is None or origin.partition(b"://")[2] == host:
        return None
    return envelope(Refusal(403, "Pages of other servers may not ask here.", FORBIDDEN))


def _is_loopback(client: tuple[str, int] | None) -> bool:
    if client is None:
        return True  # Without a connection: the caller is this very process.
    try:
        address = ipaddress.ip_address(client[0].partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _is_local_name(host: str) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    name = name.strip("[]").lower()
    if not name or name in _LOCAL_NAMES or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _password_of(authorization: bytes) -> bytes:
    scheme, _, encoded = authorization.partition(b" ")
    if scheme.lower() != b"basic":
        return b""
    try:
        return base64.b64decode(encoded.strip(), validate=True).partition(b":")[2]
    except binascii.Error:
        return b""
