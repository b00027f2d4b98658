"""Normalizes the client's document for the generator, so that nothing is dropped silently.

What the generator would ignore is rewritten where an equivalent exists, passed to the templates where the runtime
supports it, reported as a note where programs can do without it, and an error where the client would be wrong.
"""

import copy
import re
from dataclasses import dataclass, field
from typing import Any

from openapi_python_client.parser.openapi import generate_operation_id
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonIdentifier

from spot_tools.errors import ToolError
from spot_tools.openapi.documents import as_object
from spot_tools.openapi.nodes import IGNORED_HEADERS, Document, Node, operations

from . import credentials, media, schemas, servers, styles
from .credentials import Scheme

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass
class Normalized:
    """A document for the generator, and what the generator cannot read from it."""

    document: dict[str, Any]
    base_url: str
    schemes: list[Scheme]
    """The schemes that become arguments of the client; the token first, where there is one."""
    notes: list[str] = field(default_factory=list[str])
    """Sentences on what the client leaves out."""
    facts: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """Python code for the templates, by name of the operation."""
    content_types: dict[str, str] = field(default_factory=dict[str, str])
    """Media types, and the ones that the generator treats them as."""


def normalize(raw: dict[str, Any], name: str, variables: str) -> Normalized:
    """Normalize a document for the generator.

    Args:
        raw: the effective document; it is not changed.
        name: the name that messages use.
        variables: the prefix of environment variables, such as SPOT.

    Raises:
        ToolError: the client cannot support a part of the document, which the message names.

    """
    document = Document(name, copy.deepcopy(raw))
    notes: list[str] = []
    made = Normalized(document.value, servers.base_url(document, notes), credentials.schemes(document), notes)
    if "webhooks" in document.value:
        made.notes.append(f"{name} has webhooks, which the client does not support")
    for path, item in document.root.members("paths").items():
        if item.get("$ref") is not None:
            document.value["paths"][path] = copy.deepcopy(item.resolved().value)
    for _, operation in operations(document):
        _inline(operation)
    made.notes += schemas.normalize(document)
    names: dict[str, str] = {}
    for label, operation in list(operations(document)):
        method = _name(operation)
        if method in names:
            raise ToolError(f"{names[method]} and {label} both have the name {method}: rename one by an overlay.")
        names[method] = label
        _normalize_operation(made, operation, label, method)
    for path in list(document.value.get("paths", {})):
        item = document.value["paths"][path]
        if not path.startswith("/"):
            del document.value["paths"][path]  # An extension.
            continue
        item.pop("parameters", None)  # Each operation has its own copy.
        document.value["paths"][_generic_path(path)] = document.value["paths"].pop(path)
    used = {scheme for fact in made.facts.values() for way in fact["ways"] for scheme in way}
    if made.schemes and not used:
        made.notes.append(f"no operation of {name} requires authentication; the client takes no token")
    made.schemes = credentials.arguments([one for one in made.schemes if one.name in used], variables)
    return made


def _normalize_operation(made: Normalized, operation: Node, label: str, method: str) -> None:
    operation.value["operationId"] = method
    ways = credentials.ways(operation, label, made.schemes, made.notes)
    operation.value["security"] = []  # The templates get the alternatives from the facts.
    parameters = _parameters(operation, label, made, ways)
    _ranges(operation)
    made.notes += media.responses(operation, label, made.content_types)
    made.facts[method] = {
        "path": repr(_generic_path(operation.path[1])),
        "ways": ways,
        "server": repr(servers.own(operation, label, made.base_url, made.notes)),
        "parameters": parameters,
        "encodings": media.body(operation, label, made.content_types, made.notes),
    }
    if "callbacks" in operation.value:
        made.notes.append(f"{label} has callbacks, which the client does not support")


def _name(operation: Node) -> str:
    """The name that the generator gives the module of the operation."""
    own = operation.value.get("operationId")
    if isinstance(own, str) and own:
        return "".join(PythonIdentifier(own, "field_"))
    path = UntrustedString(_generic_path(operation.path[1]))
    return "".join(generate_operation_id(path=path, method=operation.path[-1], prefix="field_"))


def _generic_path(path: str) -> str:
    """The path with placeholders that the generator recognizes; their names are never sent."""
    return _PLACEHOLDER.sub(lambda match: "{" + _generic(match[1]) + "}", path)


def _generic(name: str) -> str:
    plain = re.sub(r"[^a-zA-Z0-9_-]", "_", name)
    return plain if re.match(r"[a-zA-Z_-]", plain) else f"_{plain}"


def _inline(operation: Node) -> None:
    """Replace references to bodies, responses and parameters by copies; add the parameters of the path."""
    value, body = operation.value, operation.get("requestBody")
    if body is not None:
        value["requestBody"] = copy.deepcopy(body.resolved().value)
    for status, node in operation.members("responses").items():
        if status.startswith("x-"):
            del value["responses"][status]
            continue
        value["responses"][status] = copy.deepcopy(node.resolved().value)
    kept: dict[tuple[Any, Any], Any] = {}
    for node in (*operation.entries("parameters"), *operation.parent.entries("parameters")):
        parameter = node.resolved().value
        kept.setdefault((parameter.get("in"), parameter.get("name")), copy.deepcopy(parameter))
    value["parameters"] = list(kept.values())
    for message in (operation.get("requestBody"), *operation.members("responses").values()):
        if message is not None:
            media.fill(message)


def _parameters(operation: Node, label: str, made: Normalized, ways: list[list[str]]) -> dict[str, dict[str, str]]:
    """The code of each parameter, by location and name."""
    required = {name for way in ways for name in way}
    carried = {_key(one.location, one.place) for one in made.schemes if one.name in required}
    kept: list[Node] = []
    for parameter in operation.entries("parameters"):
        name, place = str(parameter.value.get("name")), str(parameter.value.get("in"))
        if _key(place, name) in carried or (place == "header" and name.lower() in IGNORED_HEADERS):
            made.notes.append(f"{label} has the {place} {name} as a parameter; the client sets it itself")
        else:
            kept.append(parameter)
    found: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}, "cookie": {}}
    for parameter in kept:
        place, code = str(parameter.value["in"]), styles.parameter(parameter, label)
        if place == "path":
            parameter.value["name"] = _generic(str(parameter.value["name"]))
        found[place][str(parameter.value["name"])] = code
        _describe(parameter.value)
    operation.value["parameters"] = [parameter.value for parameter in kept]
    return found


def _describe(parameter: dict[str, Any]) -> None:
    """Describe the schema of a parameter as the parameter itself: the generator reads only schemas."""
    schema: dict[str, Any] = parameter["schema"]
    if "$ref" in schema:
        schema = parameter["schema"] = {"allOf": [schema]}
    description = str(parameter.get("description") or schema.get("description") or "")
    if parameter.get("deprecated") is True and "deprecated" not in description.lower():
        description = f"Deprecated. {description}"
    if description.strip():
        schema["description"] = description
    if "example" in parameter:
        schema["example"] = parameter["example"]


def _key(place: str, name: str) -> tuple[str, str]:
    """The identity of a parameter: header names are case-insensitive."""
    return place, name.lower() if place == "header" else name


def _ranges(operation: Node) -> None:
    """Write status ranges in upper case: 5xx becomes 5XX."""
    responses = as_object(operation.value.get("responses")) or {}
    operation.value["responses"] = {
        status.upper() if re.fullmatch(r"[1-5]xx", status) else status: value for status, value in responses.items()
    }
