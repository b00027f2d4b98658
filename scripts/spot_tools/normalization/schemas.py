"""Normalizing schemas: what the generator would reject, misread or ignore is rewritten to an equivalent."""

import copy
import datetime as dt
import re
import uuid
from collections.abc import Iterator
from typing import Any

from openapi_python_client import strings

from spot_tools.errors import ToolError
from spot_tools.openapi.documents import as_list, as_object
from spot_tools.openapi.nodes import Document

from . import class_names, directions, overlaps, parents

Schema = dict[str, Any]

_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTS = ("allOf", "oneOf", "anyOf", "prefixItems")
_SINGLE = ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames")
_COMPONENT = re.compile(r"#/components/[^/]+/[^/]+")
_TYPED = ("type", "$ref", "properties", "items", "enum", "const", *_LISTS)
"""Keywords that say something about the type of a value."""


def normalize(document: Document) -> list[str]:
    """Rewrite every schema for the generator; return notes on what the client ignores. Raises ToolError.

    References to bodies and responses must be resolved already.
    """
    notes: list[str] = []
    for schema in list(_schemas(document.value)):
        _normalize_booleans(schema)
    _hoist(document)
    components: Schema = (as_object(document.value.get("components")) or {}).get("schemas") or {}
    parents.extract_shared(components)
    for schema in list(_schemas(document.value)):
        if schema.get("type") == "array" and not {"items", "prefixItems"} & schema.keys():
            schema["items"] = {}
        _normalize_enum(schema, notes)
        if "default" in schema and not _has_usable_default(schema):
            notes.append(f"the default {schema.pop('default')!r} does not match its schema; the client ignores it")
    for schema in list(_schemas(document.value)):
        _normalize_branches(schema)
    for schema in list(_schemas(document.value)):
        _normalize_discriminator(schema, components)
    for schema in list(_schemas(document.value)):
        overlaps.merge_properties(document, schema)
    notes += class_names.distinguish(document, list(_schemas(document.value)))
    directions.split(document, _schemas)
    for schema in _schemas(document.value):
        if not schema.get("required", True):
            del schema["required"]
    return notes


def describe_parts(document: Document, schema: object) -> None:
    """Mark the files of a multipart form, which OpenAPI 3.1 describes by a media type or without a type."""
    form = as_object(schema) or {}
    if isinstance(form.get("$ref"), str):
        form = as_object(document.root.follow(form["$ref"]).value) or {}
    for value in (as_object(form.get("properties")) or {}).values():
        inner = as_object(value) or {}
        inner = as_object(inner.get("items")) or inner
        annotated = (
            "contentMediaType" in inner and "contentEncoding" not in inner and inner.get("type", "string") == "string"
        )
        if document.is_json_schema and (annotated or not set(_TYPED) & inner.keys()):
            inner |= {"type": "string", "format": "binary"}


def _schemas(value: object, *, is_schema: bool = False) -> Iterator[Schema]:
    """Every schema object in a value, inner ones first."""
    mapping = as_object(value)
    if mapping is None:
        for entry in as_list(value) or []:
            yield from _schemas(entry, is_schema=is_schema)
    elif is_schema:
        for inner in [entry for key in _MAPS for entry in (as_object(mapping.get(key)) or {}).values()]:
            yield from _schemas(inner, is_schema=True)
        for key in (*_LISTS, *_SINGLE):
            yield from _schemas(mapping.get(key), is_schema=True)
        yield mapping
    else:
        for key, inner in list(mapping.items()):
            if key == "schemas":
                yield from _schemas(list((as_object(inner) or {}).values()), is_schema=True)
            elif key not in ("example", "examples", "default") and not str(key).startswith("x-"):
                yield from _schemas(inner, is_schema=key == "schema")


def _normalize_booleans(schema: Schema) -> None:
    """Replace the schema true by an empty one, and remove what the schema false forbids."""
    for key in _MAPS:
        entries: dict[str, Any] = as_object(schema.get(key)) or {}
        for name in [name for name, inner in entries.items() if inner is False]:
            del entries[name]
        entries.update({name: {} for name, inner in entries.items() if inner is True})
    for key in _LISTS:
        if key in schema:
            schema[key] = [{} if inner is True else inner for inner in schema[key] if inner is not False]
    if schema.get("items") is True:
        schema["items"] = {}
    elif schema.get("items") is False:
        del schema["items"]


def _hoist(document: Document) -> None:
    """Make a component of each schema that is referenced elsewhere, such as in $defs."""
    components = document.value.setdefault("components", {}).setdefault("schemas", {})
    names: dict[str, str] = {}
    for schema in list(_schemas(document.value)):
        reference = schema.get("$ref")
        if not isinstance(reference, str) or _COMPONENT.fullmatch(reference):
            continue
        if not reference.startswith("#/"):
            raise ToolError(
                f"{document.name} refers to {reference}, which is not supported: expected a component, such as "
                "#/components/schemas/Kit."
            )
        if reference not in names:
            names[reference] = _move(document, reference, components)
        schema["$ref"] = f"#/components/schemas/{names[reference]}"


def _move(document: Document, reference: str, components: dict[str, Any]) -> str:
    target = document.root.follow(reference)
    words = [word for word in target.path if word not in {"components", "schemas", "paths", *_MAPS, *_SINGLE}]
    name = strings.pascal_case(words[-1] if words else "Schema") or "Schema"
    if name in components:
        name = strings.pascal_case("_".join(words[-2:]))
    while name in components:
        name += "_"
    value = as_object(target.value)
    if value is None:
        raise ToolError(f"{document.name} refers to {reference}, which is not a schema.")
    components[name] = dict(value)
    value.clear()
    value["$ref"] = f"#/components/schemas/{name}"
    return name


