"""Notes on known defects: each is reported where it is, and nowhere else."""

import pytest
from create_order import create_order_alone
from spot_tools.checkout.layout import Layout
from spot_tools.openapi.documents import parse
from spot_tools.openapi.nodes import Document
from spot_tools.vendoring.defects import notes

LEFT, RIGHT = ("{type: object, properties: {k: {enum: [" + value + "]}}}" for value in "ab")
TAGGED_LEFT, TAGGED_RIGHT = (branch.replace("type: object", "type: object, required: [k]") for branch in (LEFT, RIGHT))
ENVELOPE = "{A: {properties: {s: {type: integer, enum: [STATUS]}, t: {type: string, enum: [rate_limit_exceeded]}}}}"


def of_schema(text: str, version: str = "3.0.3") -> list[str]:
    value = parse(
        f"openapi: {version}\ninfo: {{title: a, version: '1'}}\npaths: {{}}\ncomponents: {{schemas: {text}}}".encode(),
        "d",
    )
    return notes(Document("d", value))


@pytest.mark.parametrize(
    ("wrong", "right", "note"),
    [
        ("{A: {type: string, minimum: 0}}", "{A: {type: number, minimum: 0}}", "numeric bounds"),
        ("{A: {type: integer, maxLength: 3}}", "{A: {type: string, maxLength: 3}}", "bounds of a string"),
        (
            "{A: {type: string, nullable: true, enum: [a]}}",
            "{A: {type: string, nullable: true, enum: [a, null]}}",
            "its enum lacks null",
        ),
        ("{A: {type: string, format: url}}", "{A: {type: string, format: uri}}", "'url' is unknown"),
        (
            "{A: {type: string, example: 20}}",
            "{A: {type: string, example: '20'}}",
            "the example does not match its schema",
        ),
        (
            "{A: {type: string, example: null}}",
            "{A: {type: string, nullable: true, example: null}}",
            "the example does not match",
        ),
        (f"{{A: {{oneOf: [{LEFT}, {RIGHT}]}}}}", f"{{A: {{oneOf: [{TAGGED_LEFT}, {TAGGED_RIGHT}]}}}}", "overlap"),
        (ENVELOPE.replace("STATUS", "400"), ENVELOPE.replace("STATUS", "429"), "without its status 429"),
    ],
)
def test_a_defect_is_noted_and_its_correction_is_not(wrong, right, note):
    assert [line for line in of_schema(wrong) if note in line and line.startswith("/components/schemas/A")]
    assert of_schema(right) == []


def test_an_example_of_openapi_3_1_is_checked_against_its_schema():
    assert of_schema("{A: {type: [string, 'null'], examples: [a, null]}}", "3.1.0") == []
    assert of_schema("{A: {type: string, examples: [a, 7]}}", "3.1.0")


def test_a_property_named_example_or_enum_is_not_an_example():
    assert of_schema("{A: {type: object, properties: {example: {type: string}, enum: {type: string}}}}") == []


@pytest.mark.parametrize(
    ("security", "schema", "found"),
    [
        (
            "[{token: []}]",
            "{type: object, properties: {a: {}}}",
            ["no response 401 is declared", "requires no property"],
        ),
        ("[]", "{type: object, required: [a], properties: {a: {}}}", []),
    ],
)
def test_operation_without_401_and_response_that_requires_nothing_are_noted(security, schema, found):
    operation = (
        f"{{security: {security}, responses: {{'200': {{content: {{application/json: {{schema: {schema}}}}}}}}}}}"
    )
    listed = notes(Document("d", parse(f"openapi: 3.0.3\npaths: {{/a: {{get: {operation}}}}}".encode(), "d")))
    assert len(listed) == len(found)
    assert all(words in note for words, note in zip(found, listed, strict=True))


def effective(checkout: Layout, name: str) -> list[str]:
    create_order_alone(checkout)
    return notes(Document(name, parse((checkout.effective / name).read_bytes(), name)))


CORRECT = "add an action to openapi/overlays/10-mend.yaml or 30-strict.yaml for each of these notes on create-order"


def test_the_contract_of_create_order_has_no_known_defect_left(checkout):
    assert effective(checkout, "contract.yaml") == [], CORRECT


def test_the_clients_document_of_create_order_has_no_wrong_example(checkout):
    assert [note for note in effective(checkout, "client.yaml") if "example" in note] == [], CORRECT
