"""Results as lines of JSON: the latest of each key counts, incomplete lines are dropped."""

import pytest
from spot_tools.errors import ToolError
from spot_tools.fault_runs.judgement import from_report, judgement
from spot_tools.fault_runs.records import Key, Records

ONE, TWO = Key("fault", "a", "quick", "1"), Key("fault", "b", "quick", "1")


def test_a_result_is_returned_only_for_its_revision(tmp_path):
    file = tmp_path / "results.jsonl"
    Records(file).put(ONE, "first", {"exit": 1})
    again = Records(file)
    assert again.get(ONE, "first") == {"exit": 1}
    assert again.get(ONE, "second") is None
    assert again.get(TWO, "first") is None


def test_the_latest_result_of_a_key_counts_within_a_file_and_over_files(tmp_path):
    files = [tmp_path / "1.jsonl", tmp_path / "2.jsonl"]
    first, second = (Records(file) for file in files)
    first.put(ONE, "r", {"exit": 0})
    first.put(ONE, "r", {"exit": 1})
    second.put(ONE, "s", {"exit": 2})
    second.put(TWO, "r", {"exit": 3})
    assert Records(files[0]).get(ONE, "r") == {"exit": 1}
    assert dict(Records.of_files(files).of("fault")) == {ONE: {"exit": 2}, TWO: {"exit": 3}}
    assert Records.of_files(files).revisions("fault") == {"r", "s"}


def test_results_that_this_run_did_not_ask_for_are_not_reported(tmp_path):
    file = tmp_path / "results.jsonl"
    earlier = Records(file)
    earlier.put(ONE, "old", {"exit": 1})
    earlier.put(TWO, "new", {"exit": 0})
    now = Records(file)
    assert (now.get(ONE, "new"), now.get(TWO, "new")) == (None, {"exit": 0})
    assert dict(now.of("fault")) == {TWO: {"exit": 0}}
    assert now.revisions("fault") == {"new"}


def test_the_incomplete_line_of_a_killed_run_is_dropped(tmp_path):
    file = tmp_path / "results.jsonl"
    Records(file).put(ONE, "r", {"exit": 1})
    with file.open("a") as text:
        text.write('{"part": "fault", "na')
    Records(file).put(TWO, "r", {"exit": 0})
    assert len(Records(file)) == 2


def test_a_line_that_is_not_a_result_is_an_error(tmp_path):
    file = tmp_path / "results.jsonl"
    Records(file).put(ONE, "r", {"exit": 1})
    with file.open("a") as text:
        text.write("{}\n")
    with pytest.raises(ToolError, match=r"line 2 of results\.jsonl is not a result"):
        Records(file)


def test_a_judgement_is_the_same_after_reading():
    finding = {"rule": "a.b", "verdict": "broken", "places": ["x"], "ways": [""], "encodings": ["JSON"]}
    rules = [
        {"id": "a.b", "verdict": "broken"},
        {"id": "a.c", "verdict": "not judged"},
        {"id": "a.d", "verdict": "kept"},
    ]
    report = {"rules": rules, "findings": [{**finding, "count": 2}], "requests": 5, "orders": 4}
    judged = from_report(1, report, 1.25)
    assert judgement(judged.as_json()) == judged
    assert (judged.broken, judged.judged, judged.is_caught) == (("a.b",), ("a.b", "a.d"), True)
    assert not from_report(2, {}, 0.0).is_caught
