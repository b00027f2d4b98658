"""The content of requests: orders, mutations, encodings."""

import copy
import json

import pytest
from another_document import judging_by
from hypothesis import find, settings
from hypothesis.errors import NoSuchExample
from spot_contract.document.media_types import MULTIPART, URLENCODED
from spot_contract.document.openapi import VENDORED, Document
from spot_contract.exchanges.intent import Flaw
from spot_contract.exchanges.secrets import Secret
from spot_contract.generation import samples, strategies
from spot_contract.generation.encodings import AS_JSON, Dialect, Encoding, Lists, Nesting
from spot_contract.generation.mutations import expressible, invalid_bodies
from spot_contract.generation.orders import OrderMaker
from spot_contract.generation.regions import REGIONS
from spot_contract.scenarios.circumstances import circumstances
from spot_contract.scenarios.plan import Plan, Profile
from spot_contract.transport.framing import Framing
from spot_contract.transport.target import Target

MAKER = OrderMaker(1, "tests", ["health_kit_1"])
_LISTS = {Nesting.JSON_TEXT: Lists.REPEATED, Nesting.DOTTED: Lists.INDEXED, Nesting.BRACKETS: Lists.EMPTY_BRACKETS}
FORMS = [Encoding(kind, Dialect(way, way, _LISTS[way])) for kind in (URLENCODED, MULTIPART) for way in Nesting]
JSON_TEXT, DOTTED, BRACKETS = FORMS[:3]
NO_METADATA = Encoding(URLENCODED, Dialect(Nesting.JSON_TEXT, None))


@pytest.mark.parametrize("encoding", [AS_JSON, *FORMS], ids=str)
def test_every_dialect_carries_the_same_order(encoding):
    body = MAKER.plain()
    assert encoding.can_carry(body)
    if not encoding.is_json:
        assert encoding.meaning(encoding.pairs(body)) == body


PAIRS = {
    JSON_TEXT: [("kit_types", "a"), ("kit_types", "b"), ("metadata", '{"a": {"b": "c"}}')],
    DOTTED: [("kit_types[0]", "a"), ("kit_types[1]", "b"), ("metadata.a.b", "c")],
    BRACKETS: [("kit_types[]", "a"), ("kit_types[]", "b"), ("metadata[a][b]", "c")],
}


@pytest.mark.parametrize(("encoding", "pairs"), PAIRS.items(), ids=map(str, PAIRS))
def test_dialects_differ_in_the_names_of_fields(encoding, pairs):
    assert encoding.pairs({"kit_types": ["a", "b"], "metadata": {"a": {"b": "c"}}}) == pairs


NOT_REPRESENTABLE = {
    "an empty list": (JSON_TEXT, {"kit_types": []}),
    "a text for a list": (JSON_TEXT, {"kit_types": "a"}),
    "a number in a list of texts": (JSON_TEXT, {"kit_types": [1]}),
    "no object": (JSON_TEXT, []),
    "a number in dotted metadata": (DOTTED, {"metadata": {"a": 1}}),
    "null": (DOTTED, {"metadata": None}),
    "a dot in a dotted key": (DOTTED, {"metadata": {"a.b": "c"}}),
    "a bracket in a bracketed key": (BRACKETS, {"metadata": {"a]b": "c"}}),
    "line ends in a part's name": (FORMS[4], {"metadata": {"a\r\nb": "c"}}),
    "metadata that the server does not read": (NO_METADATA, {"metadata": {"a": "b"}}),
}


@pytest.mark.parametrize(("encoding", "body"), NOT_REPRESENTABLE.values(), ids=NOT_REPRESENTABLE)
def test_form_that_would_mean_something_else_cannot_carry_it(encoding, body):
    assert not encoding.can_carry(body)


def test_metadata_that_an_encoding_lacks_are_left_out():
    body = MAKER.plain()
    assert "metadata" not in NO_METADATA.without_unsupported(body)
    assert DOTTED.without_unsupported(body) == body


@pytest.mark.parametrize("nothing", ["", None])
def test_empty_form_field_of_a_nullable_property_is_not_sent_as_invalid(nothing):
    body = MAKER.plain() | {"metadata": nothing}
    assert expressible(AS_JSON, body)
    assert not expressible(JSON_TEXT, body)
    assert expressible(JSON_TEXT, body | {"metadata": "text"})


