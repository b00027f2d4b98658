"""The httpx2 clients and transports that a caller passes: whether they fit, and what is known about them."""

import httpx2

_TRACED_TRANSPORTS = (httpx2.HTTPTransport, httpx2.AsyncHTTPTransport)
_TRANSPORTS_WITHOUT_CONNECTIONS = (httpx2.MockTransport, httpx2.ASGITransport, httpx2.WSGITransport)


def check_custom_http(transport: object, http_client: object, transport_kind: type, client_kind: type) -> None:
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
    label = found.__qualname__ if package == "builtins" else f"{package}.{found.__qualname__}"
    other = "AsyncSpotClient" if "Async" not in kind.__name__ else "SpotClient"
    advice = ""
    if package == "httpx":
        advice = ": this client uses httpx2, which has the same classes"
    elif isinstance(value, (httpx2.Client, httpx2.AsyncClient, httpx2.BaseTransport, httpx2.AsyncBaseTransport)):
        advice = f": pass it to {other}"
    raise TypeError(f"{name} must be an httpx2.{kind.__name__}, not {label}{advice}.")


def _transports(http: object) -> list[object]:
    """The transports of an httpx2 client."""
    mounts: dict[object, object] = getattr(http, "_mounts", {})
    return [getattr(http, "_transport", None), *(one for one in mounts.values() if one is not None)]


def is_traced(http: object) -> bool:
    """Whether the transport reports each step of a request. If it reports none, nothing was sent."""
    return all(type(one) in _TRACED_TRANSPORTS for one in _transports(http))


def holds_connections(http: object) -> bool:
    """Whether it holds anything that belongs to one process or event loop."""
    return not all(isinstance(one, _TRANSPORTS_WITHOUT_CONNECTIONS) for one in _transports(http))
