"""--baseline: what an earlier run found is known; what is new alone fails."""

import json
from types import SimpleNamespace

import pytest
from console import console, report
from spot_contract.exchanges.intent import Circumstance
from spot_contract.session.findings import Cell
from spot_contract.session.run import Run
from suite_process import sandbox

REFUSALS = ("--profile", "quick", "--rule", "refusal.required")


def judged(tmp_path, folder, *faults, options=()):
    (tmp_path / "conformance.toml").write_text('forms = "none"')
    with sandbox(*(part for name in faults for part in ("--fault", name))) as url:
        status, out, errors = console("--base-url", url, *REFUSALS, "--report-dir", folder, *options, cwd=tmp_path)
    return status, out + errors


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    """The report of a server that takes orders without an email."""
    folder = tmp_path_factory.mktemp("earlier")
    status, _ = judged(folder, folder, "email-not-required")
    assert status == 1
    return folder / "report.json"


def test_what_the_baseline_has_is_known_and_fails_nothing(tmp_path, earlier):
    status, told = judged(tmp_path, tmp_path, "email-not-required", options=("--baseline", earlier))
    found = report(tmp_path)
    assert status == 0, told
    assert {one["verdict"] for one in found["findings"]} == {"known"}
    assert {one["verdict"] for one in found["rules"]} == {"known"}
    assert (found["baseline"]["new"], found["baseline"]["gone"]) == (0, [])


def test_a_new_place_of_a_known_rule_fails_and_is_told_alone(tmp_path, earlier):
    faults = ("email-not-required", "zip-not-required")
    status, told = judged(tmp_path, tmp_path, *faults, options=("--baseline", earlier))
    new = [one for one in report(tmp_path)["findings"] if one["verdict"] == "broken"]
    assert status == 1
    assert {place for one in new for place in one["places"]} == {"recipient.address.zip"}
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


def test_what_is_mended_is_gone(tmp_path, earlier):
    status, told = judged(tmp_path, tmp_path, options=("--baseline", earlier))
    gone = report(tmp_path)["baseline"]["gone"]
    assert status == 0
    assert {one["place"] for one in gone} == {"recipient.email"}
    assert "gone: refusal.required at recipient.email" in told


def test_a_report_beside_a_baseline_serves_as_the_next_baseline(tmp_path, earlier):
    first, second = tmp_path / "first", tmp_path / "second"
    judged(tmp_path, first, "email-not-required", options=("--baseline", earlier))
    status, _ = judged(tmp_path, second, "email-not-required", options=("--baseline", first / "report.json"))
    assert status == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"version": 3}, "is a report of version 3, but this suite reads version 4"),
        ({"document": "0" * 64}, "another version of the document"),
        ({"shard": {}}, "one shard"),
        ({"findings": [{}]}, "incomplete or malformed"),
        ({"findings": None}, "incomplete or malformed"),
    ],
)
def test_a_baseline_that_says_nothing_of_this_run_is_refused(tmp_path, earlier, change, told):
    path = tmp_path / "other.json"
    path.write_text(json.dumps(json.loads(earlier.read_text(encoding="utf-8")) | change))
    status, out, errors = console("--base-url", "http://127.0.0.1:1", "--baseline", path, cwd=tmp_path)
    assert (status, out) == (2, "")
    assert told in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize(("text", "told"), [("{", "is not JSON"), ("[]", "not a report"), (None, "cannot be read")])
def test_what_is_no_report_is_refused(tmp_path, text, told):
    path = tmp_path / "report.json"
    if text is not None:
        path.write_text(text)
    status, _, errors = console("--base-url", "http://127.0.0.1:1", "--baseline", path, cwd=tmp_path)
    assert status == 2
    assert told in errors
