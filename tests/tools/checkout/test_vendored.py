"""The committed documents: as published, mended, and in agreement with each other."""

import copy
import datetime as dt
import hashlib

import jsonschema
import pytest
from openapi_spec_validator import validate
from spot_tools.checkout import effective, lock
from spot_tools.checkout.files import files_below
from spot_tools.checkout.layout import Layout
from spot_tools.errors import ToolError
from spot_tools.openapi.documents import parse
from spot_tools.openapi.merge import compose

HERE = Layout.here()


def load(path):
    return parse(path.read_bytes(), path.name)


def test_the_document_is_what_the_pages_say():
    pages = [page.file for page in lock.pages(HERE)]
    assert HERE.document.read_bytes() == compose([(file, (HERE.root / file).read_bytes()) for file in pages])
    assert load(HERE.lock)["document"]["is_as_published"] is True


@pytest.mark.parametrize("name", effective.CHAINS)
def test_an_effective_document_is_a_valid_openapi_document(name):
    validate(load(HERE.effective / name))


def request_part(document):
    """All that a request must keep to: the operation's body and what it refers to."""
    schemas = document["components"]["schemas"]
    operation = document["paths"]["/api/v2/orders/"]["post"]
    return operation["requestBody"], {name: schemas[name] for name in ("CreateOrder", "Recipient", "Address")}


@pytest.mark.parametrize("name", effective.CHAINS)
def test_overlays_leave_what_a_server_must_accept_as_published(name):
    assert request_part(load(HERE.effective / name)) == request_part(load(HERE.document))


def test_the_published_response_example_keeps_the_strict_contract():
    document = load(HERE.effective / "contract.yaml")
    example = {
        "order_id": "O1",
        "created": "2023-01-01T04:30:11.222Z",
        "status": "pending",
        "kit_types": [],
        "kits": [],
    }
    address = {"street1": "a", "city": "b", "state": "CA", "country": "US", "zip": "94105"}
    names = {"first_name": "A", "last_name": "S", "email": "a@example.com", "phone": "1"}
    example["recipient"] = {**names, "address": address}
    schema = {"$ref": "#/components/schemas/OrderEmpty", "components": document["components"]}
    jsonschema.validate(example, schema)
    for key in document["components"]["schemas"]["OrderEmpty"]["required"]:
        broken = copy.deepcopy(example)
        del broken[key]
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, schema)


def check_examples(document):
    """Check every example against the schema it stands in; return how many there were."""
    components = _nullable(document["components"])
    checked = 0

    def walk(node):
        nonlocal checked
        if isinstance(node, dict):
            if "example" in node and ("type" in node or "$ref" in node):
                schema = {key: value for key, value in node.items() if key != "example"}
                jsonschema.validate(node["example"], {**_nullable(schema), "components": components})
                checked += 1
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(document["components"]["schemas"])
    return checked


@pytest.mark.parametrize("name", effective.CHAINS)
def test_every_example_of_an_effective_document_keeps_its_own_schema(name):
    assert check_examples(load(HERE.effective / name)) > 30


def test_an_example_of_the_document_as_published_breaks_its_schema():
    with pytest.raises(jsonschema.ValidationError):
        check_examples(load(HERE.document))


def _nullable(node):
    """OpenAPI 3.0's nullable as JSON Schema."""
    if isinstance(node, list):
        return [_nullable(value) for value in node]
    if not isinstance(node, dict):
        return node
    out = {key: _nullable(value) for key, value in node.items()}
    if out.get("nullable") is True and isinstance(out.get("type"), str):
        out["type"] = [out["type"], "null"]
    return out


def test_each_chain_names_overlays_that_exist():
    assert {path.name for path in HERE.overlays.iterdir()} == {
        name for chain in effective.CHAINS.values() for name in chain
    }


def test_an_overlay_that_no_chain_names_is_an_error(checkout):
    (checkout.overlays / "40-more.yaml").write_text("overlay: 1.0.0")
    with pytest.raises(ToolError, match=r"40-more\.yaml belongs to no effective document"):
        effective.build(checkout)


def test_an_overlay_that_the_document_has_outgrown_is_named(checkout):
    text = checkout.document.read_text().replace("format: url", "format: uri")
    checkout.document.write_text(text)
    with pytest.raises(ToolError, match=r"10-mend\.yaml, action 4 .* changes nothing"):
        effective.build(checkout)


def test_the_lock_records_address_date_hashes_and_tools():
    pages = lock.pages(HERE)
    assert {HERE.root / page.file for page in pages} == set(files_below(HERE.source))
    for page in pages:
        assert page.address
        assert dt.date.fromisoformat(page.date)
        assert page.sha256 == hashlib.sha256((HERE.root / page.file).read_bytes()).hexdigest()
    assert set(load(HERE.lock)["tools"]) == {"openapi-python-client", "ruff"}
    named = lock.hashes(HERE.lock.read_bytes())
    for folder in (HERE.overlays, HERE.templates, HERE.runtime, HERE.effective):
        assert {HERE.name(path) for path in files_below(folder)} <= set(named)
    for name, digest in named.items():
        assert hashlib.sha256((HERE.root / name).read_bytes()).hexdigest() == digest, name
