"""The report files, for runs without a server."""

import json
import tomllib
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from reported_run import (
    PLACES,
    SECRET,
    TAKEN,
    URL,
    answer,
    broken_run,
    conclude,
    invalid,
    kept_run,
    new_run,
    request,
    show,
    waiver,
)
from spot_contract.configuration.waivers import waivers
from spot_contract.errors import CannotJudge
from spot_contract.exchanges.intent import Flaw
from spot_contract.reporting import files, terminal
from spot_contract.rules.registry import all_rules

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "report.schema.json").read_text(encoding="utf-8"))


def written(run, folder):
    files.write(run, run.exit_status(), folder)
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))


def suite_of(folder):
    return ET.parse(folder / "junit.xml").getroot()[0]  # Written by the test itself.


def test_json_conforms_to_its_schema_and_has_each_finding(tmp_path):
    found = written(broken_run(waivers=(waiver("refusal.null"),)), tmp_path)
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    first, second = found["findings"]
    assert (first["rule"], first["verdict"], first["count"]) == ("refusal.type", "broken", 9)
    assert (first["places"], first["ways"], first["encodings"]) == (list(PLACES), ["a text"], ["JSON"])
    assert (second["rule"], second["verdict"], second["waived_for"]) == (
        "refusal.null",
        "waived",
        "the old proxy does so (until 2999-01-01)",
    )
    verdicts = {rule["id"]: rule["verdict"] for rule in found["rules"]}
    assert len(verdicts) == len(all_rules())
    assert (verdicts["refusal.type"], verdicts["refusal.null"], verdicts["limits.envelope"]) == (
        "broken",
        "waived",
        "not judged",
    )
    assert (found["exit_status"], found["verdict"], found["seed"], found["profile"]) == (1, "does not conform", 7, "ci")
    assert found["not_judged"].keys() == {name for name, verdict in verdicts.items() if verdict == "not judged"}


@pytest.mark.parametrize("make", [kept_run, broken_run, lambda: conclude(new_run())])
def test_json_conforms_to_its_schema_whatever_the_verdict(tmp_path, make):
    run = make()
    run.engine.cut = "the time of the run is up"
    found = written(run, tmp_path)
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert bool(found["reasons"]) is (found["exit_status"] >= 2)


def test_junit_has_a_failure_for_each_finding_and_for_nothing_else(tmp_path):
    run = new_run(waivers=(waiver(place=("recipient",)),))
    for place in ("recipient.address.zip", "kit_types"):
        show(run, TAKEN, invalid(place))
    show(run, TAKEN, invalid("", "NaN\x00\ud800", flaw=Flaw.EXTENSION))
    written(conclude(run), tmp_path)
    suite = suite_of(tmp_path)
    cases = suite.findall("testcase")
    failed = [case.get("name") for case in cases if case.find("failure") is not None]
    messages = {
        case.get("name"): case.find("skipped").get("message") for case in cases if case.find("skipped") is not None
    }
    assert failed == ["refusal.type [kit_types; a text; JSON]"]
    assert messages["refusal.type [recipient.address.zip; a text; JSON]"].startswith("waived: the old proxy does so")
    assert messages["limits.envelope"] == "not judged: no request was answered with 429"
    assert messages["refusal.json_extensions"].startswith("advice: expected ")
    kept = {rule.id for rule in run.rules() if run.verdict(rule) == "kept"}
    assert kept == {case.get("name") for case in cases if len(case) == 0}
    counts = [suite.get(name) for name in ("tests", "failures", "errors", "skipped")]
    assert counts == [str(len(cases)), "1", "0", str(len(messages))]
    assert {one.get("name"): one.get("value") for one in suite.iter("property")} == {
        "profile": "ci",
        "seed": "7",
        "server": URL,
    }
    assert len({case.get("name") for case in cases}) == len(cases)


def test_junit_has_an_error_for_what_could_not_be_judged(tmp_path):
    run = kept_run()
    run.engine.cut = "the time of the run is up"
    written(run, tmp_path)
    (error,) = suite_of(tmp_path).iter("error")
    assert error.get("message") == "the time of the run is up"
    assert suite_of(tmp_path).get("errors") == "1"


def test_files_are_written_whole_or_not_at_all(tmp_path, monkeypatch):
    written(kept_run(), tmp_path)
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    assert sorted(before) == ["junit.xml", "report.html", "report.json"]

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        written(broken_run(), tmp_path)
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before