@pytest.mark.parametrize("encoding", [DOTTED, BRACKETS], ids=str)
def test_property_without_a_name_in_the_schema_is_not_sent_as_invalid(encoding):
    body = MAKER.plain()
    body["recipient"]["address"]["street2"] = {"a": "b"}
    assert encoding.can_carry(body)
    assert not expressible(encoding, body)


def test_covering_orders_hold_every_region_and_name_in_every_encoding():
    encodings = [AS_JSON, *FORMS]
    regions = {encoding: set() for encoding in encodings}
    names = {encoding: set() for encoding in encodings}
    for body, encoding in MAKER.covering(encodings, 1, len(REGIONS)):
        assert encoding.can_carry(body)
        assert Document.load(VENDORED).allows(body)
        address = body["recipient"]["address"]
        regions[encoding].add((address["country"], address["state"]))
        names[encoding].add(body["recipient"]["first_name"])
    for encoding in encodings:
        assert regions[encoding] == {(region.country, region.code) for region in REGIONS}
        assert names[encoding] == set(samples.FIRST_NAMES)


def test_same_seed_makes_the_same_orders_and_another_seed_others():
    def made(seed):
        return [json.dumps(body) for body, _ in OrderMaker(seed, "x", ["k"]).covering([AS_JSON], 1, 0)]

    assert made(1) == made(1)
    assert made(1) != made(2)


def test_invalid_bodies_are_invalid_in_every_position_of_the_schema():
    cases = list(invalid_bodies(MAKER.plain()))
    document = Document.load(VENDORED)
    assert not any(document.allows(case.body) for case in cases)
    missing = {case.names[0] for case in cases if case.flaw is Flaw.MISSING}
    required = set()
    for name in ("CreateOrder", "Recipient", "Address"):
        required |= set(document.raw["components"]["schemas"][name]["required"])
    assert missing == required
    assert {case.flaw for case in cases} == {Flaw.MISSING, Flaw.TYPE, Flaw.COERCED, Flaw.NULL, Flaw.ENUM, Flaw.LIST}


def test_scalars_in_place_of_texts_are_a_flaw_of_their_own():
    flaws = {(case.place, case.way): case.flaw for case in invalid_bodies(MAKER.plain())}
    of_zip = {way: flaw for (place, way), flaw in flaws.items() if place == "recipient.address.zip"}
    assert {flaw for way, flaw in of_zip.items() if "number" in way or way in {"true", "false"}} == {Flaw.COERCED}
    assert {flaw for way, flaw in of_zip.items() if "list" in way or "object" in way} == {Flaw.TYPE}


def test_new_required_field_of_the_document_is_covered():
    raw = copy.deepcopy(Document.load(VENDORED).raw)
    raw["components"]["schemas"]["Address"]["properties"]["county"] = {"type": "string"}
    raw["components"]["schemas"]["Address"]["required"].append("county")
    body = MAKER.plain()
    body["recipient"]["address"]["county"] = "Suffolk"
    with judging_by({VENDORED: raw}):
        missing = [one.place for one in invalid_bodies(body) if one.flaw is Flaw.MISSING]
    assert "recipient.address.county" in missing


def test_lone_surrogate_is_escaped():
    assert AS_JSON.encode({"a": "\ud800"})[1] == b'{"a": "\\ud800"}'


def test_key_in_a_form_does_not_begin_with_two_underscores():
    """Some readers of forms drop names such as `__proto__`."""
    # Without the filter, one of the first dozens of examples has such a key.
    thorough = settings(max_examples=300, database=None, derandomize=True)
    with pytest.raises(NoSuchExample):
        find(
            strategies.metadata(texts_only=True, tree=False),
            lambda value: any(name.startswith("__") for name in value),
            settings=thorough,
        )


@pytest.mark.parametrize("encoding", [AS_JSON, *FORMS], ids=str)
@pytest.mark.parametrize("variety", ["8 KiB of headers", "8 KiB of headers before the usual ones"])
def test_large_headers_stay_within_the_default_limit_of_servers(encoding, variety):
    profile = Profile("quick", rounds=1, form_orders=1, examples=1, schemathesis=1, repeats=1)
    plan = Plan("large", 1, profile, Secret("x" * 200), [encoding], (), ("health_kit_1",))
    case = dict(circumstances())[variety](plan.realistic(plan.plain(encoding), encoding))
    head = Framing().head(
        case.request, Target("contract.staging.example.com", 8443, secure=True, prefix="/some/prefix")
    )
    assert 7_700 < len(head) <= 8_192
