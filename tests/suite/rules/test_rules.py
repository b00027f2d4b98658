"""Each rule with exchanges that keep it and that break it, from the tables `rules_*.py`."""

import copy
import pkgutil
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from another_document import judging_by
from rule_cases import SENT, address, answer, error, exchange, order, placed, recorded, refused
from spot_contract.document.openapi import STRICT, VENDORED, Document
from spot_contract.exchanges.exchange import Origin
from spot_contract.exchanges.intent import Intent, Kind
from spot_contract.exchanges.secrets import Secret
from spot_contract.rules.registry import all_rules
from spot_contract.session.judge import Judge

TABLES = {
    module.name.removeprefix("rules_"): import_module(module.name).RULES
    for module in pkgutil.iter_modules([str(Path(__file__).parent)])
    if module.name.startswith("rules_")
}
ROWS = {rule: row for table in TABLES.values() for rule, row in table.items()}
# Chapters with rules that apply to exchanges of any kind.
OF_EVERY_CHAPTER = {"success", "identity", "refusal", "limits", "robustness", "steadiness", "carriage"}
# Preconditions are not tested here, and checking them each time would take half of the time.
RULES = {name: replace(rule, requires=()) for name, rule in all_rules().items()}


def as_history(shown):
    return shown if isinstance(shown, list) else [shown]


def cases(column):
    """The entries of a column of all rows, with the number of each in its row."""
    return [
        pytest.param(rule, case, id=f"{rule} {number}")
        for rule, row in ROWS.items()
        for number, case in enumerate(getattr(row, column))
    ]


EVERY = {
    rule: [one for shown in (*row.kept, *(one.shown for one in row.broken)) for one in as_history(shown)[-2:]]
    for rule, row in ROWS.items()
}


def judged(shown):
    """The number of cases of each rule, and the places and ways in which each broken rule is broken."""
    judge = Judge(RULES)
    for number, one in enumerate(as_history(shown), 1):
        judge.observe(replace(one, number=number))
    judge.conclude()
    counts = {rule: record.cases for rule, record in judge.records.items() if record.cases}
    broken = {
        rule: {(cell.place, cell.full_way) for cell in record.broken}
        for rule, record in judge.records.items()
        if record.broken
    }
    return counts, broken


@pytest.fixture
def document(request):
    """The document, with the edit of the rule's row."""
    edit = ROWS[request.node.callspec.params["rule"]].edit
    if edit is None:
        yield
        return
    documents = {path: copy.deepcopy(Document.load(path).raw) for path in (VENDORED, STRICT)}
    for raw in documents.values():
        edit(raw)
    with judging_by(documents):
        yield


def test_every_rule_has_what_keeps_it_and_what_breaks_it():
    assert {rule for rule, row in ROWS.items() if row.kept and row.broken} == set(all_rules())
    for table, found in TABLES.items():
        assert {rule.partition(".")[0] for rule in found} == {table}


@pytest.mark.parametrize(("rule", "shown"), cases("kept"))
@pytest.mark.usefixtures("document")
def test_what_keeps_a_rule_breaks_none(rule, shown):
    counts, broken = judged(shown)
    assert counts[rule]
    assert broken == {}


@pytest.mark.parametrize(("rule", "case"), cases("broken"))
@pytest.mark.usefixtures("document")
def test_what_breaks_a_rule_breaks_that_one_at_its_place(rule, case):
    _, broken = judged(case.shown)
    assert broken.get(rule) == {(case.place, case.way)}
    assert set(broken) == {rule, *case.also}


@pytest.mark.parametrize(("rule", "shown"), cases("silent"))
def test_rule_does_not_judge_what_it_does_not_apply_to(rule, shown):
    counts, broken = judged(shown)
    assert rule not in counts
    assert broken == {}


@pytest.mark.parametrize("rule", EVERY)
def test_limit_a_server_error_and_a_silence_break_their_own_rules_alone(rule):
    for one in EVERY[rule]:
        if one.intent.kind in {Kind.DIALECT, Kind.CONNECTION}:
            continue  # These represent a search or a connection, not a request.
        shown = replace(one, failure="", stray=False)
        assert judged(replace(shown, answer=error(429)))[1] == {}
        assert judged(replace(shown, answer=answer(503, b"", None)))[1].keys() == {"robustness.no_server_error"}
        silent = replace(shown, answer=None, failure="no answer")
        assert judged(silent)[1].keys() == {"robustness.answers"}


def test_recorded_traffic_is_judged_by_what_its_answers_are():
    every = [one for found in EVERY.values() for one in found]
    counts, _ = judged([recorded(one, with_body=False) for one in every])
    assert {rule.partition(".")[0] for rule in counts} == OF_EVERY_CHAPTER
    assert not {"success.status", "success.schema_valid", "refusal.required", "refusal.status"} & set(counts)
    assert [rule for rule in counts if rule.startswith("carriage.")] == ["carriage.framing"]
    counts, _ = judged([recorded(one, with_body=True) for one in every])
    assert {rule.partition(".")[0] for rule in counts} == OF_EVERY_CHAPTER | {"echo"}


@pytest.mark.parametrize("rule", EVERY)
@pytest.mark.parametrize("with_body", [False, True], ids=["without body", "with body"])
def test_recorded_traffic_of_a_right_server_breaks_nothing(rule, with_body):
    for shown in ROWS[rule].kept:
        if not any(one.intent.kind is Kind.HOSTILE_HEADER for one in as_history(shown)):
            assert judged([recorded(one, with_body=with_body) for one in as_history(shown)])[1] == {}


def test_recorded_order_is_held_against_its_body_where_that_is_known():
    wrong = placed(order(recipient=address(zip="2134")))
    assert judged(recorded(wrong, with_body=True))[1].keys() == {"echo.recipient"}
    assert judged(recorded(wrong, with_body=False))[1] == {}


def test_token_that_is_an_ordinary_word_is_not_looked_for():
    wordy = replace(refused(error(detail="zip: invalid token")), origin=Origin(Secret("token")))
    assert judged(wordy)[1] == {}


def test_value_that_an_error_repeats_is_found_without_a_canary():
    sent = SENT | {"recipient": address(country="ZZ")}
    intent = replace(refused().intent, sent=sent)
    assert judged(exchange(intent, error(detail="zip of ZZ"), body=sent))[1].keys() == {"refusal.repeats_no_value"}
    assert judged(exchange(intent, error(detail="zip"), body=sent))[1] == {}


def test_another_operations_answer_is_no_order():
    assert judged(exchange(Intent(Kind.OPERATION), answer(201, []), body=b""))[1] == {}


def test_every_rule_has_a_sentence_and_a_source():
    for rule in all_rules().values():
        assert rule.sentence.endswith(".")
        assert rule.source.startswith("[")
        assert rule.is_advice == rule.sentence.startswith("Advice:")
