"""Parameters of an operation: each OpenAPI style in path, query, headers and cookies."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, quote_plus

from ..configuration.settings import check_header
from ..models.codecs import Codec
from ..values.unset import UNSET
from .texts import entries, plain, to_json

_DELIMITERS = {"form": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C"}
_HARMLESS_IN_QUERIES = ":/?@!$'()*,;"
"""Characters that have the same meaning quoted or not, unlike & = + # and brackets."""


class Parameter(NamedTuple):
    """A parameter in the path, the query, the headers or the cookies."""

    argument: str
    """The name in Python."""
    name: str
    """The name in the request."""
    location: str
    codec: Codec
    style: str = ""
    """The style, if it is not the default of the location; `json` if the document asks for JSON text."""
    explode: bool = False
    """Whether each entry of a list or an object is written separately. A query without a style always does so."""
    allow_reserved: bool = False


class Placed(NamedTuple):
    """The parts of a request that contain parameters."""

    path: str
    query: list[str]
    """Quoted pairs."""
    headers: list[tuple[str, str]]
    cookies: list[str]
    """Quoted pairs."""


def place(path: str, parameters: Iterable[Parameter], arguments: Mapping[str, object]) -> Placed:
    """Write the arguments into the request. Raises TypeError and ValueError, which name the argument."""
    placed = Placed(path, [], [], [])
    for parameter in parameters:
        value = arguments[parameter.argument]
        if value is UNSET:
            continue
        written = parameter.codec.encode(value, parameter.argument)
        if parameter.style == "json":
            written = to_json(written)
        if parameter.location == "path":
            path = path.replace("{" + parameter.name + "}", _path_segment(parameter, written))
        elif parameter.location == "query":
            placed.query.extend(_query(parameter, written))
        elif parameter.location == "header":
            text = check_header(parameter.name, _header(parameter, written))
            placed.headers.append((parameter.name, text))
        else:
            placed.cookies.append(f"{parameter.name}={_joined(parameter, written, ',', _quoted)}")
    return placed._replace(path=path)


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _flat(found: list[tuple[str, str]] | list[str]) -> list[str]:
    return [text for entry in found for text in (entry if isinstance(entry, tuple) else (entry,))]


def _joined(parameter: Parameter, value: Any, delimiter: str, write: Any) -> str:
    """A list or an object as one text, in the given order. An exploded object has entries key=value."""
    found = entries(value, parameter.argument)
    if found is None:
        return str(write(plain(value, parameter.argument)))
    if parameter.explode:
        pairs = ("=".join(map(write, entry)) if isinstance(entry, tuple) else write(entry) for entry in found)
        return delimiter.join(pairs)
    return delimiter.join(map(write, _flat(found)))


def _path_segment(parameter: Parameter, value: Any) -> str:
    if parameter.style == "label":
        return "." + _path_text(
            _joined(parameter, value, "." if parameter.explode else ",", _quoted), parameter.argument
        )
    if parameter.style == "matrix":
        return _matrix(parameter, value)
    return _path_text(_joined(parameter, value, ",", _quoted), parameter.argument)


def _matrix(parameter: Parameter, value: Any) -> str:
    name, found = _quoted(parameter.name), entries(value, parameter.argument)
    if found is not None and parameter.explode:
        pairs = [entry if isinstance(entry, tuple) else (parameter.name, entry) for entry in found]
        return "".join(f";{_quoted(key)}={_quoted(text)}" for key, text in pairs)
    return f";{name}={_joined(parameter, value, ',', _quoted)}"


def _path_text(text: str, where: str) -> str:
    # URL parsers resolve an empty or dotted segment to another path, whether it is quoted or not.
    if text in ("", ".", ".."):
        raise ValueError(f"{where} must not be empty, '.' or '..': it is part of the address.")
    return text


def _header(parameter: Parameter, value: Any) -> str:
    found = entries(value, parameter.argument)
    if found is not None and any("," in text for text in _flat(found)):
        raise ValueError(f"{parameter.argument} contains a comma, which separates the entries of this header.")
    return _joined(parameter, value, ",", str)


def _query(parameter: Parameter, value: Any) -> Iterable[str]:
    """Quoted pairs."""
    safe = _HARMLESS_IN_QUERIES if parameter.allow_reserved else ""
    name, style = parameter.name, parameter.style
    found = entries(value, parameter.argument)
    if found is None:
        yield f"{quote_plus(name)}={quote_plus(plain(value, parameter.argument), safe=safe)}"
    elif not style or (parameter.explode and style != "deepObject"):
        for entry in found:
            key, text = entry if isinstance(entry, tuple) else (name, entry)
            yield f"{quote_plus(key)}={quote_plus(text, safe=safe)}"
    elif style == "deepObject":
        for entry in found:
            key, text = entry if isinstance(entry, tuple) else ("", entry)
            yield f"{quote_plus(f'{name}[{key}]')}={quote_plus(text, safe=safe)}"
    else:
        delimiter = _DELIMITERS[style]
        # A comma is quoted inside an entry and unquoted as a separator. The other two separators are always quoted.
        if any(_quoted(character) == delimiter for text in _flat(found) for character in text):
            raise ValueError(f"{parameter.argument} contains the character that separates its entries.")
        yield f"{quote_plus(name)}={delimiter.join(quote(text, safe=safe.replace(',', '')) for text in _flat(found))}"