def test_no_secret_stands_in_any_file(tmp_path):
    people = {"first_name": "Ermintrude", "address": {"street1": "12 Real Street", "country": "US"}}
    run = new_run(recipient=people, waivers=(waiver("refusal.null", way=(SECRET,)),))
    secrets = f"{SECRET} Ermintrude, 12 Real Street"
    body = f'{{"a": "\0{secrets}"}}'.encode()
    sent = request(body, headers=(("X-A", secrets),), path=f"/?a={SECRET}", what=f"with {secrets}")
    show(run, answer(200, body * 40, ("X-B", secrets)), invalid(f"metadata.{SECRET}", SECRET), sent)
    # If a rule truncates an answer within a secret, the beginning of the secret is masked, too.
    for before in (200 - len(SECRET) + 2, 200 - 6, 195):
        text = "z" * before + (SECRET if before != 200 - 6 else "Ermintrude")
        show(run, answer(200, text.encode()), invalid("kit_types", f"way {before}"), request(b"{}"))
    run.error = run.engine.cut = secrets
    run.engine.skipped["x"] = secrets
    run.dialects.notes.append(secrets)
    conclude(run)
    written(run, tmp_path)
    files.write_waivers(run, tmp_path / "waivers.toml")
    status = run.exit_status()
    lines = [*terminal.head(run), *terminal.report(run, status, True, tmp_path), terminal.verdict(run, status)]
    (tmp_path / "terminal").write_text("\n".join(lines), encoding="utf-8")
    names = {one.name for one in tmp_path.iterdir()}
    assert {"report.html", "report.json", "junit.xml", "waivers.toml", "terminal", "refusal.type-1.body"} <= names
    for one in tmp_path.iterdir():
        text = one.read_bytes().decode("utf-8", "replace")
        for secret in (SECRET[:9], "Ermint", "12 Real"):
            assert secret not in text, (one.name, secret)


# Drafted waivers


def test_drafted_waivers_forgive_what_was_found_once_they_have_reasons(tmp_path):
    run = broken_run()
    path = tmp_path / "drafted.toml"
    files.write_waivers(run, path)
    drafted = tomllib.loads(path.read_text(encoding="utf-8"))
    with pytest.raises(CannotJudge, match="gives no reason"):
        waivers(path.name, drafted, all_rules())
    given = {"waiver": [one | {"reason": "known"} for one in drafted["waiver"]]}
    again = broken_run(waivers=waivers(path.name, given, all_rules()))
    assert again.waiver_problems() == []
    assert {again.verdict(again.judge.rules[name]) for name in ("refusal.type", "refusal.null")} == {"waived"}
    assert len(drafted["waiver"]) == 2
    first = drafted["waiver"][0]
    assert [first[name] for name in ("place", "encoding", "way")] == [sorted(PLACES), ["JSON"], ["a text"]]
    assert again.exit_status() == 0
    assert first["until"] == datetime.now(UTC).date() + timedelta(days=90)
    assert "# A value of a wrong type is refused" in path.read_text(encoding="utf-8")


def test_waiver_that_forgives_nothing_fails_a_complete_run_alone():
    for only, problems in ((frozenset(), 1), (frozenset({"refusal.status"}), 0)):
        run = kept_run(waivers=(waiver("methods.allow"),), only=only)
        assert len(run.waiver_problems()) == run.exit_status() == problems
        assert all("methods.allow forgave nothing" in problem for problem in run.waiver_problems())


def test_findings_outside_the_drafted_waivers_are_still_broken(tmp_path):
    files.write_waivers(broken_run(), tmp_path / "drafted.toml")
    drafted = tomllib.loads((tmp_path / "drafted.toml").read_text(encoding="utf-8"))
    given = {"waiver": [one | {"reason": "known"} for one in drafted["waiver"]]}
    run = new_run(waivers=waivers("drafted.toml", given, all_rules()))
    show(run, TAKEN, invalid("kit_types", "a text"))
    show(run, TAKEN, invalid("kit_types", "a text", "urlencoded (dotted names)"))
    show(run, TAKEN, invalid("kit_types", "an object"))
    assert [sorted(one.encodings) for one in conclude(run).broken()] == [["JSON", "urlencoded (dotted names)"]]


def test_two_findings_of_one_waiver_are_drafted_once(tmp_path):
    run = broken_run()
    run.findings.append(run.findings[0])
    files.write_waivers(run, tmp_path / "drafted.toml")
    drafted = tomllib.loads((tmp_path / "drafted.toml").read_text(encoding="utf-8"))
    assert [one["rule"] for one in drafted["waiver"]] == ["refusal.type", "refusal.null"]
    assert (tmp_path / "drafted.toml").read_text(encoding="utf-8").count("# A value of a wrong type is refused") == 2


def test_run_without_findings_drafts_no_waiver(tmp_path):
    files.write_waivers(kept_run(), tmp_path / "drafted.toml")
    text = (tmp_path / "drafted.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text) == {}
    assert "nothing to waive" in text
