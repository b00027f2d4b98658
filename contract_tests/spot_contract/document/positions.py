"""Every place in an order's body that the schema describes."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from .openapi import VENDORED, Document

Path = tuple[str, ...]
_DEEPEST = 6  # Recursive schemas have places of any depth.


def positions(document: Document, schema: dict[str, Any], path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Each place below a schema, with its own schema. `[]` stands for each item of a list."""
    if len(path) > _DEEPEST:
        return
    schema = document.resolve(schema)
    for name, inner in schema.get("properties", {}).items():
        yield (*path, name), document.resolve(inner)
        yield from positions(document, inner, (*path, name))
    if "items" in schema:
        yield (*path, "[]"), document.resolve(schema["items"])
        yield from positions(document, schema["items"], (*path, "[]"))


@cache
def places() -> dict[Path, dict[str, Any]]:
    """Each place of an order's body in the vendored document, with its schema."""
    document = Document.load(VENDORED)
    return dict(positions(document, document.order_schema, ()))


def as_text(path: Path) -> str:
    """A place as reports and waivers write it: `recipient.address.zip`, `kit_types[]`."""
    return ".".join(path).replace(".[]", "[]")
