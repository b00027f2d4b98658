"""The GitHub Action: its steps, run as a runner does; its summary, annotations and outputs; its linters."""

import json
import os
import re
import shlex
import shutil
import sys

import pytest
import yaml
from console import ROOT, TOKEN, free_port
from runner import ACTION, Runner, commands

pytestmark = pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="the steps are run by bash")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A runner's temporary folder, with spot-contract installed there from the action's own revision."""
    runner = Runner(tmp_path_factory.mktemp("runner"))
    status, told = runner.step("Install spot-contract")
    assert status == 0, told
    return runner.folder / "temp"


@pytest.fixture
def runner(installed, tmp_path):
    made = Runner(tmp_path)
    made.environment["RUNNER_TEMP"] = str(installed)
    (tmp_path / "work" / "conformance.toml").write_text('forms = "none"')
    return made


def judged(runner, *faults, **inputs):
    port = free_port()
    start = [sys.executable, "-m", "spot_sandbox", "--port", str(port)]
    start += [part for name in faults for part in ("--fault", name)]
    given = {"base-url": f"http://127.0.0.1:{port}", "profile": "quick", "start": shlex.join(start)}
    return runner.step("Judge", **given | inputs)


def test_a_right_server_passes_and_the_summary_and_outputs_say_so(runner):
    status, told = judged(runner)
    assert status == 0, told
    assert commands(told) == []
    assert "Spot API contract: conforms" in runner.summary
    assert re.search(r"\| requests \| <code>[\d,]+, [\d,]+ of them orders", runner.summary)
    assert (runner.output("verdict"), runner.output("findings")) == ("conforms", "0")
    report = runner.folder / "work" / runner.output("report")
    assert json.loads(report.read_text(encoding="utf-8"))["exit_status"] == 0
    # The report of an earlier run is not taken for that of a run that could not judge.
    runner.step("Judge", **{"base-url": "http://127.0.0.1:1"})
    assert runner.output("report") == ""


def test_a_finding_fails_the_step_with_an_annotation_and_its_request_and_answer(runner):
    status, told = judged(runner, "zip-not-required")
    assert status == 1
    found = [one for one in commands(told) if "refusal.required" in one]
    assert len(found) == 1
    assert re.match(r"::error title=refusal\.required at recipient\.address\.zip::expected 400, got 201 ", found[0])
    assert "<b>refusal.required</b> at <code>recipient.address.zip</code>" in runner.summary
    assert "POST /api/v2/orders/" in runner.summary
    assert "\n```http\n201\n" in runner.summary
    assert runner.output("verdict") == "does not conform"
    assert TOKEN not in runner.summary + told


def test_what_could_not_be_judged_is_told_as_such(runner):
    status, told = judged(runner, start="", **{"base-url": "http://127.0.0.1:1"})
    assert status == 2
    assert [one for one in commands(told) if one.startswith("::error title=could not judge::Nothing answers at ")]
    assert "Spot API contract: could not judge" in runner.summary
    assert (runner.output("verdict"), runner.output("report")) == ("could not judge", "")


def test_an_input_is_never_a_command(runner):
    mark = runner.folder / "mark"
    trick = f"x'; touch {mark}; $(touch {mark}) `touch {mark}` \" && touch {mark} #"
    inputs = {name: trick for name in ACTION["inputs"] if name != "report-dir"}
    status, _ = runner.step("Judge", **inputs)
    assert status >= 2
    assert not mark.exists()


def test_what_a_server_prints_or_answers_is_no_command_of_the_runner(runner):
    text = "print('::add-mask::x'); print('::set-output name=verdict::conforms'); raise SystemExit(1)"
    status, told = judged(runner, start=shlex.join([sys.executable, "-c", text]))
    assert status == 2
    assert "::add-mask::x" in told
    assert [one for one in commands(told) if not one.startswith("::error title=could not judge::")] == []


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
