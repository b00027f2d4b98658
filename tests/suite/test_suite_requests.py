import json

import pytest
from spot_contract import curl, jsontext, samples
from spot_contract.carriers import AS_JSON, CARRIERS, MULTIPART_DOTTED, URLENCODED_DOTTED, URLENCODED_JSON
from spot_contract.documents import VENDORED, Document
from spot_contract.invalid import changes, expressible, invalid_bodies
from spot_contract.messages import Credential, Request
from spot_contract.orders import Maker
from spot_contract.places import REGIONS
from spot_contract.reduce import smaller_bodies
from spot_contract.secrets import Mask, Secret

MAKER = Maker(1, "tests", ["health_kit_1"])


def test_form_styles_carry_the_same_order():
    body = MAKER.plain()
    for carrier in CARRIERS:
        assert carrier.can_carry(body)
    for carrier in CARRIERS[1:]:
        assert carrier.meaning(carrier.pairs(body)) == body


@pytest.mark.parametrize(
    ("carrier", "body"),
    [
        (URLENCODED_JSON, {"kit_types": []}),
        (URLENCODED_JSON, {"kit_types": "a"}),
        (URLENCODED_JSON, {"kit_types": [1]}),
        (URLENCODED_JSON, []),
        (URLENCODED_DOTTED, {"metadata": {"a": 1}}),
        (URLENCODED_DOTTED, {"metadata": None}),
        (URLENCODED_DOTTED, {"metadata": {"a.b": "c"}}),
        (MULTIPART_DOTTED, {"metadata": {"a\r\nb": "c"}}),
    ],
)
def test_form_that_would_say_something_else_cannot_carry_it(carrier, body):
    assert not carrier.can_carry(body)


@pytest.mark.parametrize("nothing", ["", None])
def test_form_that_says_nothing_of_what_is_nullable_proves_nothing(nothing):
    body = MAKER.plain() | {"metadata": nothing}
    assert expressible(AS_JSON, body)
    assert not expressible(URLENCODED_JSON, body)
    assert expressible(URLENCODED_JSON, body | {"metadata": "text"})


def test_dotted_name_that_the_schema_lacks_proves_nothing():
    body = MAKER.plain()
    body["recipient"]["address"]["street2"] = {"a": "b"}
    assert URLENCODED_DOTTED.can_carry(body)
    assert not expressible(URLENCODED_DOTTED, body)


def test_covering_orders_hold_every_region_and_value_in_every_carrier():
    seen = {carrier: set() for carrier in CARRIERS}
    names = {carrier: set() for carrier in CARRIERS}
    for body, carrier in MAKER.covering(1, 0, 1):
        assert carrier.can_carry(body)
        assert Document.load(VENDORED).allows(body)
        address = body["recipient"]["address"]
        seen[carrier].add((address["country"], address["state"]))
        names[carrier].add(body["recipient"]["first_name"])
    for carrier in CARRIERS:
        assert seen[carrier] == {(region.country, region.code) for region in REGIONS}
        assert names[carrier] == set(samples.FIRST_NAMES)


def test_same_seed_makes_the_same_orders_and_another_seed_others():
    def made(seed):
        return [json.dumps(body) for body, _ in Maker(seed, "x", ["k"]).covering(1, 0, 16)]

    assert made(1) == made(1)
    assert made(1) != made(2)


def test_covering_parts_are_disjoint_and_complete():
    whole = sum(1 for _ in Maker(1, "x", ["k"]).covering(1, 0, 1))
    parts = sum(sum(1 for _ in Maker(1, "x", ["k"]).covering(1, part, 3)) for part in range(3))
    assert whole == parts == len(CARRIERS) * len(REGIONS)


def test_invalid_bodies_are_invalid_in_every_position_of_the_schema():
    cases = list(invalid_bodies(MAKER.plain()))
    document = Document.load(VENDORED)
    assert not any(document.allows(case.body) for case in cases)
    missing = {case.names[0] for case in cases if case.rule == "refusal.required"}
    required = set()
    for name in ("CreateOrder", "Recipient", "Address"):
        required |= set(document.raw["components"]["schemas"][name]["required"])
    assert missing == required
    assert {case.rule for case in cases} == {"refusal.required", "refusal.type", "refusal.null", "refusal.enum"}
    assert len(cases) < len(changes())


def test_new_required_field_of_the_document_is_covered(monkeypatch):
    document = Document.load(VENDORED)
    raw = json.loads(json.dumps(document.raw))
    raw["components"]["schemas"]["Address"]["properties"]["county"] = {"type": "string"}
    raw["components"]["schemas"]["Address"]["required"].append("county")
    changed = Document(raw)
    monkeypatch.setattr(Document, "load", lambda _: changed)
    changes.cache_clear()
    try:
        body = MAKER.plain()
        body["recipient"]["address"]["county"] = "Suffolk"
        assert any(case.what == "recipient.address.county missing" for case in invalid_bodies(body))
    finally:
        changes.cache_clear()


def test_curl_command_holds_no_token_and_quotes_the_body():
    token = Secret("Abc-123-secret-token")
    credential = Credential("the token", b"Token Abc-123-secret-token", "Token $SPOT_API_TOKEN")
    request = Request("application/json", b'{"a": "it\'s"}', credential, "/x?token=Abc-123-secret-token")
    command = curl.command(request, "http://127.0.0.1:1", Mask(token))
    assert token.value not in command
    assert '"Authorization: Token $SPOT_API_TOKEN"' in command
    assert "'{\"a\": \"it'\\''s\"}'" in command


@pytest.mark.parametrize("spelling", ["Abc-123 secret/token", "abc-123 secret/token", "Abc-123%20secret/token"])
def test_mask_covers_every_spelling_of_the_token(spelling):
    masked = Mask(Secret("Abc-123 secret/token"))(f"before {spelling} after")
    assert masked == "before *** after"


def test_mask_covers_a_private_recipient():
    assert Mask(Secret("x" * 20), {"first_name": "Renée"})('{"a": "Ren\\u00e9e", "b": "Renée"}') == (
        '{"a": "<first_name>", "b": "<first_name>"}'
    )


def test_secret_does_not_show_itself():
    assert "hidden" not in f"{Secret('hidden')!r} {Secret('hidden')}"


def test_smaller_body_keeps_only_what_breaks():
    body = {"a": {"x": 1, "y": 2}, "metadata": {"k": 1}, "b": 3}
    ordinary = {"a": {"x": 0, "y": 0}, "b": 0}
    found = smaller_bodies(body, ordinary, lambda candidate: candidate if candidate["a"]["y"] == 2 else None)
    assert found == {"a": {"x": 0, "y": 2}, "b": 0}
    assert smaller_bodies(body, ordinary, lambda _: None) is None


def test_numbers_are_compared_to_the_last_digit():
    assert jsontext.equal({"a": 1}, jsontext.read(b'{"a": 1.0}'))
    assert jsontext.equal(0.1, jsontext.read(b"0.1"))
    assert not jsontext.equal(2**53 + 1, jsontext.read(b"9007199254740992"))
    assert not jsontext.equal(1, jsontext.read(b"true"))
    assert AS_JSON.encode({"a": "\ud800"})[1] == b'{"a": "\\ud800"}'
