"""Validation of OpenAPI documents: the first error, its place, and what to do."""

import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft4Validator, Draft202012Validator
from jsonschema_path.paths import SchemaPath
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator, schemas

from spot_tools.errors import ToolError
from spot_tools.openapi.nodes import Document, Node, operations
from spot_tools.openapi.structure import check


def validate(document: Document) -> None:
    """Raise ToolError that names the place where the document is invalid, or says that it has no operation."""
    check(document)
    kind = _V31 if document.is_json_schema else _V30
    error: Any = next(iter(kind(document.value).iter_errors()), None)
    if error is not None:
        error = _innermost(_with_context(document, error))
        reason = " ".join(str(getattr(error, "message", error)).partition("\n")[0].split())
        reason = re.sub(r"^[\[{].*[\]}] is ", "the value is ", reason)
        raise ToolError(
            f"{document.name} is not a valid OpenAPI document: at {_place(document, error)}, "
            f"{textwrap.shorten(reason, 200)}. Ask the provider; until then correct a copy and pass that file."
        )
    if not any(operations(document)):
        raise ToolError(f"{document.name} has no operation to build a client of.")


def _with_context(document: Document, error: Any) -> Any:
    """The same error with the errors of each alternative, which the fast validator leaves out."""
    if getattr(error, "context", None) or " is not valid under " not in str(getattr(error, "message", "")):
        return error
    known: Any = schemas
    if document.is_json_schema:
        slow: Any = Draft202012Validator(dict(known.schema_v31))
    else:
        slow = Draft4Validator(dict(known.schema_v30))
    wanted = [str(key) for key in error.absolute_path]
    errors: Iterator[Any] = slow.iter_errors(document.value)
    return next((one for one in errors if [str(key) for key in one.absolute_path] == wanted), error)


def _innermost(error: Any) -> Any:
    """The error in the alternative that was intended, which is never the reference where there is no $ref."""
    while getattr(error, "context", None):
        branches: dict[Any, list[Any]] = defaultdict(list)
        for inner in error.context:
            branches[inner.schema_path[0]].append(inner)
        intended = [
            found for found in branches.values() if not any("'$ref' is a required" in inner.message for inner in found)
        ]
        if len(intended) != 1:
            return error
        error = max(intended[0], key=lambda inner: len(inner.absolute_path))
    return error


def _place(document: Document, error: Any) -> str:
    """The JSON Pointer of the error, with references resolved."""
    node = document.root
    for key in map(str, getattr(error, "absolute_path", ())):
        node = node.resolved()
        entries = {entry.path[-1]: entry for entry in Node(document, (), {"": node.value}).entries("")}
        value = entries[key].value if key in entries else node.read(key)
        node = Node(document, (*node.path, key), value)
    return node.pointer or "/"


def _placed(validator: type[Any], below: tuple[str, ...] = ()) -> type[Any]:
    """The validator, adding its place to each error that has none."""

    def call(self: Any, *arguments: Any, **options: Any) -> Iterator[Any]:
        looked_at = [argument for argument in arguments if isinstance(argument, SchemaPath)]
        for error in validator.__call__(self, *arguments, **options):
            if looked_at and not getattr(error, "is_placed", False):
                error.path.extendleft(reversed([*looked_at[0].parts, *below]))
                error.is_placed = True
            yield error

    return type(validator.__name__, (validator,), {"__call__": call})


def _collect_properties(self: Any, schema: Any, above: frozenset[int] = frozenset()) -> set[str]:
    """The property names of a schema. The validator's own method does not end for a union that its branches extend."""
    if id(schema.read_value()) in above:
        return set()
    below = above | {id(schema.read_value())}
    found = {str(name) for name, _ in (schema / "properties").items()} if "properties" in schema else set[str]()
    inner = [branch for key in ("allOf", "anyOf", "oneOf") if key in schema for branch in schema / key]
    inner += [schema / key for key in ("items", "not") if key in schema]
    return found.union(*(_collect_properties(self, entry, below) for entry in inner))


def _validators(validators: Any) -> dict[str, type[Any]]:
    made = {key: _placed(one, ("default",) if key == "default" else ()) for key, one in validators.items()}
    made["schema"] = type("Schema", (made["schema"],), {"_collect_properties": _collect_properties})
    return made


class _V30(OpenAPIV30SpecValidator):
    keyword_validators = _validators(OpenAPIV30SpecValidator.keyword_validators)


class _V31(OpenAPIV31SpecValidator):
    keyword_validators = _validators(OpenAPIV31SpecValidator.keyword_validators)
