"""An operation of the document, and its request."""

from collections.abc import Mapping
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import quote_plus

import httpx2

from ..configuration.security import choose
from ..configuration.settings import Settings, add_headers, check_timeout
from ..models.codecs import Codec
from ..values.sealed import Sealed, drop_frames
from ..values.unset import UNSET
from .bodies import Encoding, FormStyle, write_body
from .parameters import Parameter, place

T = TypeVar("T")


class Success(NamedTuple):
    """A response of success that the document declares, for the statuses from first to last."""

    first: int
    last: int
    codec: Codec | None
    """None if the document declares no body that this client reads."""
    is_json: bool = True
    """Whether the body is JSON. Otherwise it is text or bytes."""
    binary: bool = False


class Operation(NamedTuple, Generic[T]):
    """An operation of the document; T is the type of its result."""

    name: str
    """The operationId as a Python identifier."""
    method: str
    path: str
    """With placeholders, so it is safe to log."""
    successes: tuple[Success, ...]
    parameters: tuple[Parameter, ...] = ()
    bodies: Mapping[str, Codec] = {}
    """The codec of the body for each content type, in the order of the document."""
    encodings: Mapping[str, Mapping[str, Encoding]] = {}
    """The encodings of form fields that the document gives, by content type and field."""
    security: tuple[tuple[str, ...], ...] = ()
    """Alternatives of security schemes, each a set that is needed together; empty if the operation needs none."""
    server: str = ""
    """The address of the operation's own server, if it has one."""


class Options(NamedTuple):
    """The options of one call, in addition to the parameters of the document."""

    content_type: str | None = None
    form_style: FormStyle = "json"
    timeout: float | httpx2.Timeout | None = None
    headers: Mapping[str, str] | None = None

    def __repr__(self) -> str:
        # The headers may contain secrets of other services.
        return f"<Options {self.content_type}>"


class Call(NamedTuple):
    """The arguments of one call."""

    arguments: Mapping[str, object]
    """The parameters of the document, by their Python names."""
    body: object
    options: Options


def seal(
    *, arguments: Mapping[str, object] | None = None, body: object = UNSET, options: Options | None = None
) -> Sealed[Call]:
    """Hide the arguments of a method from tools that read local variables, in all frames that pass them on."""
    return Sealed(Call(arguments or {}, body, options or Options()))


class Request(NamedTuple):
    """The bytes of a request, which are the same for every attempt, sync and async."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    content: bytes | None
    timeout: httpx2.Timeout
    secrets: tuple[str, ...] = ()
    """Values to mask in the address, quoted as in the query."""

    def __repr__(self) -> str:
        return f"<Request {self.method}>"


@drop_frames
def prepare(settings: Sealed[Settings], operation: Operation[Any], call: Sealed[Call]) -> Sealed[Request]:
    """Build the request. Raises TypeError and ValueError, which name the field and never its value."""
    return Sealed(_prepare(settings.open(), operation, *call.open()))


def _prepare(
    settings: Settings,
    operation: Operation[Any],
    arguments: Mapping[str, object],
    body: object,
    options: Options,
) -> Request:
    timeout = settings.timeout if options.timeout is None else check_timeout(options.timeout)
    chosen = choose(operation.security, settings.schemes, settings.credentials, operation.name)
    content, content_type = write_body(
        operation.bodies, body, options.content_type, options.form_style, operation.encodings
    )
    accepted = "application/json" if all(success.is_json for success in operation.successes) else "*/*"
    headers: list[tuple[str, str]] = [("Accept", accepted), *settings.headers]
    path, pairs, cookies = operation.path, list[str](), list[str]()
    if operation.parameters:
        path, pairs, added, cookies = place(path, operation.parameters, arguments)
        headers += added
    if options.headers:
        headers = [*add_headers(headers, options.headers, settings.schemes)]
    if content_type is not None:
        headers.append(("Content-Type", content_type))
    secrets: tuple[str, ...] = ()
    for location, name, secret in chosen:
        if location == "header":
            headers.append((name, secret.open()))
        elif location == "cookie":
            cookies.append(f"{name}={secret.open()}")
        else:
            secrets += (quote_plus(secret.open()),)
            pairs.append(f"{quote_plus(name)}={secrets[-1]}")
    if cookies:
        headers.append(("Cookie", "; ".join(cookies)))
    url = (_address(settings, operation.server) if operation.server else settings.base_url) + path
    if pairs:
        url += "?" + "&".join(pairs)
    return Request(operation.method, url, tuple(headers), content, timeout, secrets)


def _address(settings: Settings, server: str) -> str:
    """The address to send to. A base_url of the caller replaces every server; the path of the server is kept."""
    default = settings.default_base_url
    if settings.base_url == default:
        return server
    host = settings.base_url.removesuffix(httpx2.URL(default).path.rstrip("/"))
    return host + httpx2.URL(server).path.rstrip("/")