def _normalize_enum(schema: Schema, notes: list[str]) -> None:
    """Remove duplicate values and give values distinct names; drop enums that are not of strings or integers."""
    values = as_list(schema.get("enum"))
    if values is None:
        return
    seen: list[Any] = []
    for value in values:
        if not any(value == one and type(value) is type(one) for one in seen):
            seen.append(value)
    schema["enum"] = seen
    listed = [value for value in seen if value is not None]
    kinds: set[type] = {type(value) for value in listed}
    if kinds - {str} and kinds - {int}:
        del schema["enum"]
        notes.append(
            f"the enumeration {', '.join(map(repr, listed))[:80]} has several types; the client accepts any value"
        )
        return
    named = [str(name) for name in as_list(schema.get("x-enum-varnames")) or []]
    if len(named) != len(listed):
        named = [_member_name(index, value) for index, value in enumerate(listed)]
    given = [strings.snake_case(name).upper() for name in named]
    schema["x-enum-varnames"] = _distinct([name if name.isidentifier() else f"VALUE_{name}" for name in given])


def _normalize_branches(schema: Schema) -> None:
    """Copy properties next to a union into each branch; drop a union that only restricts, which the server checks."""
    for key in ("oneOf", "anyOf"):
        branches = [branch for branch in map(as_object, as_list(schema.get(key)) or []) if branch is not None]
        if not branches or "properties" not in schema or "discriminator" in schema:
            continue
        if not any(set(branch) - {"required", "not", "description"} for branch in branches):
            del schema[key]
            continue
        kept = ("type", "properties", "required", "additionalProperties")
        base = {word: schema.pop(word) for word in kept if word in schema}
        schema[key] = [{"allOf": [branch, copy.deepcopy(base)]} for branch in branches]


def _has_usable_default(schema: Schema) -> bool:
    """Whether the generator can write the default as Python."""
    default, listed = schema["default"], schema.get("type")
    if isinstance(default, dict):
        return False
    several = as_list(listed)
    if several is not None:
        types: list[Any] = [kind for kind in several if kind not in ("null", None)]
        return default is None or any(_has_usable_default({**schema, "type": kind}) for kind in types)
    kind = listed
    if default is None or "enum" in schema:
        return default is None or default in schema["enum"]
    kinds: dict[Any, tuple[type, ...]] = {
        "integer": (int,),
        "number": (int, float),
        "string": (str,),
        "boolean": (bool,),
    }
    if kind in kinds and (not isinstance(default, kinds[kind]) or isinstance(default, bool) != (kind == "boolean")):
        return False
    try:
        if schema.get("format") == "uuid":
            uuid.UUID(default)
        elif schema.get("format") in ("date", "date-time"):
            dt.datetime.fromisoformat(default)
    except (ValueError, TypeError, AttributeError):
        return False
    return True


def _member_name(index: int, value: object) -> str:
    """The generator's own name for a value, but where possible no name that changes with the value's position."""
    if isinstance(value, int):
        return f"VALUE_NEGATIVE_{-value}" if value < 0 else f"VALUE_{value}"
    text = str(value).upper()
    if text[:1].isalpha():
        return text
    if text[:1] == "-" and text[1:2].isalpha():  # The reverse order, as in ordering=-created.
        return f"MINUS_{text[1:]}"
    return f"VALUE_{text}" if text.isdecimal() else f"VALUE_{index}"


def _distinct(names: list[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        number, candidate = 1, name
        while candidate in found or (number > 1 and candidate in names):
            number += 1
            candidate = f"{name}_{number}"
        found.append(candidate)
    return found


def _normalize_discriminator(schema: Schema, components: dict[str, Any]) -> None:
    """Restrict the discriminator property of each branch to the values that stand for it."""
    discriminator = as_object(schema.get("discriminator")) or {}
    name, mapping = discriminator.get("propertyName"), as_object(discriminator.get("mapping")) or {}
    kinds = [
        str(part["$ref"]).rpartition("/")[2]
        for part in map(as_object, schema.get("oneOf") or schema.get("anyOf") or [])
        if part is not None and "$ref" in part
    ]
    if not isinstance(name, str) or len(set(kinds)) < 2:  # noqa: PLR2004 - a union has at least two branches
        return
    values: dict[str, list[str]] = {}
    for value, target in mapping.items():
        values.setdefault(str(target).rpartition("/")[2], []).append(str(value))
    for kind in kinds:
        component = as_object(components.get(kind))
        if component is not None and not {"oneOf", "anyOf"} & component.keys():
            _distinguish(component, name, values.get(kind, [kind]))


def _distinguish(component: Schema, name: str, values: list[str]) -> None:
    properties = as_object(component.get("properties")) or {}
    present = as_object(properties.get(name)) or {}
    if "const" in present or set(as_list(present.get("enum")) or ["", *values]) <= set(values):
        return
    tag: Schema = {key: present[key] for key in ("description", "example") if key in present}
    tag |= {"type": "string", "enum": values}
    if name not in properties and "allOf" in component:
        component["allOf"] = [*component["allOf"], {"type": "object", "properties": {name: tag}}]
    else:
        component["properties"] = {**properties, name: tag}
