"""Whether the document still has the create-order operation for which the servers in this folder were written."""

import hashlib
import json
import re
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).parent
TABLE = yaml.safe_load((FOLDER / "variants.yaml").read_text(encoding="utf-8"))
CONTRACT = FOLDER.parents[1] / "openapi" / "effective" / "contract.yaml"
_NOT_JUDGED = ("description", "example")


def digest():
    """A hash of what the document requires of an order, and of which properties it requires in the answers."""
    document = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    operation = document["paths"].get("/api/v2/orders/", {}).get("post", {})
    schemas = document["components"]["schemas"]
    wanted = {"request": operation.get("requestBody"), "security": operation.get("security")}
    waiting = _references(wanted)
    while waiting:
        name = waiting.pop()
        wanted[name] = schemas[name]
        waiting |= _references(schemas[name]) - wanted.keys()
    for status, response in operation.get("responses", {}).items():
        wanted[status] = {name: schemas[name].get("required") for name in _references(response)}
    return hashlib.sha256(json.dumps(_bare(wanted), sort_keys=True).encode()).hexdigest()[:16]


def _references(value):
    return set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(value)))


def _bare(value):
    """A value without the texts that no server is judged by."""
    if isinstance(value, list):
        return [_bare(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: {name: _bare(inner) for name, inner in each.items()} if key == "properties" else _bare(each)
        for key, each in value.items()
        if key not in _NOT_JUDGED
    }


as_written = pytest.mark.skipif(
    digest() != TABLE["written_for"],
    reason=f"create-order has changed: adapt the servers in tests/servers, then set written_for to {digest()} "
    "in variants.yaml",
)
"""For tests that judge the servers by the document."""
