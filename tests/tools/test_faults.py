"""scripts/faults: the figures that trust hangs on, and the exit code that they make."""

import subprocess
import sys

import pytest
from spot_tools import fault_table
from spot_tools.alarms import CorrectRun
from spot_tools.attempts import Fault, Result
from spot_tools.environment import ROOT
from spot_tools.faults import Report, conclude

FAULT = Fault("zip-loses-zero", "echo", "A zip loses its leading zero.", "rare", advice=False)
CAUGHT = Result(FAULT, 1, ("echo.recipient",), 3.0, "quick")
MISSED = Result(FAULT, 0, (), 9.0, "ci")
PASSED = CorrectRun("drf", "drf-refusing-unknown", 1, 0, (), 3640, 12.0)
ALARM = CorrectRun("plain", "plain", 2, 1, ("success.kits",), 3640, 12.0)


def report(**parts):
    whole = {"correct": [PASSED], "results": [CAUGHT], "bites": {"echo.recipient": "zip-loses-zero"}}
    return Report("ci", **(whole | parts))


def test_all_caught_no_alarm_and_every_rule_bites_is_exit_0(capsys):
    assert conclude(report(), write=False) == 0
    told = capsys.readouterr().out
    assert "1 of 1 faulty servers caught in the ci profile, 1 of them in quick." in told
    assert "False alarms on correct servers: 0 in 1 runs" in told


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"results": [MISSED]}, "missed: zip-loses-zero (exit 0)"),
        ({"correct": [PASSED, ALARM]}, "false alarm: plain, seed 2 (exit 1): success.kits"),
        ({"bites": {"echo.recipient": None}}, "never broken by any fault: echo.recipient"),
        ({"results": [Result(FAULT, 3, (), 1.0, "ci")]}, "missed: zip-loses-zero (exit 3)"),
    ],
)
def test_a_miss_an_alarm_or_a_rule_that_never_bites_is_exit_1(capsys, wrong, told):
    assert conclude(report(**wrong), write=False) == 1
    assert told in capsys.readouterr().out


def test_the_document_holds_figures_faults_rules_and_correct_servers():
    told = fault_table.document(report(correct=[PASSED, ALARM], results=[CAUGHT, MISSED]))
    for row in (
        "- **1 of 2 faulty servers caught in the ci profile, 1 of them in quick.**",
        "- **False alarms on correct servers: 1 in 2 runs (2 kinds of code, ",
        "| zip-loses-zero | A zip loses its leading zero. | rare | `echo.recipient` | quick | 3.0 |  |",
        "| zip-loses-zero | A zip loses its leading zero. | rare | **missed** | ci | 9.0 |  |",
        "| `echo.recipient` | zip-loses-zero |",
        "| plain | plain | 2 | 3640 | 12.0 | **false alarm**: success.kits |",
    ):
        assert row in told


def verb(*arguments):
    command = [sys.executable, "-m", "spot_tools.faults", *arguments]
    paths = {"PYTHONPATH": "scripts", "PATH": ""}
    return subprocess.run(command, cwd=ROOT, env=paths, capture_output=True, text=True, check=False)


def test_a_fault_is_tried_and_named_with_the_rule_that_caught_it():
    done = verb("--profile", "quick", "detail-empty")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "caught  detail-empty" in done.stdout
    assert "refusal.detail" in done.stdout


def test_an_unknown_fault_is_one_sentence_and_exit_2():
    done = verb("no-such-fault")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "scripts/faults: the sandbox knows no fault 'no-such-fault'; python -m spot_sandbox faults lists them.\n"
    )
