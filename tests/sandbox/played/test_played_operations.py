"""Operations other than create-order are answered from the document's examples and schemas."""

import json

import pytest
import yaml
from jsonschema import Draft202012Validator
from sandbox_process import ROOT, VENDORED, Process
from sandbox_talk import JSON, MULTIPART, TOKEN, Talk, denied, multipart, refused, stated
from spot_sandbox.document.operations import bundled

NODE = {"$ref": "#/components/schemas/Node"}
ORDER = {"$ref": "#/components/schemas/OrderEmpty"}
SECURED = {"security": [{"tokenAuth": []}]}


def answers(schema, status="200", **more):
    return {status: {"description": "", "content": {JSON: {"schema": schema, **more}}}}


def get(schema, **more):
    return {"get": {"responses": answers(schema), **SECURED, **more}}


def parameter(name, schema, place="query", **more):
    return {"name": name, "in": place, "schema": schema, **more}


SCHEMAS = {
    "Node": {
        "type": "object",
        "required": ["name", "kind"],
        "properties": {"name": {"type": "string"}, "kind": {"enum": ["leaf"]}, "below": NODE, "all": {"items": NODE}},
    },
    "Ring": {"allOf": [NODE, {"properties": {"ring": {"allOf": [{"$ref": "#/components/schemas/Ring"}]}}}]},
}
PARAMETERS = [
    parameter("limit", {"type": "integer", "maximum": 100}),
    parameter("status", {"type": "array", "items": {"$ref": "#/components/schemas/OrderStatus"}}),
    parameter("X-Trace", {"type": "string"}, "header", required=True),
]
CREATES = {"requestBody": {"required": True, "content": {JSON: {"schema": NODE}}}, **SECURED}
FILE = {"type": "object", "required": ["scan"], "properties": {"scan": {"type": "string", "format": "binary"}}}
# Answers conform to these schemas.
SHAPES = {
    "order": ORDER,
    "ring": {"$ref": "#/components/schemas/Ring"},
    "report": {"$ref": "#/components/schemas/Report"},
    "texts": {"type": "array", "minItems": 3, "uniqueItems": True, "items": {"type": "string", "minLength": 6}},
    "numbers": {
        "type": "object",
        "properties": {
            "even": {"type": "integer", "multipleOf": 2, "minimum": 7},
            "part": {"type": "number", "minimum": 0.25, "maximum": 0.5},
            "code": {"type": "string", "pattern": "^[A-Z][0-9]$"},
            "at": {"type": "string", "format": "date-time"},
        },
    },
    "unusual": {"type": "object", "properties": {"code": {"type": "string", "pattern": "^no usual text$"}}},
    "map": {"type": "object", "additionalProperties": {"type": "integer"}},
    "union": {"oneOf": [{"type": "integer", "enum": [3]}, {"type": "string"}]},
}
PATHS = {
    "/nodes/": {
        "get": {"parameters": PARAMETERS, "responses": answers({"type": "array", "items": NODE}), **SECURED},
        "post": {**CREATES, "responses": answers(NODE, "201", example={"name": "given", "kind": "leaf"})},
    },
    "/nodes/{node_id}/": {
        "parameters": [parameter("node_id", {"type": "integer"}, "path", required=True)],
        **get(NODE),
        "delete": {"responses": {"204": {"description": ""}}, **SECURED},
    },
    "/nodes/first/": get({"type": "string", "example": "first"}),
    "/wrong-example/": get({"type": "object", "properties": {"n": {"type": "integer"}}, "example": {"n": "one"}}),
    "/open/": {"get": {"responses": answers({"type": "boolean"}), "security": []}},
    "/bearer/": get({"type": "boolean"}, security=[{"bearer": []}, {"key": []}]),
    "/scans/": {
        "post": {"requestBody": {"content": {MULTIPART: {"schema": FILE}}}, "responses": {"204": {"description": ""}}}
    },
    "/pattern/": get({"type": "string", "pattern": "^no usual text$"}),
} | {f"/shapes/{name}/": get(schema) for name, schema in SHAPES.items()}


def grown(**changes):
    document = yaml.safe_load(VENDORED.read_text("utf-8"))
    order = "/api/v2/orders/"
    document["paths"] = {order: {"post": document["paths"][order]["post"]}, **PATHS}
    document["components"]["schemas"] |= SCHEMAS
    document["components"]["securitySchemes"] |= {
        "bearer": {"type": "http", "scheme": "bearer"},
        "key": {"type": "apiKey", "in": "query", "name": "key"},
    }
    return document | changes


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    document = tmp_path_factory.mktemp("document") / "grown.json"
    document.write_text(json.dumps(grown()))
    running = Process("--document", document)
    yield running
    code, out, err = running.end()
    warning = "spot-sandbox: found no example that conforms to the response schema of GET /pattern/"
    assert (code, out, err) == (0, "", f"{warning}; add one to the document\n")


@pytest.fixture
def talk(server):
    return Talk(server.port)


def asked(talk, path, method="GET", **options):
    answer = talk.call(method=method, path=path, media=options.pop("media", None), **options)
    assert answer.headers.get("spot-sandbox-played") == ("example" if answer.status < 300 else None)
    return answer


