"""Mangled documents end in a verdict or one sentence, since exit 1 of a traceback would be a verdict."""

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

ODD = [
    *[None, True, False, 0, -1, 1.5, 10**400, "", "x", "#/components/schemas/Parcel", [], [None], [1], ["x"], [[]], {}],
    *[{"a": None}, {"": {}}, {"$ref": 1}, {"$ref": "#"}, {"$ref": "#/paths"}, {"$ref": "#/components/schemas/Parcel"}],
    *[{"type": ["string", None]}, {"type": {}}, {"x-a": 1}, {"default": {"value": 1}}, {"schema": {"allOf": [True]}}],
    *[{"oneOf": [{"$ref": "#/components/schemas/Parcel"}]}, {"allOf": [{"$ref": "#/components/schemas/Parcel"}]}],
]
KEYS = [
    "examples",
    "example",
    "flows",
    "discriminator",
    "xml",
    "enum",
    "const",
    "default",
    "type",
    "format",
    "security",
    "servers",
    "variables",
    "tags",
    "callbacks",
    "links",
    "headers",
    "content",
    "encoding",
    "externalDocs",
    "nullable",
    "$ref",
    "required",
    "readOnly",
    "multipleOf",
    "minimum",
    "pattern",
    "maxLength",
    "dependentRequired",
    "minContains",
    "operationId",
    "deprecated",
    "style",
    "explode",
    "webhooks",
    "description",
    "prefixItems",
    "propertyNames",
]
ROUNDS = 24


def places(value, path=()):
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in inner:
        yield from places(entry, (*path, key))


def mangled(base, dice):
    """The document with one or two places put out of order."""
    found = copy.deepcopy(base)
    for _ in range(dice.choice((1, 1, 2))):
        *way, last = dice.choice([path for path in places(found) if path and path != ("openapi",)])
        home = found
        for key in way:
            home = home[key]
        match dice.randrange(4):
            case 0 if isinstance(home, dict):
                home[dice.choice(KEYS)] = copy.deepcopy(dice.choice(ODD))
            case 1:
                del home[last]
            case _:
                home[last] = copy.deepcopy(dice.choice(ODD))
    return found


def judge(old, new):
    for document in (old, new):
        check(document)
    compare(old, new).changes()


def take(value):
    document = Document("new", value)
    validate(document)
    notes(document)
    normalize(value, "new", "SHOP")


def end(attempt):
    try:
        attempt()
    except ToolError as error:
        return "refused" if str(error).endswith(".") else f"no sentence: {error}"
    return "judged"


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("seed", range(4))
def test_a_mangled_document_is_judged_or_refused_with_a_sentence(version, seed):
    dice = random.Random(f"{version} {seed}")
    base = {**load("shop.yaml"), "openapi": version}
    ends = {"judged": 0, "refused": 0}
    for _ in range(ROUNDS):
        value = mangled(base, dice)
        for attempt in (
            lambda value=value: judge(Document("old", base), Document("new", value)),
            lambda value=value: judge(Document("old", value), Document("new", base)),
            lambda value=value: take(value),
        ):
            ends[end(attempt)] += 1
    assert min(ends.values()) > ROUNDS // 4, ends
