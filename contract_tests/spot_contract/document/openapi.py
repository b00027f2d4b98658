"""The OpenAPI documents that the suite judges by, and validation against their schemas."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, cast

import yaml
from jsonschema import Draft4Validator, Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator

from spot_contract.errors import CannotJudge

from .json_values import is_list, is_object
from .media_types import JSON, MULTIPART, URLENCODED

_CARRIED = Path(__file__).resolve().parents[1] / "openapi"  # The distribution contains the documents.
_FOLDER = _CARRIED if _CARRIED.is_dir() else Path(__file__).resolve().parents[3] / "openapi"
VENDORED = _FOLDER / "spot-api-v2.yaml"
STRICT = _FOLDER / "effective" / "contract.yaml"
_METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


_IN_PLACE: dict[Path, dict[str, Any]] = {}  # Replacements for the bundled documents (--document).


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    path: str
    method: str
    raw: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Document:
    """An OpenAPI 3.0 or 3.1 document. Schemas are read as JSON Schema; `nullable` is supported."""

    raw: dict[str, Any]

    @classmethod
    @lru_cache
    def load(cls, path: Path) -> "Document":
        """The document in a file, or its replacement (see `judge_by`).

        Raises CannotJudge if there is no readable OpenAPI document.
        """
        if path in _IN_PLACE:
            return cls(_IN_PLACE[path])
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CannotJudge(
                f"The document {path.name} cannot be read ({type(error).__name__}); restore it."
            ) from error
        return cls(parse(data, path.name))

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the content, independent of YAML or JSON formatting."""
        return hashlib.sha256(json.dumps(self.raw, sort_keys=True, default=str).encode()).hexdigest()

    @cached_property
    def operations(self) -> list[Operation]:
        """Every operation, in the order of the document."""
        return [
            Operation(path, method, item[method])
            for path, item in ((path, self.resolve(item)) for path, item in self.raw["paths"].items())
            for method in _METHODS
            if method in item
        ]

    @cached_property
    def order(self) -> Operation:
        """The create-order operation, found by its operationId or else by its request body.

        Raises CannotJudge if there is none.
        """
        posts = [operation for operation in self.operations if operation.method == "post"]
        for operation in posts:
            if re.sub(r"\W|_", "", str(operation.raw.get("operationId", ""))).lower().endswith("createorder"):
                return operation
        for operation in posts:
            if "/CreateOrder" in json.dumps(operation.raw.get("requestBody", {})):
                return operation
        raise CannotJudge(
            "The document has no create-order operation, a POST named create_order or with the body CreateOrder, "
            "so there is nothing to judge."
        )

    @cached_property
    def order_schema(self) -> dict[str, Any]:
        """The schema of an order's body. Raises CannotJudge if the document does not accept orders as JSON."""
        content = self.order_body.get("content", {})
        if JSON not in content:
            raise CannotJudge(f"The document's create-order operation does not accept {JSON}, so no order can be sent.")
        return self.resolve(content[JSON].get("schema", {}))

    @cached_property
    def order_body(self) -> dict[str, Any]:
        """The requestBody object of create-order: media types, and whether it is required."""
        return self.resolve(self.order.raw.get("requestBody", {}))

    @cached_property
    def media_types(self) -> tuple[str, ...]:
        """The media types of an order's body, without parameters and in lower case."""
        return tuple(name.partition(";")[0].strip().lower() for name in self.order_body.get("content", {}))

    @cached_property
    def form_types(self) -> tuple[str, ...]:
        """Those of the two form media types that the document lists for an order's body."""
        return tuple(name for name in (URLENCODED, MULTIPART) if name in self.media_types)

    @cached_property
    def other_methods(self) -> tuple[str, ...]:
        """Common methods that the document does not declare on the operation's path."""
        declared = {one.method.upper() for one in self.operations if one.path == self.order.path}
        if "GET" in declared:
            declared.add("HEAD")  # RFC 9110, 9.3.2: a server that supports GET may support HEAD.
        return tuple(method for method in ("GET", "PUT", "PATCH", "DELETE", "HEAD") if method not in declared)

    @cached_property
    def schemes(self) -> tuple[str, ...]:
        """The schemes allowed before the token in the Authorization header; empty if orders need no token.

        Raises CannotJudge if the document requires another kind of credential.
        """
        asked = self.order.raw.get("security", self.raw.get("security", []))
        if not asked or {} in asked:
            return ()
        known = self.raw.get("components", {}).get("securitySchemes", {})
        found = [_scheme(self.resolve(known.get(name, {}))) for one in asked if len(one) == 1 for name in one]
        schemes = tuple(scheme for scheme in found if scheme is not None)
        if not schemes:
            names = " or ".join(sorted({name for one in asked for name in one}))
            raise CannotJudge(
                f"The document's create-order operation requires {names}, which is not a token in the "
                "Authorization header; the suite supports no other credential."
            )
        return schemes

    @cached_property
    def accepted(self) -> int:
        """The status of the response to an accepted order: the lowest declared 2xx, or 201."""
        declared = [int(status) for status in map(str, self.order.raw.get("responses", {})) if status.isdigit()]
        return min((status for status in declared if 200 <= status < 300), default=201)

    def answer_schema(self, operation: Operation, status: int) -> dict[str, Any] | None:
        """The JSON schema of a response with this status: empty if it has none, None if the status is not declared."""
        responses = {str(key): value for key, value in operation.raw["responses"].items()}
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in responses:
                found: dict[str, Any] = self.resolve(responses[key]).get("content", {}).get(JSON, {}).get("schema", {})
                return found
        return None

    @cached_property
    def accepted_schema(self) -> dict[str, Any]:
        """The schema of the response to an accepted order; empty if the document has none."""
        return self.answer_schema(self.order, self.accepted) or {}

    def refused_schema(self, status: int = 400) -> dict[str, Any]:
        """The schema of an error with this status; the schema of a 400 if the status has none."""
        return self.answer_schema(self.order, status) or self.answer_schema(self.order, 400) or {}

    def property(self, schema: Mapping[str, Any], *path: str) -> dict[str, Any] | None:
        """The schema of a nested property, given by its path of names; None if there is no such property."""
        found: dict[str, Any] = self.resolve(schema)
        for name in path:
            if name not in found.get("properties", {}):
                return None
            found = self.resolve(found["properties"][name])
        return found

    def resolve(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The schema with its $ref resolved, allOf merged, and the 3.1 type `[…, null]` written as `nullable`."""
        found: dict[str, Any] = dict(schema)
        while "$ref" in found:
            node: Any = self.raw
            for part in str(found["$ref"]).removeprefix("#/").split("/"):
                node = node[part.replace("~1", "/").replace("~0", "~")]
            found = dict(node)
        parts: list[dict[str, Any]] = found.pop("allOf", [])
        for one in parts:
            inner = self.resolve(one)
            properties: dict[str, Any] = {**found.get("properties", {}), **inner.get("properties", {})}
            required: list[str] = [*found.get("required", ()), *inner.get("required", ())]
            found = {**inner, **found, "properties": properties, "required": required}
        kinds = found.get("type")
        if is_list(kinds) and "null" in kinds and len(kinds) == 2:
            found |= {"type": next(kind for kind in kinds if kind != "null"), "nullable": True}
        return found

    def declared(self, schema: Mapping[str, Any], value: Any) -> Any:
        """The value without properties that the schema does not declare; unchanged if it declares none."""
        properties = self.resolve(schema).get("properties")
        if not properties or not is_object(value):
            return value
        return {name: self.declared(inner, value[name]) for name, inner in properties.items() if name in value}

    @cached_property
    def _order_validator(self) -> Validator:
        return self.validator(self.order_schema)

    def validator(self, schema: Mapping[str, Any], *, of_answers: bool = False) -> Validator:
        """A validator of a schema of this document, in requests or in answers."""
        kind = Draft4Validator if str(self.raw["openapi"]).startswith("3.0") else Draft202012Validator
        absent = "writeOnly" if of_answers else "readOnly"
        return kind({"allOf": [_plain(schema, absent)], "components": {"schemas": self._plain_schemas(absent)}})

    @lru_cache  # noqa: B019  # Two documents live as long as the run.
    def _plain_schemas(self, absent: str) -> object:
        schemas = self.raw.get("components", {}).get("schemas", {})
        return {name: _plain(schema, absent) for name, schema in schemas.items()}

    @lru_cache  # noqa: B019  # Two documents live as long as the run.
    def _answer_validator(self, status: int) -> Validator:
        accepted = status == self.accepted
        schema = self.accepted_schema if accepted else self.refused_schema(status)
        return self.validator(schema, of_answers=True)

    def breaks_answer(self, status: int, value: object) -> Iterator[str]:
        """How a value violates the schema of the response with this status; nothing if it conforms."""
        yield from map(_message, self._answer_validator(status).iter_errors(cast("Any", value)))

    def breaks_schema(self, schema: Mapping[str, Any], value: object) -> Iterator[str]:
        """How the value of an answer violates a schema of this document; nothing if it conforms."""
        yield from map(_message, self.validator(schema, of_answers=True).iter_errors(cast("Any", value)))

    def errors(self, schema: Mapping[str, Any], value: object) -> Iterator[ValidationError]:
        """The validation errors of a value of a request against a schema of this document."""
        yield from self.validator(schema).iter_errors(cast("Any", value))

    def allows(self, body: object) -> bool:
        """Whether a value conforms to the schema of an order's body."""
        return bool(self._order_validator.is_valid(cast("Any", body)))


def parse(data: bytes, name: str) -> dict[str, Any]:
    """An OpenAPI document out of its YAML or JSON. Raises CannotJudge, naming it, for anything else."""
    try:
        raw = yaml.safe_load(data.decode("utf-8"))
    except (UnicodeError, yaml.YAMLError, RecursionError) as error:
        raise CannotJudge(f"The document {name} cannot be read ({type(error).__name__}); restore it.") from error
    if not is_object(raw) or not is_object(raw.get("paths")):
        raise CannotJudge(f"{name} is not an OpenAPI document: it has no paths.")
    return raw


def judge_by(vendored: dict[str, Any], strict: dict[str, Any]) -> None:
    """Replace the vendored and the strict document for this process. Raises CannotJudge if one is already loaded."""
    if Document.load.cache_info().currsize:
        raise CannotJudge("This process has already loaded another document; judge by this one in a separate process.")
    _IN_PLACE.update({VENDORED: vendored, STRICT: strict})


def _scheme(scheme: Mapping[str, Any]) -> str | None:
    """The prefix before the token in the Authorization header; None if the scheme uses no such token."""
    if scheme.get("type") == "http":
        return str(scheme["scheme"]).capitalize() if str(scheme["scheme"]).lower() != "basic" else None
    if scheme.get("type") in {"oauth2", "openIdConnect"}:
        return "Bearer"
    if scheme.get("in") != "header" or str(scheme.get("name")).lower() != "authorization":
        return None
    described = re.search(r"prefix\W*(\w+)", str(scheme.get("description")))
    return str(scheme.get("x-prefix") or (described[1] if described else ""))


def _message(error: ValidationError) -> str:
    where = ".".join(str(part) for part in error.absolute_path) or "the body"
    return f"{where}: {error.message[:200]}"


def _plain(schema: object, absent: str) -> object:
    """The schema with `nullable` translated to JSON Schema. References stay, since schemas may be recursive.

    Properties marked with `absent`, readOnly or writeOnly, are not required: they may be missing in this direction.
    """
    if is_list(schema):
        return [_plain(part, absent) for part in schema]
    if not is_object(schema) or "$ref" in schema:
        return schema
    plain: dict[str, object] = {}
    for key, value in schema.items():
        if key == "properties":
            plain[key] = {name: _plain(part, absent) for name, part in value.items()}
        elif key == "required" and is_object(properties := schema.get("properties", {})):
            needed = [name for name in value if not (is_object(properties.get(name)) and properties[name].get(absent))]
            plain |= {key: needed} if needed else {}
        elif key not in {"nullable", "example"}:
            plain[key] = value if key in {"enum", "default"} else _plain(value, absent)
    if schema.get("nullable") is True:
        return {"anyOf": [{"enum": [None]}, plain]}
    return plain
