"""Preconditions of rules: parts of the document without which a rule does not apply.

A rule lists its preconditions in `requires`. If the document lacks one of them, the rule is reported as "no longer
applies" and is neither kept nor broken.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import expectations
from .media_types import JSON
from .openapi import VENDORED, Document
from .positions import Path, positions

Schema = dict[str, Any]


@dataclass(frozen=True)
class Precondition:
    """A part of the document that a rule needs. `what` completes the sentence "the document has no …"."""

    what: str
    holds: Callable[[Document], bool]


def missing(preconditions: tuple[Precondition, ...]) -> str:
    """The first precondition that does not hold, as a sentence; empty if all hold."""
    document = Document.load(VENDORED)
    for precondition in preconditions:
        if not precondition.holds(document):
            return f"the document has no {precondition.what}"
    return ""


def answered(name: str, **keywords: str) -> Precondition:
    """A property of the response to an accepted order, with these keywords in its schema."""
    bounds = ", ".join(f"{keyword} {value}" for keyword, value in keywords.items())

    def stands(document: Document) -> bool:
        found = document.property(document.accepted_schema, name)
        return found is not None and all(found.get(keyword) == value for keyword, value in keywords.items())

    return Precondition(f"{name}{f' ({bounds})' if bounds else ''} in the answer to an order", stands)


def echoed(name: str) -> Precondition:
    """A property that both an order's body and the response have."""
    return Precondition(
        f"{name} in both an order's body and the answer to it", lambda _: expectations.echoed(name) is not None
    )


def error(part: str, status: int = 400) -> Precondition:
    """A part of the error object."""

    def stands(document: Document) -> bool:
        return document.property(document.refused_schema(status), "error", part) is not None

    return Precondition(f"error.{part} in a {status}", stands)


def error_type(value: str, status: int) -> Precondition:
    """A value that error.type allows: any, if it has no enum."""

    def stands(document: Document) -> bool:
        found = document.property(document.refused_schema(status), "error", "type")
        return found is not None and value in found.get("enum", (value,))

    return Precondition(f"error.type {value} in a {status}", stands)


def place(what: str, true_of: Callable[[Path, Schema, Schema], bool]) -> Precondition:
    """At least one place of an order's body for which `true_of(path, schema, parent schema)` holds."""

    def stands(document: Document) -> bool:
        schemas = {(): document.order_schema, **dict(positions(document, document.order_schema, ()))}
        return any(path and true_of(path, schema, schemas[path[:-1]]) for path, schema in schemas.items())

    return Precondition(f"{what} in an order's body", stands)


def _pending(document: Document) -> bool:
    found = document.property(document.accepted_schema, "status")
    return found is not None and "pending" in found.get("enum", ("pending",))


def _optional(document: Document, around: Schema, name: str) -> bool:
    """Whether an echoed field, or one within it, may be absent."""
    schema = expectations.echoed(name) if around is document.order_schema else document.property(around, name)
    if schema is None:
        return False
    inner = schema.get("properties", {})
    return name not in around.get("required", ()) or any(_optional(document, schema, below) for below in inner)


# Of an order's body
REQUIRED = place("required field", lambda path, _, around: path[-1] in around.get("required", ()))
TYPED = place("type", lambda _, schema, __: "type" in schema)
NOT_NULL = place("type without null", lambda _, schema, __: "type" in schema and not schema.get("nullable"))
ENUM = place("enum", lambda _, schema, __: "enum" in schema)
KIT_TYPES = place("list of kit_types", lambda path, schema, _: path == ("kit_types",) and schema.get("type") == "array")
OBJECT = Precondition(
    "type: object for an order's body", lambda document: document.order_schema.get("type") == "object"
)
BODY = Precondition("required body of an order", lambda document: bool(document.order_body.get("required")))
FORMS = Precondition("form media type for an order's body", lambda document: bool(document.form_types))

# Of the answer to an accepted order
ACCEPTED = Precondition(f"schema of an accepted order as {JSON}", lambda document: bool(document.accepted_schema))
STRICT_ORDER = Precondition(
    "part that every accepted order must hold", lambda _: bool(expectations.required_of_order())
)
ORDER_ID = answered("order_id")
PENDING = Precondition("status pending in the answer to an order", _pending)
CREATED = answered("created", type="string", format="date-time")
OPTIONAL = Precondition(
    "optional field in both an order's body and the answer to it",
    lambda document: any(_optional(document, document.order_schema, name) for name in expectations.ECHOED),
)

# Of an error
REFUSED = Precondition(f"schema of a 400 as {JSON}", lambda document: bool(document.refused_schema()))
STRICT_ERROR = Precondition("part that every error must hold", lambda _: bool(expectations.required_of_error(400)))

# Of the operation
TOKEN = Precondition("token required of whoever orders", lambda document: bool(document.schemes))
SCHEME = Precondition("scheme before the token", lambda _: bool(expectations.scheme()))
METHOD = Precondition("method left undeclared on the operation's path", lambda document: bool(document.other_methods))
