"""The required parameters of create-order in path, query and headers."""

import re
from functools import cache
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from .openapi import VENDORED, Document
from .schema_values import Place

# These identify a request, so their values must differ between orders.
_OF_ITS_OWN = re.compile(r"idempotency|nonce|request.?id|correlation|trace", re.IGNORECASE)


@cache
def required(where: str) -> dict[str, Place]:
    """The required parameters in this location (`path`, `query` or `header`), by name."""
    document = Document.load(VENDORED)
    around = document.resolve(document.raw["paths"][document.order.path])
    declared = [*around.get("parameters", ()), *document.order.raw.get("parameters", ())]
    found = {one["name"]: one for one in map(document.resolve, declared) if one["in"] == where and one.get("required")}
    return {name: Place((name,), _schema(one)) for name, one in found.items()}


def _schema(parameter: dict[str, Any]) -> dict[str, Any]:
    """The parameter's schema, with the parameter's own example."""
    schema = Document.load(VENDORED).resolve(parameter.get("schema", {}))
    return schema | {name: parameter[name] for name in ("example",) if name in parameter}


def path() -> str:
    """The operation's path with its required path and query parameters filled in."""
    found = Document.load(VENDORED).order.path
    for name, place in required("path").items():
        found = found.replace(f"{{{name}}}", quote(text(place.usual), safe=""))
    query = "&".join(f"{quote(name)}={quote(text(place.usual), safe='')}" for name, place in required("query").items())
    return f"{found}?{query}" if query else found


def headers(own: str) -> tuple[tuple[str, str], ...]:
    """The required headers. `own` must be unique to the request; it seeds headers such as idempotency keys."""
    return tuple((name, text(_value(name, place, own))) for name, place in required("header").items())


def _value(name: str, place: Place, own: str) -> object:
    if not _OF_ITS_OWN.search(name):
        return place.usual
    return place.sample(first=(str(uuid5(NAMESPACE_URL, own)), own))


def text(value: object) -> str:
    """A value as it is written in a header, a path or a query."""
    return str(value).lower() if isinstance(value, bool) else str(value)
