"""--baseline: findings of an earlier run are known; only new ones fail the run."""

import json
from types import SimpleNamespace

import pytest
from console import console
from spot_contract.exchanges.intent import Circumstance
from spot_contract.session.findings import Cell
from spot_contract.session.run import Run
from suite_process import report, sandbox

METHODS = ("--profile", "quick", "--rule", "methods")
SHARD = {"part": 1, "parts": 2, "server": "a", "records": {}, "ids": [], "sent": [], "foreign": []}
SHARD |= {"excused": [], "used_waivers": []}


def judge(url, tmp_path, folder, *options):
    (tmp_path / "conformance.toml").write_text('forms = "none"')
    status, output, errors = console("--base-url", url, *METHODS, "--report-dir", folder, *options, cwd=tmp_path)
    return status, output + errors


@pytest.fixture(scope="module")
def earlier(faulty_server, tmp_path_factory):
    """The report of a server that accepts PUT for POST."""
    folder = tmp_path_factory.mktemp("earlier")
    status, _ = judge(faulty_server, folder, folder)
    assert status == 1
    return folder / "report.json"


def test_findings_of_the_baseline_are_known_and_do_not_fail_the_run(faulty_server, tmp_path, earlier):
    judge(faulty_server, tmp_path, tmp_path / "next", "--baseline", earlier)
    # A report that was written beside a baseline serves as the next baseline.
    status, output = judge(faulty_server, tmp_path, tmp_path, "--baseline", tmp_path / "next" / "report.json")
    found = report(tmp_path)
    assert status == 0, output
    assert {one["verdict"] for one in found["findings"]} == {"known"}
    assert {one["verdict"] for one in found["rules"]} == {"kept", "known"}
    assert (found["baseline"]["new"], found["baseline"]["gone"]) == (0, [])


def test_another_way_of_breaking_a_known_rule_fails_and_is_reported_alone(tmp_path, earlier):
    with sandbox("--fault", "put-accepted", "--fault", "delete-accepted") as url:
        status, output = judge(url, tmp_path, tmp_path, "--baseline", earlier)
    new = [one for one in report(tmp_path)["findings"] if one["verdict"] == "broken"]
    assert status == 1
    assert {way.split()[0] for one in new for way in one["ways"]} == {"DELETE"}
    assert "compared with the baseline report.json: 1 new finding, 1 known, 0 gone" in output


def test_another_place_way_or_encoding_is_another_finding():
    cells = [
        Cell("recipient.email", "taken", Circumstance.ORDINARY, "JSON"),
        Cell("recipient.phone", "taken", Circumstance.ORDINARY, "JSON"),
        Cell("recipient.email", "another status", Circumstance.ORDINARY, "JSON"),
        Cell("recipient.email", "taken", Circumstance.ORDINARY, "multipart"),
    ]
    run, rule = SimpleNamespace(mask=str), SimpleNamespace(id="refusal.required")
    assert len({Run.known_as(run, rule, cell) for cell in cells}) == len(cells)


def test_a_finding_that_was_fixed_is_gone(correct_server, tmp_path, earlier):
    status, output = judge(correct_server, tmp_path, tmp_path, "--baseline", earlier)
    gone = report(tmp_path)["baseline"]["gone"]
    assert status == 0
    assert {one["way"] for one in gone} == {"PUT with a body"}
    assert "gone: methods.refused" in output


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 3}, "is a report of version 3, but this suite reads version 4"),
        ({"document": "0" * 64}, "another version of the document"),
        ({"shard": SHARD}, "one shard"),
        ({"findings": [{}]}, "incomplete or malformed"),
        ({"findings": None}, "incomplete or malformed"),
    ],
)
def test_the_report_of_another_kind_of_run_is_refused(tmp_path, earlier, change, message):
    path = tmp_path / "other.json"
    path.write_text(json.dumps(json.loads(earlier.read_text(encoding="utf-8")) | change))
    status, output, errors = console("--base-url", "http://127.0.0.1:1", "--baseline", path, cwd=tmp_path)
    assert (status, output) == (2, "")
    assert message in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize(("text", "message"), [("{", "is not JSON"), ("[]", "not a report"), (None, "cannot be read")])
def test_a_file_that_is_not_a_report_is_refused(tmp_path, text, message):
    path = tmp_path / "report.json"
    if text is not None:
        path.write_text(text)
    status, _, errors = console("--base-url", "http://127.0.0.1:1", "--baseline", path, cwd=tmp_path)
    assert status == 2
    assert message in errors
