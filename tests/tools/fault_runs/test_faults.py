"""scripts/faults: the figures and the exit code that follows from them."""

import re
from contextlib import nullcontext

import pytest
from spot_tools.commands.faults import conclude, main
from spot_tools.fault_runs import table
from spot_tools.fault_runs.correct import CorrectRun
from spot_tools.fault_runs.faulty import CONTROL, FAULT, Fault, Result, results, run
from spot_tools.fault_runs.judgement import Judgement
from spot_tools.fault_runs.records import Key, Records
from spot_tools.fault_runs.report import Report
from spot_tools.fault_runs.report import report as report_of
from spot_tools.fault_runs.trial import trial
from spot_tools.fault_runs.waived import WaivedRun, WaivedServer

ZIP = Fault("zip-loses-zero", "echo", "A zip loses its leading zero.", "rare", advice=False)
ID = Fault("order-id-constant", "identity", "Every order has the same id.", "cross-request", advice=False)
KEPT = {"echo.recipient": "kept", "identity.own_id": "kept", "limits.envelope": "not judged"}
BROKEN = Judgement(1, {**KEPT, "echo.recipient": "broken"}, seconds=3.0)
QUIET = Judgement(0, KEPT, requests=1640, seconds=9.0)
CAUGHT, MISSED = Result(ZIP, "quick", BROKEN, 3.0), Result(ZIP, "ci", QUIET, 12.0)
PASSED = CorrectRun("drf", "drf-refusing-unknown", 1, QUIET)
ALARM = CorrectRun("plain", "plain", 2, BROKEN)
SERVER = WaivedServer("coerces", ("numeric-zip-accepted",), ("mexico-accepted",))


def waived_run(status=0, *, is_found=True):
    return WaivedRun(SERVER, 3, status, {"mexico-accepted": is_found})


def report(**parts):
    whole = {"correct": [PASSED], "results": [CAUGHT], "rules": {"echo.recipient": ["zip-loses-zero"]}}
    return Report("ci", **(whole | parts))


def test_all_caught_no_false_alarm_and_full_rule_coverage_is_exit_0(capsys):
    assert conclude(report(waived=[waived_run()]), write=False) == 0
    printed = capsys.readouterr().out
    assert "1 of 1 faulty servers caught in the ci profile, 1 of them in quick." in printed
    assert "False alarms on correct servers: 0 in 1 runs" in printed
    assert "1 of 1 rules were broken by some fault." in printed
    assert "1 of 1 faulty servers conform with the waivers drafted for them; 1 of 1 additional faults" in printed


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"results": [MISSED]}, "missed: zip-loses-zero (exit 0)"),
        (
            {"results": [Result(ZIP, "ci", Judgement(2, why="the server is gone"), 1.0)]},
            "missed: zip-loses-zero (exit 2: the server is gone)",
        ),
        ({"untried": ["order-id-constant"]}, "1 faults of the catalogue were not tried."),
        ({"correct": [PASSED, ALARM]}, "false alarm: plain, seed 2 (exit 1): echo.recipient"),
        ({"rules": {"echo.recipient": []}}, "never broken by any fault: echo.recipient"),
        ({"waived": [waived_run(is_found=False)]}, "hidden by waivers: mexico-accepted on coerces"),
        ({"waived": [waived_run(status=1)]}, "drafted waivers are not sufficient: coerces (exit 1)"),
    ],
)
def test_a_wrong_figure_is_reported_and_exit_1(capsys, wrong, message):
    assert conclude(report(**wrong), write=False) == 1
    assert message in capsys.readouterr().out


def test_the_document_contains_figures_faults_rules_and_servers():
    rules = {"echo.recipient": ["zip-loses-zero"], "echo.metadata": [], "limits.envelope": []}
    text = table.document(
        report(
            correct=[PASSED, ALARM],
            results=[CAUGHT, MISSED],
            rules=rules,
            unjudged=["limits.envelope"],
            waived=[waived_run(is_found=False)],
        )
    )
    for row in (
        "- **1 of 2 faulty servers caught in the ci profile, 1 of them in quick.**",
        "- **False alarms on correct servers: 1 in 2 runs (2 kinds of code, 2 variants, 2 seeds, quick profile).**",
        "- **1 of 2 rules were broken by some fault.**",
        "| zip-loses-zero | A zip loses its leading zero. | rare | `echo.recipient` | quick | 3.0 |",
        "| zip-loses-zero | A zip loses its leading zero. | rare | **missed** | ci | 12.0 |",
        "| `echo.recipient` | 1 | zip-loses-zero |",
        "| `echo.metadata` | **none** |  |",
        "| `limits.envelope` | not judged |  |",
        "| coerces | 3 | 0 | mexico-accepted: **hidden** |",
        "| plain | plain | 2 | 0 | 3.0 | **false alarm**: echo.recipient |",
    ):
        assert row in text


def test_rules_that_no_fault_broke_follow_from_the_results():
    records = Records()
    records.put(Key(CONTROL, "sandbox", "quick", "1"), "a", QUIET.as_json())
    records.put(Key(FAULT, "zip-loses-zero", "quick", "1"), "a", BROKEN.as_json())
    made = report_of("quick", [ZIP], records, whole=True)
    assert made.rules == {"echo.recipient": ["zip-loses-zero"], "identity.own_id": [], "limits.envelope": []}
    assert (made.silent, made.unjudged, made.untried) == (["identity.own_id"], ["limits.envelope"], [])


