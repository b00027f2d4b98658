"""The structure of documents: objects and lists where they belong, references that resolve."""

import pytest
from spot_tools.changes.operations import compare
from spot_tools.errors import ToolError
from spot_tools.openapi.documents import parse
from spot_tools.openapi.nodes import Document
from spot_tools.openapi.structure import check

BODY = "{content: {application/json: {schema: {$ref: '#/x'}}}}"


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ("{/a: {get: {responses: {'200': {$ref: '#/no'}}}}}", "which does not exist"),
        ("{/a: {get: {responses: {'200': {$ref: 'a.yaml'}}}}}", "another file"),
        ("{/a: {get: {responses: {'200': {$ref: '#a'}}}}}", "the anchor #a"),
        ("{/a: {get: {responses: []}}}", "/paths/~1a/get/responses is not an object"),
        ("{/a: {get: {parameters: [1]}}}", "is not an object"),
        ("{/a: {get: {parameters: {}}}}", "is not a list"),
        ("{/a: {get: {parameters: [{in: query}]}}}", "without 'name'"),
        ("{/a: []}", "/paths/~1a is not an object"),
        ("{}\ntags: [a]", "/tags/0 is not an object"),
        ("{/a: {get: {responses: {'': {}}}}}", "without a valid status"),
        ("{/a: {get: {requestBody: {$ref: '#/x'}}}}\nx: {$ref: '#/y'}\ny: {$ref: '#/x'}", "circular references"),
        (f"{{/a: {{get: {{requestBody: {BODY}}}}}}}\nx: {{allOf: [{{$ref: '#/x'}}]}}", "consists of itself"),
        (f"{{/a: {{get: {{requestBody: {BODY}}}}}}}\nx: 7", "/x is not an object"),
    ],
)
def test_an_invalid_structure_is_one_sentence(rest, message):
    def judge():
        check(document)
        compare(document, document)

    document = Document("d.yaml", parse(f"openapi: 3.0.3\ninfo: {{}}\npaths: {rest}".encode(), "d.yaml"))
    with pytest.raises(ToolError, match=message) as raised:
        judge()
    assert str(raised.value).startswith("d.yaml ")
    assert "\n" not in str(raised.value)
