"""The httpx2 objects that a caller passes for connections: whether they fit, and what is known of them."""

import httpx2

_TELLING = (httpx2.HTTPTransport, httpx2.AsyncHTTPTransport)
_WITHOUT_CONNECTIONS = (httpx2.MockTransport, httpx2.ASGITransport, httpx2.WSGITransport)


def check_passed(transport: object, http_client: object, transport_kind: type, client_kind: type) -> None:
    """Refuse objects that the client cannot use. Raises TypeError and ValueError, which say what to pass."""
    if transport is not None and http_client is not None:
        raise ValueError("Pass transport= or http_client=, not both: an http_client has its own transport.")
    _check("http_client", http_client, client_kind)
    _check("transport", transport, transport_kind)


def _check(name: str, value: object, kind: type) -> None:
    if value is None or isinstance(value, kind):
        return
    found = type(value)
    package = found.__module__.partition(".")[0]
    told = found.__qualname__ if package == "builtins" else f"{package}.{found.__qualname__}"
    other = "AsyncSpotClient" if "Async" not in kind.__name__ else "SpotClient"
    advice = ""
    if package == "httpx":
        advice = ": this client uses httpx2, which has the same classes"
    elif isinstance(value, (httpx2.Client, httpx2.AsyncClient, httpx2.BaseTransport, httpx2.AsyncBaseTransport)):
        advice = f": that is for {other}"
    raise TypeError(f"{name} must be an httpx2.{kind.__name__}, not {told}{advice}.")


def _transports(http: object) -> list[object]:
    """The transports of an httpx2 client."""
    mounts: dict[object, object] = getattr(http, "_mounts", {})
    return [getattr(http, "_transport", None), *(one for one in mounts.values() if one is not None)]


def is_traced(http: object) -> bool:
    """Whether the transport reports each step of a request, so that no report means that nothing was sent."""
    return all(type(one) in _TELLING for one in _transports(http))


def holds_connections(http: object) -> bool:
    """Whether it holds what belongs to one process or event loop."""
    return not all(isinstance(one, _WITHOUT_CONNECTIONS) for one in _transports(http))