def test_advice_counts_as_rule_coverage():
    records = Records()
    records.put(Key(FAULT, ZIP.name, "quick", "1"), "a", Judgement(0, {"echo.white_space": "advice"}).as_json())
    assert report_of("quick", [ZIP], records, whole=True).silent == []


def test_results_of_several_revisions_and_untried_faults_are_reported(capsys):
    records = Records()
    records.put(Key(CONTROL, "sandbox", "quick", "1"), "a", QUIET.as_json())
    records.put(Key(FAULT, "zip-loses-zero", "quick", "1"), "a", BROKEN.as_json())
    records.put(Key(FAULT, "zip-loses-zero", "ci", "1"), "b", BROKEN.as_json())
    assert conclude(report_of("quick", [ZIP, ID], records, whole=True), write=False) == 1
    printed = capsys.readouterr().out
    assert "the results belong to 2 revisions of suite and sandbox" in printed
    assert "1 faults of the catalogue were not tried." in printed


def test_ci_counts_where_quick_missed():
    records = Records()
    for name, profile, judged in (
        (ZIP.name, "quick", QUIET),
        (ZIP.name, "ci", BROKEN),
        (ID.name, "quick", BROKEN),
        ("unknown-fault", "quick", BROKEN),
    ):
        records.put(Key(FAULT, name, profile, "1"), "a", judged.as_json())
    found = results([ZIP, ID], "ci", records)
    assert [(one.fault.name, one.profile, one.judged.is_caught, one.seconds) for one in found] == [
        ("zip-loses-zero", "ci", True, 12.0),
        ("order-id-constant", "quick", True, 3.0),
    ]
    assert [one.judged.is_caught for one in results([ZIP, ID], "quick", records)] == [False, True]


def test_a_refused_dialect_is_judged_in_a_deployment_that_pins_it():
    assert ZIP.deployment == ""
    pinned = Fault("brackets-refused", "media types", "Forms in brackets lack the recipient.", "plain", advice=False)
    assert pinned.deployment == '[forms]\nrecipient = "brackets"\nmetadata = "brackets"\n'


@pytest.fixture
def without_sandbox(monkeypatch):
    """Start no sandbox, because the test replaces what judges it."""
    monkeypatch.setattr("spot_tools.fault_runs.faulty.running", lambda *_: nullcontext(("http://127.0.0.1:1", "a")))


@pytest.mark.usefixtures("without_sandbox")
def test_recorded_results_are_not_measured_again(tmp_path, monkeypatch):
    ran = []

    def trial(_url, _token, options, _deployment):
        ran.append(options[1])
        return QUIET if options[1] == "quick" else BROKEN

    monkeypatch.setattr("spot_tools.fault_runs.faulty.trial", trial)
    file = tmp_path / "results.jsonl"
    for _ in range(2):
        run(ZIP_OF_THE_CATALOGUE, "ci", "1", Records(file))
    assert ran == ["quick", "ci"]
    assert len(file.read_text().splitlines()) == 2
    monkeypatch.setattr("spot_tools.fault_runs.revision.of_sandbox", lambda: "of other code")
    run(ZIP_OF_THE_CATALOGUE, "quick", "1", Records(file))
    assert ran == ["quick", "ci", "quick"]


@pytest.mark.usefixtures("without_sandbox")
def test_a_run_in_which_the_suite_failed_is_repeated(tmp_path, monkeypatch):
    answers = [Judgement(3, why="the suite itself failed"), QUIET]
    monkeypatch.setattr("spot_tools.fault_runs.faulty.trial", lambda *_: answers.pop(0))
    records = Records(tmp_path / "results.jsonl")
    for _ in range(3):
        run(ZIP_OF_THE_CATALOGUE, "quick", "1", records)
    assert answers == []
    assert [judged["exit_status"] for _, judged in records.of(FAULT)] == [0]


ZIP_OF_THE_CATALOGUE = Fault("zip-leading-zero-lost", "echo", "A zip's leading zeros are lost.", "rare", advice=False)


def test_a_fault_is_tried_reported_with_its_rule_and_recorded(tmp_path, monkeypatch, capsys):
    def quick_trial(url, token, options, deployment=""):
        return trial(url, token, [*options, "--rule", "methods"], deployment)

    monkeypatch.setattr("spot_tools.fault_runs.faulty.trial", quick_trial)
    file = tmp_path / "results.jsonl"
    assert main(["--profile", "quick", "--results", str(file), "put-accepted"]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"caught  put-accepted .* methods\.refused$", printed, re.MULTILINE), printed
    assert [part in file.read_text() for part in (CONTROL, FAULT)] == [True, True]
    assert main(["--profile", "quick", "--read", str(file)]) == 1
    printed = capsys.readouterr().out
    assert "1 of 1 faulty servers caught in the quick profile." in printed
    assert "faults of the catalogue were not tried." in printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such-fault"], "unknown fault 'no-such-fault'; docs/fault-table.md lists them."),
        (["--part", "stock", "--profile", "quick", "--read", "x", "drf"], "there is no file x;"),
        (["--part", "stock", "--part", "faults", "drf"], "names belong to one part: give only one --part."),
    ],
)
def test_invalid_arguments_are_one_sentence_and_exit_2(capsys, arguments, message):
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"scripts/faults: {message}")
    assert printed.err.count("\n") == 1
