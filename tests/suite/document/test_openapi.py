"""Documents: what a schema requires in each direction."""

import pytest
from spot_contract.document.openapi import Document

HOOK = {
    "type": "object",
    "required": ["hook_id", "address", "secret"],
    "properties": {
        "hook_id": {"type": "integer", "readOnly": True},
        "address": {"type": "string"},
        "secret": {"type": "string", "writeOnly": True},
    },
}
BY_REFERENCE = {"$ref": "#/components/schemas/Hook"}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("schema", [HOOK, BY_REFERENCE], ids=["inline", "reference"])
def test_a_property_is_required_only_in_its_direction(version, schema):
    document = Document({"openapi": version, "paths": {}, "components": {"schemas": {"Hook": HOOK}}})
    sent, answered = {"address": "a", "secret": "s"}, {"address": "a", "hook_id": 1}
    assert not list(document.errors(schema, sent))
    assert not list(document.breaks_schema(schema, answered))
    assert list(document.errors(schema, answered))
    assert list(document.breaks_schema(schema, sent))
