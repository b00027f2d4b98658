"""What the document requires of responses: fields of an order, fields of an error, and echoed fields."""

from functools import cache
from typing import Any

from .openapi import STRICT, VENDORED, Document

ECHOED = ("recipient", "kit_types", "metadata")


@cache
def echoed(name: str) -> dict[str, Any] | None:
    """The schema of the field that is echoed under this name; None unless both request and response have it."""
    document = Document.load(VENDORED)
    sent = document.property(document.order_schema, name)
    answered = document.property(document.accepted_schema, name)
    return None if sent is None or answered is None else _of_both(document, sent, answered)


def _of_both(document: Document, sent: dict[str, Any], answered: dict[str, Any]) -> dict[str, Any]:
    """The request's schema, reduced to the properties that the response has too."""
    own = document.resolve(sent)
    if "properties" not in own or not (others := document.resolve(answered).get("properties", {})):
        return own
    both = {name: inner for name, inner in own["properties"].items() if name in others}
    return own | {"properties": {name: _of_both(document, inner, others[name]) for name, inner in both.items()}}


@cache
def required_of_order() -> tuple[str, ...]:
    """The fields that an accepted order must have: required by the strict document and declared in the vendored one."""
    return _required(Document.load(STRICT).accepted_schema, Document.load(VENDORED).accepted_schema)


@cache
def required_of_error(status: int) -> tuple[str, ...]:
    """The fields that the error object must have in a response with this status."""
    documents = (Document.load(path) for path in (STRICT, VENDORED))
    strict, vendored = (document.property(document.refused_schema(status), "error") for document in documents)
    return _required(strict or {}, vendored or {})


def _required(strict: dict[str, Any], vendored: dict[str, Any]) -> tuple[str, ...]:
    declared = Document.load(VENDORED).resolve(vendored).get("properties", {})
    return tuple(name for name in Document.load(STRICT).resolve(strict).get("required", ()) if name in declared)


@cache
def error_types() -> tuple[str, ...]:
    """The values that the document declares for error.type."""
    document = Document.load(STRICT)
    kind = document.property(document.refused_schema(), "error", "type") or {}
    return tuple(kind.get("enum", ("bad_request",)))


@cache
def scheme() -> str:
    """The scheme before the token in the Authorization header; empty if the document names none."""
    documents = (Document.load(path) for path in (VENDORED, STRICT))
    return next((name for document in documents for name in document.schemes if name), "")
