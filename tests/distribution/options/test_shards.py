"""--shard and merge: one verdict over several machines, the same as that of a single run."""

import copy
import json

import jsonschema
import pytest
from console import console
from spot_contract.configuration.settings import shard
from spot_contract.errors import CannotJudge
from suite_process import ROOT, report, sandbox

PARTS = 3
FAULT = ("--fault", "alaska-and-hawaii-refused")
RULES = [part for rule in ("success", "identity", "echo", "refusal.required") for part in ("--rule", rule)]


def run(url, home, folder, *more):
    return console("--base-url", url, "--profile", "quick", *RULES, "--report-dir", folder, *more, cwd=home)


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """The folder with the report of a single run, and those of the shards, which ran on the same server."""
    folder = tmp_path_factory.mktemp("shards")
    (folder / "conformance.toml").write_text('forms = "none"')
    with sandbox(*FAULT) as url:
        run(url, folder, folder / "single")
        for part in range(1, PARTS + 1):
            run(url, folder, folder / str(part), "--shard", f"{part}/{PARTS}")
    return folder


def parts_of(folder):
    return [folder / str(part) for part in range(1, PARTS + 1)]


def causes(found):
    return {
        (one["rule"], one["verdict"], tuple(sorted(one["places"])), tuple(one["encodings"]))
        for one in found["findings"]
    }


def test_the_merged_verdict_is_that_of_a_single_run(judged, tmp_path):
    status, output, errors = console("merge", *parts_of(judged), "--report-dir", tmp_path, cwd=tmp_path)
    single, merged = report(judged / "single"), report(tmp_path)
    assert (status, errors) == (1, "")
    assert {one["id"]: one["verdict"] for one in merged["rules"]} == {
        one["id"]: one["verdict"] for one in single["rules"]
    }
    assert causes(merged) == causes(single)
    assert merged["verdict"] == single["verdict"]
    assert output.rstrip().splitlines()[-1].startswith("DOES NOT CONFORM: ")
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
    for folder in (tmp_path, judged / "single", *parts_of(judged)):
        jsonschema.validate(report(folder), schema)


def test_the_fault_is_too_rare_for_some_of_the_shards(judged):
    assert {report(folder)["exit_status"] for folder in parts_of(judged)} == {0, 1}


def test_a_merged_report_serves_as_a_baseline(judged, tmp_path):
    console("merge", *parts_of(judged), "--report-dir", tmp_path, cwd=tmp_path)
    with sandbox(*FAULT) as url:
        status, output, errors = run(url, judged, tmp_path / "next", "--baseline", tmp_path / "report.json")
    assert status == 0, output + errors


def changed(judged, tmp_path, part, change):
    """The shards' reports, one of which was changed."""
    paths = []
    for number, folder in enumerate(parts_of(judged), 1):
        found = report(folder)
        if number == part:
            change(found)
        paths.append(tmp_path / f"{number}.json")
        paths[-1].write_text(json.dumps(found))
    return paths


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda one: one.update(seed=2), "different seeds"),
        (lambda one: one.update(document="0"), "different documents"),
        (lambda one: one.update(suite="0.0.1"), "different versions of spot-contract"),
        (lambda one: one.update(profile="ci"), "different profiles"),
        (lambda one: one.update(shard=None), "not the report of a shard"),
        (lambda one: one["shard"].update(part=1), "Shard 3 of 3 is missing"),
        (lambda one: one["shard"].update(parts=6), "runs with 3 and 6 shards"),
        (lambda one: one["shard"].update(records={"echo.order": {}}), "incomplete or malformed"),
    ],
)
def test_shards_that_are_not_all_of_one_run_are_refused(judged, tmp_path, change, message):
    status, output, errors = console("merge", *changed(judged, tmp_path, 3, change), cwd=tmp_path)
    assert (status, output) == (2, "")
    assert message in errors
    assert errors.count("\n") == 1


def test_a_missing_and_a_doubled_shard_are_refused(judged, tmp_path):
    folders = parts_of(judged)
    status, _, errors = console("merge", *folders[:-1], cwd=tmp_path)
    assert (status, "Shard 3 of 3 is missing" in errors) == (2, True)
    status, _, errors = console("merge", *folders, folders[1], cwd=tmp_path)
    assert (status, "Shard 2 of 3 is there twice" in errors) == (2, True)


def broken_rules(judged, tmp_path, change):
    paths = changed(judged, tmp_path, 3, change)
    console("merge", *paths, "--report-dir", tmp_path, cwd=tmp_path)
    return {one["id"] for one in report(tmp_path)["rules"] if one["verdict"] == "broken"}


def test_an_identifier_that_two_shards_got_is_found(judged, tmp_path):
    other = report(judged / "1")["shard"]["ids"][0]
    assert "identity.own_id" in broken_rules(judged, tmp_path, lambda one: one["shard"]["ids"].append(other))


def test_shards_of_different_servers_may_have_the_same_identifiers(judged, tmp_path):
    other = report(judged / "1")["shard"]["ids"][0]

    def change(one):
        one["shard"]["ids"].append(other)
        one["shard"]["server"] = "another"

    assert "identity.own_id" not in broken_rules(judged, tmp_path, change)


def test_a_mark_of_an_order_of_another_shard_is_found(judged, tmp_path):
    own = set(report(judged / "3")["shard"]["sent"])
    mark = next(one for one in report(judged / "1")["shard"]["sent"] if one not in own)
    leak = [mark, "JSON", "an order", 201]
    assert "identity.no_leak" in broken_rules(judged, tmp_path, lambda one: one["shard"]["foreign"].append(leak))


def test_a_shard_that_was_cut_short_leaves_the_whole_undecided(judged, tmp_path):
    def change(one):
        one.update(cut="the time of the run is up", exit_status=2)

    paths = changed(judged, tmp_path, 2, change)
    for path in paths:  # Without what is broken.
        found = copy.deepcopy(json.loads(path.read_text()))
        found["findings"] = []
        for record in found["shard"]["records"].values():
            record["broken"] = []
        path.write_text(json.dumps(found))
    status, output, _ = console("merge", *paths, cwd=tmp_path)
    assert status == 2
    assert "shard 2: the time of the run is up" in output


def test_a_shard_comes_from_ci_only_where_that_is_asked_for():
    assert shard("auto", {"CI_NODE_INDEX": "2", "CI_NODE_TOTAL": "5"}) == (2, 5)
    assert shard("auto", {"JOB_COMPLETION_INDEX": "0", "JOB_COMPLETION_TOTAL": "3"}) == (1, 3)
    assert shard("2/2", {"CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "5"}) == (2, 2)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"CI_NODE_INDEX": "1"},
        {"JOB_COMPLETION_INDEX": "x", "JOB_COMPLETION_TOTAL": "3"},
        {"CI_NODE_INDEX": "4", "CI_NODE_TOTAL": "3"},
    ],
)
def test_numbers_of_ci_that_are_no_shard_are_refused(given):
    with pytest.raises(CannotJudge, match="--shard"):
        shard("auto", given)
