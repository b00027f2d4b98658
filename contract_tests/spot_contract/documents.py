"""The documents the suite judges by, and what their schemas say about a value."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, cast

import yaml
from jsonschema import Draft4Validator, Draft202012Validator
from jsonschema.protocols import Validator

from .errors import CannotJudge
from .jsontext import is_list, is_object

ROOT = Path(__file__).resolve().parents[2]
VENDORED = ROOT / "openapi" / "spot-api-v2.yaml"
STRICT = ROOT / "openapi" / "effective" / "contract.yaml"
_METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    path: str
    method: str
    raw: Mapping[str, Any]

    @property
    def media_types(self) -> list[str]:
        """The names of the bodies it takes."""
        return list(self.raw.get("requestBody", {}).get("content", {}))


@dataclass(frozen=True)
class Document:
    """An OpenAPI 3.0 document. Schemas are read as JSON Schema with `nullable` understood."""

    raw: dict[str, Any]

    @classmethod
    @lru_cache
    def load(cls, path: Path) -> "Document":
        """Raises CannotJudge where there is no readable OpenAPI document."""
        try:
            raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeError, yaml.YAMLError) as error:
            raise CannotJudge(
                f"The document {path.name} cannot be read ({type(error).__name__}); restore it."
            ) from error
        if not is_object(raw) or "paths" not in raw:
            raise CannotJudge(f"{path.name} is not an OpenAPI document: it has no paths.")
        return cls(raw)

    @cached_property
    def operations(self) -> list[Operation]:
        """Every operation, in the order of the document."""
        return [
            Operation(path, method, item[method])
            for path, item in self.raw["paths"].items()
            for method in _METHODS
            if method in item
        ]

    @cached_property
    def order(self) -> Operation:
        """The operation that this contract is about: the one whose body is CreateOrder."""
        for operation in self.operations:
            if operation.method == "post" and "CreateOrder" in json.dumps(operation.raw.get("requestBody", {})):
                return operation
        raise CannotJudge("The document has no operation that takes CreateOrder, so there is nothing to judge.")

    def resolve(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The schema itself in place of a reference to it."""
        found = dict(schema)
        while "$ref" in found:
            node: Any = self.raw
            for part in str(found["$ref"]).removeprefix("#/").split("/"):
                node = node[part.replace("~1", "/").replace("~0", "~")]
            found = dict(node)
        return found

    def declared(self, schema: Mapping[str, Any], value: Any) -> Any:
        """The value without the properties that the schema does not name, where it names any."""
        properties = self.resolve(schema).get("properties")
        if not properties or not is_object(value):
            return value
        return {name: self.declared(inner, value[name]) for name, inner in properties.items() if name in value}

    def schema(self, name: str) -> dict[str, Any]:
        """The component schema of that name, as written."""
        return cast("dict[str, Any]", self.raw["components"]["schemas"][name])

    @lru_cache  # noqa: B019  # Two documents live as long as the run.
    def validator(self, name: str) -> Validator:
        """A validator of the named schema."""
        return self._validator({"$ref": f"#/components/schemas/{name}"})

    def _validator(self, schema: Mapping[str, Any]) -> Validator:
        kind = Draft4Validator if str(self.raw["openapi"]).startswith("3.0") else Draft202012Validator
        return kind({"allOf": [_plain(schema)], "components": {"schemas": self._plain_schemas}})

    @cached_property
    def _plain_schemas(self) -> object:
        return {name: _plain(schema) for name, schema in self.raw.get("components", {}).get("schemas", {}).items()}

    def breaks(self, name: str, value: object) -> Iterator[str]:
        """In what ways a value does not conform to the named schema: nothing where it conforms."""
        yield from _told(self.validator(name), value)

    def breaks_schema(self, schema: Mapping[str, Any], value: object) -> Iterator[str]:
        """In what ways a value does not conform to a schema of this document: nothing where it conforms."""
        yield from _told(self._validator(schema), value)

    def conforms(self, name: str, value: object) -> bool:
        """Whether a value conforms to the named schema."""
        return bool(self.validator(name).is_valid(cast("Any", value)))

    def __hash__(self) -> int:
        return id(self)


def _told(validator: Validator, value: object) -> Iterator[str]:
    for error in validator.iter_errors(cast("Any", value)):
        where = ".".join(str(part) for part in error.absolute_path) or "the body"
        yield f"{where}: {error.message[:200]}"


def _plain(schema: object) -> object:
    """The schema with `nullable` as JSON Schema says it. References stay, since a schema may refer to itself."""
    if is_list(schema):
        return [_plain(part) for part in schema]
    if not is_object(schema) or "$ref" in schema:
        return schema
    plain: dict[str, object] = {}
    for key, value in schema.items():
        if key == "properties":
            plain[key] = {name: _plain(part) for name, part in value.items()}
        elif key not in {"nullable", "example"}:
            plain[key] = value if key in {"enum", "default", "required"} else _plain(value)
    if schema.get("nullable") is True:
        return {"anyOf": [{"enum": [None]}, plain]}
    return plain
