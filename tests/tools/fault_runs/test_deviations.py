"""The known deviations of stock servers, compared with the findings of the suite."""

import pytest
from spot_tools.errors import ToolError
from spot_tools.fault_runs.deviations import Assessment, Declaration, Deviation, explained, read
from spot_tools.fault_runs.judgement import Finding, Judgement

COERCED = Deviation("coerced", "Numbers.", "must", ("refusal.coerced",), ("recipient.*", "kit_types[]"), ("json",))
NESTING = Deviation("nesting", "500.", "must", ("robustness.*",), ways=("deep nesting", "odd *"))
CHALLENGE = Deviation("challenge", "None.", "advice", ("authentication.challenge", "media.*"))
SELDOM = Deviation("seldom", "Seldom.", "must", ("identity.*",), sought=False)
DECLARED = Declaration("made of it", ("application/json",), (COERCED, NESTING, CHALLENGE, SELDOM))

ZIP = Finding("refusal.coerced", "broken", ("recipient.address.zip", "kit_types[]"), ("JSON",), ("zero",))
DEEP = Finding("robustness.no_server_error", "broken", (), ("application/json",), ("deep nesting", "odd numbers"))


@pytest.mark.parametrize(
    ("finding", "shows", "whole"),
    [
        (ZIP, [COERCED], True),
        (Finding("refusal.type", "broken", ("recipient.phone",), ("JSON",)), [], False),
        (Finding("refusal.coerced", "broken", ("recipient.phone", "metadata"), ("JSON",)), [COERCED], False),
        (Finding("refusal.coerced", "broken", ("kit_typesx",), ("JSON",)), [], False),
        (Finding("refusal.coerced", "broken", ("kit_types[]",), ("JSON", "urlencoded (x)")), [COERCED], False),
        (Finding("refusal.coerced", "broken", ("kit_types[]",), ("application/json",)), [COERCED], True),
        (Finding("refusal.coerced", "broken", (), ("JSON",)), [], False),
        (DEEP, [NESTING], True),
        (Finding("robustness.no_server_error", "broken", ways=("deep nesting", "no type")), [NESTING], False),
        (Finding("authentication.challenge", "advice", ("WWW-Authenticate",)), [CHALLENGE], True),
        (Finding("media.parameters", "broken"), [], False),
    ],
)
def test_a_finding_is_explained_if_all_of_it_matches(finding, shows, whole):
    assert [one for one in DECLARED.deviations if one.shows_in(finding)] == shows
    assert explained(finding, DECLARED.deviations) is whole


def test_a_finding_of_two_deviations_is_explained_by_both_together():
    kits = Deviation("kits", "Lists.", "must", ("refusal.*",), ("kit_types",))
    both = Finding("refusal.coerced", "broken", ("kit_types", "recipient.phone"), ("JSON",))
    assert explained(both, [COERCED, kits])
    assert not explained(both, [COERCED])


def assessment(*findings, status=1):
    return Assessment("one", DECLARED, Judgement(status, findings=findings))


def test_a_run_that_finds_exactly_the_deviations_is_right():
    one = assessment(ZIP, DEEP, Finding("authentication.challenge", "advice"))
    assert one.right
    assert [each.name for each in one.sought] == ["coerced", "nesting"]
    assert (one.missed, one.unexplained, one.unexplained_advice, one.most_findings) == ([], [], [], 3)


def test_a_deviation_without_a_finding_is_missed():
    one = assessment(ZIP)
    assert [each.name for each in one.missed] == ["nesting"]
    assert not one.right


def test_an_unexplained_finding_is_wrong_and_unexplained_advice_is_not():
    unknown = Finding("media.parameters", "broken", encodings=("JSON",))
    one = assessment(ZIP, DEEP, unknown, Finding("methods.status_405", "advice"))
    assert one.unexplained == [unknown]
    assert [each.rule for each in one.unexplained_advice] == ["methods.status_405"]
    assert not one.right


def test_an_optional_deviation_that_was_found_allows_one_more_finding():
    seldom = Finding("identity.own_id", "broken")
    assert assessment(ZIP, DEEP, seldom).most_findings == 4
    assert assessment(ZIP, DEEP, ZIP).right
    assert not assessment(ZIP, DEEP, ZIP, ZIP).right


def test_a_server_that_could_not_be_judged_is_not_right():
    assert not assessment(ZIP, DEEP, status=2).right


def test_missing_media_types_are_pinned_to_none():
    assert DECLARED.deployment(["multipart/form-data"]) == '[forms]\n"multipart/form-data" = "none"\n'
    assert DECLARED.deployment(["application/json"]) == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "needs made_of, offers and deviations"),
        ("{made_of: x, offers: [], deviations: [{id: a, sentence: b, level: must}]}", "each deviation needs id, "),
        (
            "{made_of: x, offers: [], deviations: [{id: a, sentence: b, level: must, rules: [c], place: [d]}]}",
            "each deviation needs id, ",
        ),
        (
            "{made_of: x, offers: [], deviations: [{id: a, sentence: b, level: bad, rules: [c]}]}",
            "a has the level 'bad'; expected must or advice",
        ),
    ],
)
def test_missing_and_unknown_keys_are_errors(tmp_path, text, message):
    (tmp_path / "deviations.yaml").write_text(text)
    with pytest.raises(ToolError, match=r"deviations\.yaml") as caught:
        read(tmp_path / "deviations.yaml")
    assert message in str(caught.value)