@pytest.mark.parametrize("name", SHAPES)
def test_answer_conforms_to_its_schema(talk, name):
    answer = asked(talk, f"/shapes/{name}/")
    schema = {**SHAPES[name], "components": grown()["components"]}
    assert answer.status == 200
    assert not [*Draft202012Validator(schema).iter_errors(json.loads(answer.body))]


def test_example_of_the_document_comes_first(talk):
    answer = asked(talk, "/nodes/", "POST", media=JSON, body=b'{"name": "sent", "kind": "leaf"}')
    assert (answer.status, json.loads(answer.body)) == (201, {"name": "given", "kind": "leaf"})


def test_example_that_contradicts_its_schema_is_replaced(talk):
    assert json.loads(asked(talk, "/wrong-example/").body) == {"n": 1}


def test_schema_that_nothing_conforms_to_is_answered_and_complained_about(talk):
    assert asked(talk, "/pattern/").status == 200


def test_wrong_parameters_are_refused_by_name(talk):
    detail = refused(asked(talk, "/nodes/?limit=1000&status=pending&status=lost"))
    assert all(name in detail for name in ("limit", "status", "X-Trace"))
    refused(asked(talk, "/nodes/two/"), "node_id")


def test_right_parameters_are_taken(talk):
    answer = asked(talk, "/nodes/?limit=100&status=pending&unknown=1", headers=[("X-Trace", "1")])
    assert json.loads(answer.body) == [{"name": "text", "kind": "leaf"}]
    assert asked(talk, "/nodes/2/").status == 200


def test_wrong_body_is_refused_by_field(talk):
    refused(asked(talk, "/nodes/", "POST", media=JSON, body=b'{"name": 1}'), "name", "kind")
    refused(asked(talk, "/nodes/", "POST", media=JSON))
    assert asked(talk, "/nodes/", "POST", media="text/plain", body=b"x").status == 415


def test_file_is_taken_where_the_document_has_one(talk):
    body = multipart([('scan"; filename="a.pdf', "x")])
    assert asked(talk, "/scans/", "POST", media=stated(MULTIPART), body=body).status == 204


def test_literal_path_comes_before_a_template(talk):
    assert json.loads(asked(talk, "/nodes/first/").body) == "first"


def test_answer_without_a_body_has_no_length(talk):
    answer = asked(talk, "/nodes/2/", "DELETE")
    assert (answer.status, answer.body, "content-length" in answer.headers) == (204, b"", False)


def test_credentials_are_those_of_the_document(talk):
    denied(asked(talk, "/nodes/2/", authorization=None))
    denied(asked(talk, "/nodes/2/", authorization=f"Bearer {TOKEN}"))
    assert asked(talk, "/open/", authorization=None).status == 200
    answer = asked(talk, "/bearer/")
    assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer, Token")
    assert asked(talk, "/bearer/?key=wrong", authorization=None).status == 401
    assert asked(talk, "/bearer/", authorization=f"Bearer {TOKEN}").status == 200
    assert asked(talk, f"/bearer/?key={TOKEN}", authorization=None).status == 200


def test_create_order_is_not_answered_from_examples(talk):
    assert "spot-sandbox-played" not in talk.place(talk.draft()).headers


class TestDocument:
    @pytest.fixture
    def serve(self, start, tmp_path):
        def run(document, *options):
            file = tmp_path / "document.json"
            file.write_text(json.dumps(document))
            return start("--document", file, *options)

        return run

    def test_the_published_document_is_served_with_its_corrections(self):
        assert bundled().read_bytes() == (ROOT / "openapi" / "effective" / "contract.yaml").read_bytes()

    def test_openapi_3_1_is_served_too(self, serve):
        node = SCHEMAS["Node"] | {"properties": {"name": {"type": ["string", "null"], "examples": ["given"]}}}
        document = grown(openapi="3.1.0")
        document["components"]["schemas"]["Node"] = node
        talk = Talk(serve(document).port)
        talk.place(talk.draft())
        assert json.loads(asked(talk, "/nodes/2/").body) == {"name": "given", "kind": "text"}
        refused(asked(talk, "/nodes/", "POST", media=JSON, body=b'{"name": 1, "kind": 1}'), "name")

    def test_create_order_is_known_at_another_path(self, serve):
        document = grown()
        document["paths"]["/api/v3/orders/"] = document["paths"].pop("/api/v2/orders/")
        talk = Talk(serve(document).port)
        assert talk.place(talk.draft(), path="/api/v3/orders/").status == 201

    @pytest.mark.parametrize("fault", ["zip-leading-zero-lost", "order-in-a-list", "zip-not-required"])
    def test_fault_of_orders_leaves_other_operations_alone(self, serve, fault):
        document = grown()
        document["paths"]["/notes/"] = {"post": {**CREATES, "responses": answers(NODE, "201")}}
        talk = Talk(serve(document, "--fault", fault).port)
        assert asked(talk, "/notes/", "POST", media=JSON, body=b'{"name": "a", "kind": "leaf"}').status == 201

    def test_malformed_operation_is_named(self, serve):
        running = serve(grown(paths={"/a/": {"get": {"parameters": [{"in": "query"}], "responses": {}}}}))
        code, _, err = running.wait()
        assert code == 2
        assert err == "spot-sandbox: the document cannot be used: GET /a/ is not valid OpenAPI ('name')\n"
