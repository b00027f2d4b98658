"""The committed documents: as published, with overlays, and consistent with the lock."""

import copy
import datetime as dt
import hashlib

import jsonschema
import pytest
from openapi_spec_validator import validate
from spot_tools.checkout import effective, lock
from spot_tools.checkout.files import files_below
from spot_tools.checkout.layout import Layout
from spot_tools.openapi.documents import parse
from spot_tools.openapi.merge import compose

HERE = Layout.here()


def load(path):
    return parse(path.read_bytes(), path.name)


def test_the_document_is_composed_of_the_pages():
    pages = [page.file for page in lock.pages(HERE)]
    assert HERE.document.read_bytes() == compose([(file, (HERE.root / file).read_bytes()) for file in pages])
    assert load(HERE.lock)["document"]["is_as_published"] is True


@pytest.mark.parametrize("name", effective.CHAINS)
def test_an_effective_document_is_a_valid_openapi_document(name):
    validate(load(HERE.effective / name))


def request_part(document):
    """The schemas of requests: the body of the operation and its components."""
    schemas = document["components"]["schemas"]
    operation = document["paths"]["/api/v2/orders/"]["post"]
    return operation["requestBody"], {name: schemas[name] for name in ("CreateOrder", "Recipient", "Address")}


@pytest.mark.parametrize("name", effective.CHAINS)
def test_overlays_do_not_change_what_a_server_must_accept(name):
    assert request_part(load(HERE.effective / name)) == request_part(load(HERE.document))


def test_the_published_example_of_a_response_conforms_to_the_strict_contract():
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


def test_every_overlay_of_a_chain_exists():
    assert {path.name for path in HERE.overlays.iterdir()} == {
        name for chain in effective.CHAINS.values() for name in chain
    }


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
