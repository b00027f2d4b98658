"""conformance.toml: the waivers of a deployment and its form dialects."""

import tomllib
from datetime import UTC, date, datetime, timedelta

import pytest
from spot_contract.configuration import deployment
from spot_contract.configuration.waivers import Waiver, draft, waivers
from spot_contract.document.media_types import MULTIPART, URLENCODED
from spot_contract.errors import CannotJudge
from spot_contract.rules.registry import all_rules

NAME = "conformance.toml"
KNOWN = frozenset({"refusal.coerced", "refusal.strict"})
TODAY = datetime.now(UTC).date()
GOOD = {"rule": "refusal.coerced", "reason": "an old parser", "until": date(2999, 1, 1)}
DOTTED = "urlencoded (recipient dotted, metadata json)"
BROKEN = ("refusal.coerced", "recipient.address.zip", DOTTED, "a number")


def waiver(**narrowed):
    texts = {name: (value,) if isinstance(value, str) else value for name, value in narrowed.items()}
    return Waiver("refusal.coerced", "an old parser", texts.pop("until", TODAY), **texts)


FORGIVING = {
    "the rule alone": {},
    "its place": {"place": "recipient.address.zip"},
    "one of its places": {"place": ("recipient.phone", "recipient.address.zip")},
    "a place above": {"place": "recipient"},
    "its encoding": {"encoding": DOTTED},
    "its media type": {"encoding": URLENCODED},
    "its media type in short": {"encoding": "urlencoded"},
    "its way": {"way": "a number"},
    "all of them": {"place": "recipient.address.zip", "encoding": DOTTED, "way": "a number"},
}
BLIND = {
    "another place": {"place": "recipient.phone"},
    "a place that begins alike": {"place": "recipient.addr"},
    "a place below": {"place": "recipient.address.zip.code"},
    "another media type": {"encoding": "multipart"},
    "JSON": {"encoding": "JSON"},
    "another dialect": {"encoding": "urlencoded (recipient json, metadata json)"},
    "another way": {"way": "true"},
    "one of three is another": {"place": "recipient.address.zip", "encoding": DOTTED, "way": "true"},
    "its day is over": {"until": TODAY - timedelta(days=1)},
}


@pytest.mark.parametrize("narrowed", FORGIVING.values(), ids=FORGIVING)
def test_waiver_forgives_what_it_names(narrowed):
    assert waiver(**narrowed).forgives(*BROKEN)


@pytest.mark.parametrize("narrowed", BLIND.values(), ids=BLIND)
def test_waiver_forgives_nothing_else(narrowed):
    assert not waiver(**narrowed).forgives(*BROKEN)
    assert not waiver().forgives("refusal.strict", *BROKEN[1:])


def test_waiver_holds_on_its_last_day():
    assert not waiver(until=TODAY).is_past
    assert waiver(until=TODAY - timedelta(days=1)).is_past


def test_waivers_are_read_as_they_stand():
    more = {"place": "recipient.address.zip", "encoding": ["JSON", DOTTED], "way": ["a number"], "until": "2999-01-01"}
    (found,) = waivers(NAME, {"waiver": [GOOD | more]}, KNOWN)
    assert found == Waiver(
        "refusal.coerced",
        "an old parser",
        date(2999, 1, 1),
        place=("recipient.address.zip",),
        encoding=("JSON", DOTTED),
        way=("a number",),
    )


@pytest.mark.parametrize(
    "place", ["kit_types[]", "recipient", "recipient.address.street2", "metadata.note", "order_id", "Allow", "error"]
)
def test_places_of_the_document_can_be_waived(place):
    assert waivers(NAME, {"waiver": [GOOD | {"place": place}]}, KNOWN)


def without(name):
    return {key: value for key, value in GOOD.items() if key != name}


REFUSED = {
    "a waiver that is no table": ("refusal.coerced", "each waiver needs rule, reason and until"),
    "no reason": (without("reason"), "each waiver needs rule, reason and until"),
    "no last day": (without("until"), "each waiver needs rule, reason and until"),
    "an empty reason": (GOOD | {"reason": ""}, "gives no reason"),
    "a blank reason": (GOOD | {"reason": "  "}, "gives no reason"),
    "a reason that is no text": (GOOD | {"reason": 7}, "gives no reason"),
    "an unknown rule": (GOOD | {"rule": "refusal.nothing"}, "there is no rule 'refusal.nothing'"),
    "a rule that is a list": (GOOD | {"rule": ["refusal.coerced"]}, "there is no rule"),
    "an unknown key": (GOOD | {"places": "zip"}, "unknown key 'places'"),
    "a day that is none": (GOOD | {"until": "2999-02-30"}, "needs a last day"),
    "a moment for a day": (GOOD | {"until": datetime(2999, 1, 1, tzinfo=UTC)}, "needs a last day"),
    "a place that the document lacks": (
        GOOD | {"place": "recipient.address.zipcode"},
        "has no place 'recipient.address.zipcode'",
    ),
    "a place that is a number": (GOOD | {"place": 7}, "must be a text or a list of texts"),
    "an encoding that is none": (GOOD | {"encoding": "XML"}, "unknown encoding 'XML'"),
    "ways that are numbers": (GOOD | {"way": [7]}, "must be a text or a list of texts"),
}


