"""Mangled documents give a verdict or an error message, never a traceback, whose exit code 1 would be a verdict."""

import copy
import random

import pytest
from change_cases import load
from spot_tools.changes.operations import compare
from spot_tools.errors import ToolError
from spot_tools.normalization.document import normalize
from spot_tools.openapi.nodes import Document
from spot_tools.openapi.structure import check
from spot_tools.vendoring.defects import notes
from spot_tools.vendoring.validation import validate

VALUES = [
    *[None, True, False, 0, -1, 1.5, 10**400, "", "x", "#/components/schemas/Parcel", [], [None], [1], ["x"], [[]], {}],
    *[{"a": None}, {"": {}}, {"$ref": 1}, {"$ref": "#"}, {"$ref": "#/paths"}, {"$ref": "#/components/schemas/Parcel"}],
    *[{"type": ["string", None]}, {"type": {}}, {"x-a": 1}, {"default": {"value": 1}}, {"schema": {"allOf": [True]}}],
    *[{"oneOf": [{"$ref": "#/components/schemas/Parcel"}]}, {"allOf": [{"$ref": "#/components/schemas/Parcel"}]}],
]
KEYS = [
    "examples", "example", "flows", "discriminator", "xml", "enum", "const", "default", "type", "format",
    "security", "servers", "variables", "tags", "callbacks", "links", "headers", "content", "encoding",
    "externalDocs", "nullable", "$ref", "required", "readOnly", "multipleOf", "minimum", "pattern", "maxLength",
    "dependentRequired", "minContains", "operationId", "deprecated", "style", "explode", "webhooks", "description",
    "prefixItems", "propertyNames",
]  # fmt: skip
ROUNDS = 24


def places(value, path=()):
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in inner:
        yield from places(entry, (*path, key))


def mangled(base, dice):
    """A copy of the document with one or two values removed or replaced."""
    found = copy.deepcopy(base)
    for _ in range(dice.choice((1, 1, 2))):
        *way, last = dice.choice([path for path in places(found) if path and path != ("openapi",)])
        home = found
        for key in way:
            home = home[key]
        match dice.randrange(4):
            case 0 if isinstance(home, dict):
                home[dice.choice(KEYS)] = copy.deepcopy(dice.choice(VALUES))
            case 1:
                del home[last]
            case _:
                home[last] = copy.deepcopy(dice.choice(VALUES))
    return found


def judge(old, new):
    for document in (old, new):
        check(document)
    compare(old, new).changes()


def vendor(value):
    document = Document("new", value)
    validate(document)
    notes(document)
    normalize(value, "new", "SHOP")


def end(attempt):
    try:
        attempt()
    except ToolError as error:
        return "rejected" if str(error).endswith(".") else f"not a sentence: {error}"
    return "judged"


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("seed", range(4))
def test_a_mangled_document_gives_a_verdict_or_an_error(version, seed):
    dice = random.Random(f"{version} {seed}")
    base = {**load("shop.yaml"), "openapi": version}
    ends = {"judged": 0, "rejected": 0}
    for _ in range(ROUNDS):
        value = mangled(base, dice)
        for attempt in (
            lambda value=value: judge(Document("old", base), Document("new", value)),
            lambda value=value: judge(Document("old", value), Document("new", base)),
            lambda value=value: vendor(value),
        ):
            ends[end(attempt)] += 1
    assert min(ends.values()) > ROUNDS // 4, ends
