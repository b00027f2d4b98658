"""An operation of the document, and how the caller's arguments become the one request that goes over the wire."""

from collections.abc import Iterable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import quote, urlencode

import httpx

from .bodies import FormStyle, write_body
from .codecs import Codec
from .kinds import is_list, is_object
from .settings import Settings, check_header, check_headers, check_timeout
from .unset import UNSET

T = TypeVar("T")


class Parameter(NamedTuple):
    """A parameter in the path, the query, the headers or the cookies."""

    argument: str
    """Its name in Python."""
    name: str
    """Its name on the wire."""
    location: str
    codec: Codec


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
    needs_token: bool = False


class Options(NamedTuple):
    """What a caller may say about one call beside the document's parameters."""

    content_type: str | None = None
    form_style: FormStyle = "json"
    timeout: float | httpx.Timeout | None = None
    headers: Mapping[str, str] | None = None

    def __repr__(self) -> str:
        # Headers of the caller's may hold secrets of other services.
        return f"<Options {self.content_type}>"


class Request(NamedTuple):
    """The bytes of a request; the same for every attempt, in threads and in tasks."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    content: bytes | None
    timeout: httpx.Timeout

    def __repr__(self) -> str:
        return f"<Request {self.method}>"


def prepare(
    settings: Settings,
    operation: Operation[Any],
    arguments: Mapping[str, object],
    body: object,
    options: Options,
) -> Request:
    """Make the request. Raises TypeError and ValueError, which name the field and never its value; nothing is sent."""
    if operation.needs_token and settings.authorization is None:
        raise ValueError(f"{operation.name} needs a token: pass token= or set SPOT_API_TOKEN.")
    content, content_type = write_body(operation.bodies, body, options.content_type, options.form_style)
    accepted = "application/json" if all(success.is_json for success in operation.successes) else "*/*"
    headers: list[tuple[str, str]] = [("Accept", accepted), *settings.headers]
    path, added = _place(operation, arguments)
    headers += added
    if options.headers:
        headers = _merged(headers, options.headers)
    if content_type is not None:
        headers.append(("Content-Type", content_type))
    if settings.authorization is not None:
        headers.append(("Authorization", settings.authorization.reveal()))
    timeout = settings.timeout if options.timeout is None else check_timeout(options.timeout)
    return Request(operation.method, settings.base_url + path, tuple(headers), content, timeout)


def _place(operation: Operation[Any], arguments: Mapping[str, object]) -> tuple[str, list[tuple[str, str]]]:
    """The path with its query, and the headers, that the parameters make."""
    path, query = operation.path, list[tuple[str, str]]()
    headers: list[tuple[str, str]] = []
    cookies: list[str] = []
    for argument, name, location, codec in operation.parameters:
        value = arguments[argument]
        if value is UNSET:
            continue
        written = codec.encode(value, argument)
        if location == "path":
            path = path.replace("{" + name + "}", _path_segment(written, argument))
        elif location == "query":
            query.extend(_pairs(name, written, argument))
        elif location == "header":
            headers.append((name, check_header(name, _plain(written, argument))))
        else:
            cookies.append(f"{name}={quote(_plain(written, argument), safe='')}")
    if cookies:
        headers.append(("Cookie", "; ".join(cookies)))
    return path + ("?" + urlencode(query) if query else ""), headers


def _merged(headers: Iterable[tuple[str, str]], own: Mapping[str, str]) -> list[tuple[str, str]]:
    """The headers, with the caller's in place of those of the same name."""
    added = check_headers(own)
    replaced = {name.lower() for name, _ in added}
    return [(name, value) for name, value in headers if name.lower() not in replaced] + added


def _plain(value: Any, where: str) -> str:
    """A single value as a URL or a header says it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise ValueError(f"{where} is null or an object or list, which this place of a request cannot say.")


def _path_segment(value: Any, where: str) -> str:
    text = _plain(value, where)
    # URL parsers take an empty or dotted segment for another path, whatever the quoting.
    if text in ("", ".", ".."):
        raise ValueError(f"{where} cannot be empty or consist of dots: it is part of the address.")
    return quote(text, safe="")


def _pairs(name: str, value: Any, where: str) -> list[tuple[str, str]]:
    if is_list(value):
        return [(name, _plain(item, where)) for item in value]
    if is_object(value):
        return [(str(key), _plain(item, where)) for key, item in value.items()]
    return [(name, _plain(value, where))]
