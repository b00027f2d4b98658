"""Each stock server starts, takes the published document's own example, and has a table of its deviations."""

import json
import sys
import urllib.request

import pytest
import yaml
from spot_tools.checkout.layout import Layout
from spot_tools.fault_runs.deviations import read
from spot_tools.processes.serving import new_token, serving
from spot_tools.processes.stock_servers import stock_servers
from written_for import as_written

PATH = "/api/v2/orders/"
DOCUMENT = yaml.safe_load(Layout.here().document.read_text(encoding="utf-8"))
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
DIALECTS = {"json", "dotted", "brackets"}
LISTS = {"repeated", "brackets", "indexed"}
SERVERS = [pytest.param(server, id=server.name) for server in stock_servers()]


def example(schema):
    """The example of this schema in the document, or those of its properties."""
    if "$ref" in schema:
        return example(DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "example" in schema:
        return schema["example"]
    return {name: example(below) for name, below in schema["properties"].items()}


def placed(url, token, order):
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(url + PATH, json.dumps(order).encode(), headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.status, json.load(answer)


@as_written
@pytest.mark.parametrize("server", SERVERS)
def test_the_documents_own_example_is_accepted(server):
    reason = server.why_skipped()
    if reason:
        pytest.skip(reason)
    token, order = new_token(), example({"$ref": "#/components/schemas/CreateOrder"})
    with serving(server.command(sys.executable), token, {}, server.name) as url:
        status, answer = placed(url, token, order)
    assert status == 201
    assert {name: answer[name] for name in order} == order


@pytest.mark.parametrize("server", SERVERS)
def test_the_table_of_deviations_is_valid_and_names_the_dialects_of_each_form(server):
    path = server.folder / "deviations.yaml"
    declared = read(path)
    names = [one.name for one in declared.deviations]
    assert names
    assert len(set(names)) == len(names)
    table = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(table["dialects"]) == FORMS & set(declared.offers)
    for dialects in table["dialects"].values():
        assert set(dialects) == {"kit_types", "recipient", "metadata"}
        assert {*dialects["recipient"], *dialects["metadata"]} <= DIALECTS
        assert dialects["kit_types"]
        assert set(dialects["kit_types"]) <= LISTS
