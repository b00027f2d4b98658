"""Validation: an error has its place and says what to do; valid but unusual documents pass."""

import copy

import pytest
import yaml
from spot_tools.errors import ToolError
from spot_tools.openapi.documents import parse_openapi
from spot_tools.openapi.nodes import Document
from spot_tools.vendoring.validation import validate
from vendoring import document

RESPONSES = {"200": {"description": "x"}}
BODY = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Kit"}}}}


def with_schema(schema, **more):
    operation = {"operationId": "kits", "requestBody": copy.deepcopy(BODY), "responses": RESPONSES}
    return document(paths={"/kits": {"post": operation}}, components={"schemas": {"Kit": schema}}, **more)


def with_operation(**more):
    return document(paths={"/kits/{id}": {"get": {"operationId": "kit", "responses": RESPONSES, **more}}})


ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
INVALID = [
    (with_schema({"type": "integer", "default": "x"}), "/components/schemas/Kit/default, 'x' is not of type 'integer'"),
    (
        with_schema({"type": "object", "properties": {"a": {"type": "boolean", "default": "x"}}}),
        "/components/schemas/Kit/properties/a/default, 'x' is not of type 'boolean'",
    ),
    (
        with_schema({"type": "integer", "exclusiveMaximum": True}),
        "/components/schemas/Kit, 'maximum' is a dependency of 'exclusiveMaximum'",
    ),
    (
        with_schema({"allOf": [{"type": "object"}], "required": ["b"]}),
        "/components/schemas/Kit, Required list has not defined properties",
    ),
    (with_operation(), "/paths/~1kits~1{id}/get, Path parameter 'id'"),
    (with_operation(parameters=[ID, ID]), "/paths/~1kits~1{id}/get/parameters"),
    (with_operation(parameters=[{**ID, "in": "body"}]), "/paths/~1kits~1{id}/get/parameters/0"),
    (
        document(paths={"/a": {"get": {"operationId": "a", "responses": {"200": {}}}}}),
        "/paths/~1a/get/responses/200, 'description' is a required property",
    ),
    (with_schema({"type": ["string", None]}, openapi="3.1.0"), "/components/schemas/Kit/type"),
]


@pytest.mark.parametrize(("value", "message"), INVALID, ids=[message for _, message in INVALID])
def test_an_error_has_its_place_and_what_to_do(value, message):
    with pytest.raises(ToolError) as raised:
        validate(Document("kits.yaml", value))
    error = str(raised.value)
    assert error.startswith(f"kits.yaml is not a valid OpenAPI document: at {message}"), error
    assert error.endswith("Ask the provider; until then correct a copy and pass that file.")
    assert "\n" not in error


def test_a_union_that_its_branches_extend_is_valid():
    schemas = {
        "Animal": {
            "type": "object",
            "properties": {"kind": {"type": "string"}},
            "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
            "discriminator": {"propertyName": "kind"},
        },
        **{
            name: {"allOf": [{"$ref": "#/components/schemas/Animal"}, {"type": "object"}], "required": ["kind"]}
            for name in ("Cat", "Dog")
        },
    }
    value = with_schema({"$ref": "#/components/schemas/Animal"})
    value["components"]["schemas"] |= schemas
    validate(Document("kits.yaml", value))


@pytest.mark.parametrize("version", ["3.2.0", "3.2", "3.10.0", "3.", "3.1x"])
def test_an_unsupported_version_is_rejected(version):
    data = yaml.safe_dump(document(openapi=version)).encode()
    with pytest.raises(ToolError, match=r"has OpenAPI version 3\..*; supported are 3\.0 and 3\.1"):
        parse_openapi(data, "kits.yaml")


@pytest.mark.parametrize("version", ["3.0.0", "3.0.3", "3.1.0", "3.1.1", "3.1", "3.1.0-rc1"])
def test_a_supported_version_is_accepted(version):
    data = yaml.safe_dump(document(openapi=version)).encode()
    assert parse_openapi(data, "kits.yaml")["openapi"] == version


@pytest.mark.parametrize("key", ["query", "additionalOperations"])
def test_an_operation_of_a_later_version_is_rejected(key):
    operation = {"responses": RESPONSES}
    value = document(openapi="3.1.0", paths={"/kits": {key: operation if key == "query" else {"COPY": operation}}})
    with pytest.raises(ToolError, match=f"has {key} at /paths/~1kits, which is not supported"):
        validate(Document("kits.yaml", value))


def test_a_document_with_webhooks_alone_is_parsed_but_has_no_client():
    value = document(openapi="3.1.0", webhooks={"moved": {"post": {"responses": RESPONSES}}})
    del value["paths"]
    data = yaml.safe_dump(value).encode()
    assert parse_openapi(data, "kits.yaml") == value
    with pytest.raises(ToolError, match=r"kits\.yaml has no operation"):
        validate(Document("kits.yaml", value))
    with pytest.raises(ToolError, match="'info' and 'paths' must be objects"):
        parse_openapi(data.replace(b"3.1.0", b"3.0.3"), "kits.yaml")