@pytest.mark.parametrize(("entry", "words"), REFUSED.values(), ids=REFUSED)
def test_waiver_that_would_be_ignored_is_refused_in_one_sentence(entry, words):
    with pytest.raises(CannotJudge) as caught:
        waivers(NAME, {"waiver": [entry]}, KNOWN)
    message = str(caught.value)
    assert words in message
    assert message.startswith(f"{NAME}: ")
    assert message.endswith(".")
    assert "\n" not in message


def test_waivers_in_one_table_are_refused():
    with pytest.raises(CannotJudge, match="two brackets"):
        waivers(NAME, {"waiver": GOOD}, KNOWN)


def test_rule_waived_twice_for_the_same_is_refused():
    with pytest.raises(CannotJudge, match="waived twice"):
        waivers(NAME, {"waiver": [GOOD, GOOD]}, KNOWN)
    assert len(waivers(NAME, {"waiver": [GOOD, GOOD | {"way": "a number"}]}, KNOWN)) == 2


def test_draft_is_refused_until_its_reasons_stand():
    odd = 'a "quoted" \\ way\x00'
    text = draft([("refusal.coerced", ["recipient.phone", "metadata"], ["JSON"], [odd], "found once\nin JSON")])
    raw = tomllib.loads(text)
    with pytest.raises(CannotJudge, match="gives no reason"):
        waivers(NAME, raw, KNOWN)
    (found,) = waivers(NAME, tomllib.loads(text.replace('reason = ""', 'reason = "known"')), KNOWN)
    assert (found.place, found.encoding, found.way) == (("recipient.phone", "metadata"), ("JSON",), (odd,))
    assert found.until == TODAY + timedelta(days=90)
    assert "# found once\n# in JSON\n" in text


def test_draft_of_every_rule_can_be_read():
    text = draft([(rule, [], [], [], rule) for rule in all_rules()])
    found = waivers(NAME, tomllib.loads(text.replace('reason = ""', 'reason = "known"')), all_rules())
    assert [one.rule for one in found] == list(all_rules())
    assert {(one.place, one.encoding, one.way) for one in found} == {((), (), ())}


FORMS = {
    "nothing": ("", {}),
    "both forms alike": (
        'recipient = "json"\nmetadata = "dotted"',
        {
            URLENCODED: {"recipient": "json", "metadata": "dotted"},
            MULTIPART: {"recipient": "json", "metadata": "dotted"},
        },
    ),
    "one form": ('urlencoded = {recipient = "brackets"}', {URLENCODED: {"recipient": "brackets"}}),
    "one form by its whole name": (
        '"multipart/form-data" = {metadata = "none"}',
        {MULTIPART: {"metadata": "none"}},
    ),
    "one form otherwise than both": (
        'recipient = "json"\nmultipart = {recipient = "dotted"}',
        {URLENCODED: {"recipient": "json"}, MULTIPART: {"recipient": "dotted"}},
    ),
    "one form not offered": ('multipart = "none"', {MULTIPART: {"recipient": "none", "metadata": "none"}}),
}


def forms(text):
    return deployment.deployment(NAME, tomllib.loads(text))


@pytest.mark.parametrize(("text", "pinned"), FORMS.values(), ids=FORMS)
def test_forms_pin_dialects(text, pinned):
    assert forms(f"[forms]\n{text}").pinned == pinned


def test_deployment_of_json_alone_offers_no_form():
    found = forms('forms = "none"')
    assert not found.offers(URLENCODED)
    assert not found.offers(MULTIPART)
    assert found.offers("application/json")
    assert forms('[forms]\nrecipient = "json"').offers(MULTIPART)


NO_FORMS = {
    "an unknown key": ('[forms]\nrecipients = "json"', "has no key 'recipients'"),
    "an unknown dialect": ('[forms]\nrecipient = "php"', "unknown dialect 'php' for recipient"),
    "an unknown dialect of one form": (
        '[forms]\nurlencoded = {metadata = "yaml"}',
        "unknown dialect 'yaml' for metadata",
    ),
    "a dialect that is a list": ('[forms]\nmetadata = ["json"]', "unknown dialect"),
    "an unknown key of one form": ('[forms]\nmultipart = {kits = "json"}', "has no key 'kits'"),
    "a text for a form": ('[forms]\nmultipart = "json"', "must be a table with recipient and metadata"),
    "a word for the table": ('forms = "json"', "[forms] must be a table of dialects"),
}


@pytest.mark.parametrize(("text", "words"), NO_FORMS.values(), ids=NO_FORMS)
def test_forms_that_would_be_ignored_are_refused_in_one_sentence(text, words):
    with pytest.raises(CannotJudge) as caught:
        forms(text)
    assert words in str(caught.value)
    assert str(caught.value).endswith(".")


FILES = {
    "no TOML": (b"[[waiver", "is not valid TOML"),
    "no UTF-8": (b"\xff", "is not valid TOML"),
    "an unknown table": (b"[form]\n", "unknown entry 'form'"),
}


@pytest.mark.parametrize(("data", "words"), FILES.values(), ids=FILES)
def test_file_that_is_no_conformance_toml_is_refused(tmp_path, data, words):
    file = tmp_path / NAME
    file.write_bytes(data)
    with pytest.raises(CannotJudge, match=words):
        deployment.read(file)
