"""OpenAPI schemas compiled to JSON Schema validators, with errors as sentences."""

import json
import re
from collections.abc import Iterable
from typing import Any, cast

import jsonschema_rs

from spot_sandbox.http.messages import Body

# Bodies up to this many characters get all their errors reported; each costs about 20 microseconds.
FULLY_JUDGED = 20_000
_MAPS = ("properties", "patternProperties", "$defs", "dependentSchemas")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLES = ("items", "not", "additionalProperties", "if", "then", "else", "contains", "propertyNames")
# Keywords of OpenAPI for documentation and code generation, which a validator does not need.
_UNJUDGED = frozenset({"nullable", "example", "discriminator", "xml", "externalDocs", "deprecated", "description"})
_number = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


class SchemaError(Exception):
    """A schema of the document cannot be compiled; the message says why."""


def resolve(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """The object, or the target of its $ref within the document."""
    seen: set[str] = set()
    while "$ref" in node:
        reference: str = node["$ref"]
        if not reference.startswith("#/") or reference in seen:
            raise SchemaError(f"the reference {reference} cannot be resolved")
        seen.add(reference)
        node = document
        for part in reference[2:].split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            if name not in node:
                raise SchemaError(f"the reference {reference} cannot be resolved")
            node = node[name]
    return node


def is_3_1(document: dict[str, Any]) -> bool:
    """Whether the document is OpenAPI 3.1, whose schemas are plain JSON Schema."""
    return str(document.get("openapi")).startswith("3.1")


class _Translation:
    """Translates schemas to JSON Schema: draft 4 for OpenAPI 3.0, draft 2020-12 for 3.1."""

    def __init__(self, *, of_answers: bool, is_3_1: bool) -> None:
        self._absent = "writeOnly" if of_answers else "readOnly"
        self._is_3_1 = is_3_1

    def __call__(self, schema: Any) -> Any:
        if not isinstance(schema, dict):
            return schema  # 3.1 allows the schemas true and false.
        given = cast("dict[str, Any]", schema)
        if "$ref" in given and not self._is_3_1:
            return {"$ref": given["$ref"]}
        made = {key: value for key, value in given.items() if key not in _UNJUDGED}
        for key in _MAPS:
            if key in made:
                made[key] = {name: self(each) for name, each in made[key].items()}
        for key in _LISTS:
            if key in made:
                made[key] = [self(each) for each in made[key]]
        for key in _SINGLES:
            if key in made:
                made[key] = self(made[key])
        self._loosen(made, given)
        return made

    def _loosen(self, made: dict[str, Any], schema: dict[str, Any]) -> None:
        """Apply nullable, and drop readOnly properties of requests and writeOnly ones of answers from required."""
        properties = schema.get("properties", {})
        required = [name for name in made.pop("required", []) if not self._is_absent(properties.get(name))]
        if required:
            made["required"] = required
        if not self._is_3_1 and schema.get("nullable") and "type" in made:
            made["type"] = [made["type"], "null"]
            if "enum" in made and None not in made["enum"]:
                # OpenAPI 3.0.3 requires null in the enum too, but documents often omit it.
                made["enum"] = [*made["enum"], None]

    def _is_absent(self, property_: Any) -> bool:
        return isinstance(property_, dict) and bool(cast("dict[str, Any]", property_).get(self._absent))


class Schema:
    """One compiled schema, of requests or of answers."""

    def __init__(self, document: dict[str, Any], schema: dict[str, Any], *, of_answers: bool = False) -> None:
        components = document.get("components", {}).get("schemas", {})
        translate = _Translation(of_answers=of_answers, is_3_1=is_3_1(document))
        validator = jsonschema_rs.Draft202012Validator if is_3_1(document) else jsonschema_rs.Draft4Validator
        self._root: dict[str, Any] = {
            "allOf": [translate(schema)],
            "components": {"schemas": {name: translate(each) for name, each in components.items()}},
        }
        try:
            self._validator = validator(self._root, validate_formats=True, offline=True)
        except (ValueError, jsonschema_rs.ReferencingError) as error:
            reason = str(error).partition("\n")[0]
            raise SchemaError(f"one of its schemas is not valid ({reason})") from None

    @property
    def top(self) -> dict[str, Any]:
        """The schema of the body."""
        return self.resolve(self._root["allOf"][0])

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema, or the target of its $ref."""
        return resolve(self._root, schema)

    def allows(self, tree: Any) -> bool:
        """Whether a value conforms to the schema."""
        return self._validator.is_valid(tree)

    def problems(self, body: Body) -> dict[str, str]:
        """The problems of a body: a sentence for each wrong field (a dotted path), in the document's order."""
        found: dict[str, str] = {}
        try:
            if self._validator.is_valid(body.tree):
                return {}
            for error in self._errors(body):
                field = ".".join(part for part in error.instance_path if isinstance(part, str))
                if error.kind.name == "required":
                    name = error.kind.as_dict()["property"]
                    field = f"{field}.{name}" if field else name
                found.setdefault(field, f"{_subject(field)} {_predicate(error)}.")
        except ValueError:
            # The validator supports only a few hundred levels.
            return {"": "The body is nested too deeply."}
        return found

    def _errors(self, body: Body) -> Iterable[jsonschema_rs.ValidationError]:
        """All errors, or only the first error of a large body, which may have a hundred thousand."""
        if sum(map(len, body.texts.values())) <= FULLY_JUDGED:
            return self._validator.iter_errors(body.tree)
        try:
            self._validator.validate(body.tree)
        except jsonschema_rs.ValidationError as error:
            return [error]
        return []


def kinds_of(schema: dict[str, Any]) -> list[str]:
    """The types that a schema allows; none if it does not say."""
    kinds: str | list[str] = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else kinds


def read_scalar(text: str, schema: dict[str, Any]) -> Any:
    """A number or boolean if the schema has one and the text is one, else the text."""
    kinds = kinds_of(schema)
    is_number = ("number" in kinds or "integer" in kinds) and _number.fullmatch(text)
    if is_number or ("boolean" in kinds and text in {"true", "false"}):
        return json.loads(text)
    return text


def _subject(field: str) -> str:
    return f"The {field} field" if field else "The body"


def _predicate(error: jsonschema_rs.ValidationError) -> str:
    """The problem without the caller's value, which may be personal data."""
    kind, details = error.kind.name, error.kind.as_dict()
    if kind == "required":
        return "is required"
    if kind == "type":
        types = " or ".join(details["types"])
        of_item = error.instance_path and isinstance(error.instance_path[-1], int)
        return f"must hold items of type {types} only" if of_item else f"must be of type {types}"
    if kind == "enum":
        return "must be one of " + ", ".join(str(each) for each in details["options"])
    return f"violates {kind} in the document"
