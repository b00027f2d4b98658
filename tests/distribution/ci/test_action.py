"""The GitHub Action: its steps, run as a runner does; its summary, annotations and outputs; its linters."""

import json
import os
import re
import shlex
import shutil
import sys

import pytest
import yaml
from console import free_port
from runner import ACTION, Runner, commands
from suite_process import ROOT, TOKEN

pytestmark = pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="the steps are run by bash")


# Stands for every interpreter: `-m venv` gives the new environment the same stand-in, and all calls are recorded.
STAND_IN = """#!/bin/sh
echo "$@" >> "$CALLS"
if [ "$2" = venv ]; then mkdir -p "$3/bin" && cp "$0" "$3/bin/python"; fi
"""


@pytest.fixture
def runner(tmp_path):
    """A runner on which spot-contract is not installed."""
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "conformance.toml").write_text('forms = "none"')
    return Runner(tmp_path)


@pytest.fixture
def ready_runner(runner, installation):
    """A runner on which spot-contract is installed."""
    (runner.folder / "temp" / "spot-contract").symlink_to(installation.python.parents[1])
    return runner


def judge(runner, *faults, **inputs):
    port = free_port()
    start = [sys.executable, "-m", "spot_sandbox", "--port", str(port)]
    start += [part for name in faults for part in ("--fault", name)]
    given = {"base-url": f"http://127.0.0.1:{port}", "profile": "quick", "start": shlex.join(start)}
    return runner.step("Judge", **given | inputs)


@pytest.mark.parametrize(("version", "requirement"), [("", ROOT / "contract_tests"), ("1.2.3", "spot-contract==1.2.3")])
def test_the_actions_own_revision_or_the_given_version_is_installed(runner, monkeypatch, version, requirement):
    python, calls = runner.folder / "python", runner.folder / "calls"
    python.write_text(STAND_IN)
    python.chmod(0o755)
    monkeypatch.setenv("CALLS", str(calls))
    runner.outputs["python"]["python-path"] = str(python)
    status, output = runner.step("Install spot-contract", version=version)
    assert status == 0, output
    assert calls.read_text().splitlines() == [
        f"-m venv {runner.folder / 'temp' / 'spot-contract'}",
        f"-m pip install --quiet --disable-pip-version-check {requirement}",
    ]


def test_a_correct_server_passes_and_the_summary_and_outputs_say_so(ready_runner):
    status, output = judge(ready_runner, shard="1/40")
    assert status == 0, output
    assert commands(output) == []
    assert "Spot API contract: conforms" in ready_runner.summary
    assert re.search(r"\| requests \| <code>[\d,]+, [\d,]+ of them orders", ready_runner.summary)
    assert (ready_runner.output("verdict"), ready_runner.output("findings")) == ("conforms", "0")
    report = ready_runner.folder / "work" / ready_runner.output("report")
    assert json.loads(report.read_text(encoding="utf-8"))["exit_status"] == 0
    # The report of an earlier run is not taken for that of a run that could not judge.
    ready_runner.step("Judge", **{"base-url": "http://127.0.0.1:1"})
    assert ready_runner.output("report") == ""


def test_a_finding_fails_the_step_with_an_annotation_and_its_request_and_answer(ready_runner):
    status, output = judge(ready_runner, "zip-not-required", orders="0", rate="2000/s")
    assert status == 1
    found = [one for one in commands(output) if "refusal.required" in one]
    assert len(found) == 1
    assert re.match(r"::error title=refusal\.required at recipient\.address\.zip::expected 400, got 201 ", found[0])
    assert "<b>refusal.required</b> at <code>recipient.address.zip</code>" in ready_runner.summary
    assert "POST /api/v2/orders/" in ready_runner.summary
    assert "\n```http\n201\n" in ready_runner.summary
    assert ready_runner.output("verdict") == "does not conform"
    assert TOKEN not in ready_runner.summary + output


def test_a_server_that_could_not_be_judged_is_reported_as_such(ready_runner):
    status, output = judge(ready_runner, start="", **{"base-url": "http://127.0.0.1:1"})
    assert status == 2
    assert [one for one in commands(output) if one.startswith("::error title=could not judge::Nothing answers at ")]
    assert "Spot API contract: could not judge" in ready_runner.summary
    assert (ready_runner.output("verdict"), ready_runner.output("report")) == ("could not judge", "")


def test_an_input_is_never_run_as_a_command(ready_runner):
    mark = ready_runner.folder / "mark"
    trick = f"x'; touch {mark}; $(touch {mark}) `touch {mark}` \" && touch {mark} #"
    inputs = {name: trick for name in ACTION["inputs"] if name != "report-dir"}
    status, _ = ready_runner.step("Judge", **inputs)
    assert status >= 2
    assert not mark.exists()


def test_output_of_the_server_is_not_a_command_of_the_runner(ready_runner):
    text = "print('::add-mask::x'); print('::set-output name=verdict::conforms'); raise SystemExit(1)"
    status, output = judge(ready_runner, start=shlex.join([sys.executable, "-c", text]))
    assert status == 2
    assert "::add-mask::x" in output
    assert [one for one in commands(output) if not one.startswith("::error title=could not judge::")] == []


def recipes():
    found = [*sorted((ROOT / "docs" / "ci").glob("github-*.yml"))]
    assert found
    return found


def test_the_recipes_name_inputs_that_the_action_has():
    used = 0
    for path in recipes():
        for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values():
            for step in job["steps"]:
                if step.get("uses", "").startswith("your-organisation/"):
                    used += 1
                    assert set(step["with"]) <= set(ACTION["inputs"])
                    assert {name for name, one in ACTION["inputs"].items() if one.get("required")} <= set(step["with"])
    assert used


def test_actions_of_others_are_pinned_to_a_commit():
    for path in [ROOT / "action.yml", *recipes()]:
        used = re.findall(r"uses: (\S+)", path.read_text(encoding="utf-8"))
        others = [one for one in used if not one.startswith("your-organisation/")]
        assert others
        assert [one for one in others if not re.search(r"@[0-9a-f]{40}$", one)] == []
