"""What the document makes an answer hold: the parts of an order, the parts of an error, and what comes back as sent."""

from functools import cache
from typing import Any

from .openapi import STRICT, VENDORED, Document

ECHOED = ("recipient", "kit_types", "metadata")


@cache
def echoed(name: str) -> dict[str, Any] | None:
    """The schema of what comes back under this name, or None where the document has it on one side alone."""
    document = Document.load(VENDORED)
    sent = document.property(document.order_schema, name)
    answered = document.property(document.accepted_schema, name)
    return None if sent is None or answered is None else _of_both(document, sent, answered)


def _of_both(document: Document, sent: dict[str, Any], answered: dict[str, Any]) -> dict[str, Any]:
    """The schema of what was sent with those properties alone that the answer has too."""
    own = document.resolve(sent)
    if "properties" not in own or not (others := document.resolve(answered).get("properties", {})):
        return own
    both = {name: inner for name, inner in own["properties"].items() if name in others}
    return own | {"properties": {name: _of_both(document, inner, others[name]) for name, inner in both.items()}}


@cache
def required_of_order() -> tuple[str, ...]:
    """What an accepted order must hold: what the strict document requires of what the vendored one has."""
    return _required(Document.load(STRICT).accepted_schema, Document.load(VENDORED).accepted_schema)


@cache
def required_of_error(status: int) -> tuple[str, ...]:
    """What the error object of this status must hold."""
    documents = (Document.load(path) for path in (STRICT, VENDORED))
    strict, vendored = (document.property(document.refused_schema(status), "error") for document in documents)
    return _required(strict or {}, vendored or {})


def _required(strict: dict[str, Any], vendored: dict[str, Any]) -> tuple[str, ...]:
    declared = Document.load(VENDORED).resolve(vendored).get("properties", {})
    return tuple(name for name in Document.load(STRICT).resolve(strict).get("required", ()) if name in declared)


@cache
def error_types() -> tuple[str, ...]:
    """The error types that the document knows."""
    document = Document.load(STRICT)
    kind = document.property(document.refused_schema(), "error", "type") or {}
    return tuple(kind.get("enum", ("bad_request",)))


@cache
def scheme() -> str:
    """What the document wants before the token; empty where it names nothing."""
    documents = (Document.load(path) for path in (VENDORED, STRICT))
    return next((name for document in documents for name in document.schemes if name), "")
