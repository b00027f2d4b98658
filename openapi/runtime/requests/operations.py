"""An operation of the document, and how arguments become its request."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import quote_plus

import httpx2

from ..configuration.security import Scheme, choose
from ..configuration.settings import Settings, check_headers, check_timeout
from ..models.codecs import Codec
from ..values.sealed import Sealed, sheltered
from ..values.unset import UNSET
from .bodies import Encoding, FormStyle, write_body
from .parameters import Parameter, place

T = TypeVar("T")


class Success(NamedTuple):
    """An answer that the document declares for success."""

    first: int
    last: int
    codec: Codec | None
    """None where the document declares no body that this client reads."""
    is_json: bool = True
    """Whether the body is JSON; it is text or bytes otherwise."""
    binary: bool = False


class Operation(NamedTuple, Generic[T]):
    """One operation; T is what it gives."""

    name: str
    """Its operationId in Python's spelling."""
    method: str
    path: str
    """With placeholders, so that it can be logged."""
    successes: tuple[Success, ...]
    parameters: tuple[Parameter, ...] = ()
    bodies: Mapping[str, Codec] = {}
    """Each content type of the body, in the document's order."""
    encodings: Mapping[str, Mapping[str, Encoding]] = {}
    """The document's encoding of single fields of a form, by its content type."""
    security: tuple[tuple[str, ...], ...] = ()
    """Alternatives of security schemes, each a set needed together; empty where the operation needs none."""
    server: str = ""
    """The address of the operation's own server, where it has one."""


class Options(NamedTuple):
    """Settings of one call, beside the document's parameters."""

    content_type: str | None = None
    form_style: FormStyle = "json"
    timeout: float | httpx2.Timeout | None = None
    headers: Mapping[str, str] | None = None

    def __repr__(self) -> str:
        # The headers may hold secrets of other services.
        return f"<Options {self.content_type}>"


class Call(NamedTuple):
    """The arguments of one call."""

    arguments: Mapping[str, object]
    """The document's parameters, by their names in Python."""
    body: object
    options: Options


def seal(
    *, arguments: Mapping[str, object] | None = None, body: object = UNSET, options: Options | None = None
) -> Sealed[Call]:
    """Hide the arguments of a method from readers of locals, in all frames that pass them on."""
    return Sealed(Call(arguments or {}, body, options or Options()))


class Request(NamedTuple):
    """The bytes of a request; the same for every attempt, in threads and in tasks."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    content: bytes | None
    timeout: httpx2.Timeout
    secrets: tuple[str, ...] = ()
    """What the address must not be shown with, quoted as in the query."""

    def __repr__(self) -> str:
        return f"<Request {self.method}>"


def prepare(settings: Sealed[Settings], operation: Operation[Any], call: Sealed[Call]) -> Sealed[Request]:
    """Make the request. Raises TypeError and ValueError, which name the field and never its value; nothing is sent."""
    return sheltered(_prepare_sealed, settings, operation, call)


def _prepare_sealed(settings: Sealed[Settings], operation: Operation[Any], call: Sealed[Call]) -> Sealed[Request]:
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
        headers = _merged(headers, options.headers, settings.schemes)
    if content_type is not None:
        headers.append(("Content-Type", content_type))
    secrets: tuple[str, ...] = ()
    for location, name, secret in chosen:
        if location == "header":
            headers.append((name, secret.reveal()))
        elif location == "cookie":
            cookies.append(f"{name}={secret.reveal()}")
        else:
            secrets += (quote_plus(secret.reveal()),)
            pairs.append(f"{quote_plus(name)}={secrets[-1]}")
    if cookies:
        headers.append(("Cookie", "; ".join(cookies)))
    url = (_address(settings, operation.server) if operation.server else settings.base_url) + path
    if pairs:
        url += "?" + "&".join(pairs)
    return Request(operation.method, url, tuple(headers), content, timeout, secrets)


def _address(settings: Settings, server: str) -> str:
    """The address to send to. A base_url other than the document's replaces every server, whose path is kept."""
    default = settings.default_base_url
    if settings.base_url == default:
        return server
    host = settings.base_url.removesuffix(httpx2.URL(default).path.rstrip("/"))
    return host + httpx2.URL(server).path.rstrip("/")


def _merged(
    headers: Iterable[tuple[str, str]], own: Mapping[str, str], schemes: Sequence[Scheme]
) -> list[tuple[str, str]]:
    """The headers; those of the call replace those of the same name."""
    added = check_headers(own, schemes)
    replaced = {name.lower() for name, _ in added}
    return [(name, value) for name, value in headers if name.lower() not in replaced] + added
