"""Access control: programs on this machine, or anyone who knows the password."""

import hmac
import ipaddress
from collections.abc import MutableMapping
from typing import Any

from spot_sandbox.http.headers import password_of
from spot_sandbox.http.messages import FORBIDDEN, UNAUTHORIZED, Answer, Refusal, envelope

_LOCAL_NAMES = frozenset({"localhost", "testserver", "sandbox"})


class Guard:
    """Allows requests from loopback, or, if there is a password, requests with it (HTTP Basic, any user name)."""

    def __init__(self, password: str = "") -> None:
        """An empty password means loopback only."""
        self._password = password.encode()

    def __call__(self, scope: MutableMapping[str, Any]) -> Answer | None:
        """The refusal of a request, or None if it is allowed."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if self._password:
            if hmac.compare_digest(password_of(headers.get(b"authorization", b"")), self._password):
                return _foreign(headers)
            challenge = {"WWW-Authenticate": 'Basic realm="Spot sandbox", charset="UTF-8"'}
            return envelope(Refusal(401, "The sandbox password is required.", UNAUTHORIZED, challenge))
        if not _is_loopback(scope["client"]):
            sentence = "Only this machine has access. Set SPOT_SANDBOX_PASSWORD to allow access from other machines."
            return envelope(Refusal(403, sentence, FORBIDDEN))
        # DNS rebinding: a page in a browser may resolve its own name to this machine.
        if not _is_local_name(headers.get(b"host", b"").decode("latin-1")):
            return envelope(Refusal(403, "The Host header must name this machine, such as 127.0.0.1.", FORBIDDEN))
        return _foreign(headers)


def _foreign(headers: dict[bytes, bytes]) -> Answer | None:
    """Refuse requests from pages of other origins."""
    origin, host = headers.get(b"origin"), headers.get(b"host", b"")
    if origin is None or origin.partition(b"://")[2] == host:
        return None
    return envelope(Refusal(403, "Requests from pages of other origins are not allowed.", FORBIDDEN))


def _is_loopback(client: tuple[str, int] | None) -> bool:
    if client is None:
        return True  # No connection: the caller is this process.
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
