"""--baseline: what an earlier run found is known; what is new alone fails."""

import json
from types import SimpleNamespace

import pytest
from console import console, console_here, report
from spot_contract.exchanges.intent import Circumstance
from spot_contract.session.findings import Cell
from spot_contract.session.run import Run
from suite_process import sandbox

METHODS = ("--profile", "quick", "--rule", "methods")
SHARD = {"part": 1, "parts": 2, "server": "a", "records": {}, "ids": [], "sent": [], "foreign": []}
SHARD |= {"excused": [], "used_waivers": []}


def judged(tmp_path, folder, *faults, options=()):
    (tmp_path / "conformance.toml").write_text('forms = "none"')
    with sandbox(*(part for name in faults for part in ("--fault", name))) as url:
        status, out, errors = console("--base-url", url, *METHODS, "--report-dir", folder, *options, cwd=tmp_path)
    return status, out + errors


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    """The report of a server that takes PUT for POST."""
    folder = tmp_path_factory.mktemp("earlier")
    status, _ = judged(folder, folder, "put-accepted")
    assert status == 1
    return folder / "report.json"


def test_what_the_baseline_has_is_known_and_fails_nothing(tmp_path, earlier):
    _, _ = judged(tmp_path, tmp_path / "next", "put-accepted", options=("--baseline", earlier))
    beside = tmp_path / "next" / "report.json"  # A report that was made beside a baseline serves as the next one.
    status, told = judged(tmp_path, tmp_path, "put-accepted", options=("--baseline", beside))
    found = report(tmp_path)
    assert status == 0, told
    assert {one["verdict"] for one in found["findings"]} == {"known"}
    assert {one["verdict"] for one in found["rules"]} == {"kept", "known"}
    assert (found["baseline"]["new"], found["baseline"]["gone"]) == (0, [])


def test_another_way_of_breaking_a_known_rule_fails_and_is_reported_alone(tmp_path, earlier):
    faults = ("put-accepted", "delete-accepted")
    status, told = judged(tmp_path, tmp_path, *faults, options=("--baseline", earlier))
    new = [one for one in report(tmp_path)["findings"] if one["verdict"] == "broken"]
    assert status == 1
    assert {way.split()[0] for one in new for way in one["ways"]} == {"DELETE"}
    assert "compared with the baseline report.json: 1 new finding, 1 known, 0 gone" in told


def test_another_place_way_or_encoding_is_another_finding():
    cells = [
        Cell("recipient.email", "taken", Circumstance.ORDINARY, "JSON"),
        Cell("recipient.phone", "taken", Circumstance.ORDINARY, "JSON"),
        Cell("recipient.email", "another status", Circumstance.ORDINARY, "JSON"),
        Cell("recipient.email", "taken", Circumstance.ORDINARY, "multipart"),
    ]
    run, rule = SimpleNamespace(mask=str), SimpleNamespace(id="refusal.required")
    assert len({Run.known_as(run, rule, cell) for cell in cells}) == len(cells)


def test_what_was_fixed_is_gone(tmp_path, earlier):
    status, told = judged(tmp_path, tmp_path, options=("--baseline", earlier))
    gone = report(tmp_path)["baseline"]["gone"]
    assert status == 0
    assert {one["way"] for one in gone} == {"PUT with a body"}
    assert "gone: methods.refused" in told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"version": 3}, "is a report of version 3, but this suite reads version 4"),
        ({"document": "0" * 64}, "another version of the document"),
        ({"shard": SHARD}, "one shard"),
        ({"findings": [{}]}, "incomplete or malformed"),
        ({"findings": None}, "incomplete or malformed"),
    ],
)
def test_a_baseline_that_says_nothing_of_this_run_is_refused(tmp_path, earlier, change, told):
    path = tmp_path / "other.json"
    path.write_text(json.dumps(json.loads(earlier.read_text(encoding="utf-8")) | change))
    status, out, errors = console_here("--base-url", "http://127.0.0.1:1", "--baseline", path, cwd=tmp_path)
    assert (status, out) == (2, "")
    assert told in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize(("text", "told"), [("{", "is not JSON"), ("[]", "not a report"), (None, "cannot be read")])
def test_what_is_no_report_is_refused(tmp_path, text, told):
    path = tmp_path / "report.json"
    if text is not None:
        path.write_text(text)
    status, _, errors = console_here("--base-url", "http://127.0.0.1:1", "--baseline", path, cwd=tmp_path)
    assert status == 2
    assert told in errors
