"""What a run says on the terminal and in its files, for runs that no server took part in."""

import io
import json
import re
import threading
import tomllib
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from reported_run import BODY, SECRET, URL, answer, conclude, invalid, new_run, refusal, request, show
from spot_contract.errors import CannotJudge
from spot_contract.exchanges.intent import Flaw
from spot_contract.exchanges.messages import Carriage
from spot_contract.reporting import files, terminal
from spot_contract.reporting.live import Live
from spot_contract.rules.registry import all_rules
from spot_contract.session.waivers import Waiver, waivers

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text(encoding="utf-8"))
TAKEN = answer(200, {"order_id": "1"})
PLACES = ("kit_types", "recipient", "recipient.address.zip", *(f"metadata.{letter}" for letter in "abcdef"))
LATER = date(2999, 1, 1)


def broken_run(**chosen):
    """One cause in nine places, and a second one under another rule."""
    run = new_run(**chosen)
    for place in PLACES:
        show(run, TAKEN, invalid(place))
    show(run, refusal(), invalid(encoding="urlencoded (dotted names)"))
    show(run, TAKEN, invalid("recipient", "null", flaw=Flaw.NULL))
    return conclude(run)


def kept_run(**chosen):
    run = new_run(**chosen)
    show(run, refusal())
    return conclude(run)


def waiver(rule="refusal.type", **more):
    return Waiver(rule, "the old proxy does so", more.pop("until", LATER), **more)


def told(run, tmp_path, *, verbose=False):
    return list(terminal.report(run, run.exit_status(), verbose, tmp_path))


def said(run):
    return terminal.verdict(run, run.exit_status())


def written(run, folder):
    files.write(run, run.exit_status(), folder)
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))


def suite_of(folder):
    return ET.parse(folder / "junit.xml").getroot()[0]  # noqa: S314  # Written by the test itself.


# The verdict


def test_verdict_of_a_kept_run_has_its_figures():
    run = kept_run()
    run.engine.sender._requests = 1801  # Nothing was sent here.
    judged = sum(run.verdict(rule) == "kept" for rule in run.rules())
    left = len(all_rules()) - judged
    assert said(run) == (
        f"CONFORMS: {judged} rules judged, 0 broken, {left} not judged; 1,801 requests, 0 orders, 2.0 s "
        "(900 requests/s), profile ci, seed 7"
    )


def test_verdict_of_a_broken_run_counts_findings_and_rules():
    assert said(broken_run()).startswith("DOES NOT CONFORM: 2 findings in 2 rules; ")


def test_verdict_of_a_run_that_judged_nothing_is_none():
    run = conclude(new_run())
    assert said(run).startswith("COULD NOT JUDGE: nothing was judged; 0 rules judged, 0 broken, ")
    assert terminal.verdict(run, 0).startswith("COULD NOT JUDGE")


def test_verdict_names_what_kept_it_from_judging():
    reasons = {
        "cut": "the time of the run is up",
        "error": "the suite itself failed: KeyError: 'x'",
        "skipped": "the order budget was too small for 1 scenario",
        "is_interrupted": "interrupted",
    }
    for name, reason in reasons.items():
        run = kept_run()
        if name == "error":
            run.error = "KeyError: 'x'"
        elif name == "is_interrupted":
            run.is_interrupted = True
        else:
            setattr(run.engine, name, {"a": "too few"} if name == "skipped" else reason)
        assert said(run).startswith(f"COULD NOT JUDGE: {reason}; "), name


def test_verdict_of_a_broken_run_that_was_cut_short_says_both():
    run = broken_run()
    run.engine.cut = "the time of the run is up"
    assert said(run).startswith("DOES NOT CONFORM: 2 findings in 2 rules; ")
    assert "; cut short: the time of the run is up; " in said(run)


def test_verdict_of_a_waiver_that_ended_says_so():
    run = kept_run(waivers=(waiver(until=date(2020, 1, 1)),))
    assert said(run).startswith("DOES NOT CONFORM: 1 waiver no longer in order; ")


# The terminal


def test_head_tells_what_is_judged_and_the_dialects():
    assert list(terminal.head(new_run(is_strict=True))) == [
        f"contract suite: judging {URL}, profile ci, strict, seed 7, 1 connection",
        "  application/x-www-form-urlencoded: dotted names",
    ]


def test_finding_is_told_in_some_fifteen_lines(tmp_path):
    text = "\n".join(told(broken_run(), tmp_path))
    first = text.split("\n\n")[0].strip().splitlines()
    assert len(first) <= 15
    assert first[0].startswith("1. refusal.type is broken: A value of a wrong type is refused")
    assert first[1] == f"   where     {', '.join(PLACES[:6])} and 3 more"
    assert first[2] == "   how       a text"
    assert first[3] == "   in        JSON"
    assert first[4] == "   expected  400"
    assert first[5].startswith("   got       200 application/json: ")
    assert first[6] == "   cases     9"
    assert first[7] == "   request   POST /api/v2/orders/ (application/json; with the token)"
    assert first[8].strip() == BODY.decode()
    assert first[-1].startswith(f"   curl --include {URL}/api/v2/orders/ --header ")


@pytest.mark.parametrize(
    ("recurs", "words"), [(True, "seen again when"), (False, "not seen again when"), (None, "9\n")]
)
def test_finding_says_whether_it_was_seen_again(tmp_path, recurs, words):
    run = broken_run()
    run.findings[0].recurs = recurs
    assert words in next(block for block in "\n".join(told(run, tmp_path)).split("\n\n") if "cases     9" in block)


def test_long_bodies_are_cut_and_odd_characters_are_escaped(tmp_path):
    run = new_run()
    sent = request(b'{"a": "\x1b[31m\xe2\x80\xae\xff' + b"x" * 3000 + b'"}', carriage=Carriage(chunks=(5,)))
    show(run, answer(200, b"\x9b\x07" + b"y" * 3000), sent=sent)
    lines = told(conclude(run), tmp_path)
    assert all(char.isprintable() for line in lines for char in line)
    assert max(map(len, lines)) < 500
    assert any("\\x1b[31m\\u202e\\xff" in line and "3,0" in line for line in lines)
    assert any("in chunks of 5 bytes" in line for line in lines)


def test_chapters_are_a_line_each_and_the_table_is_for_verbose(tmp_path):
    short, whole = told(broken_run(), tmp_path), told(broken_run(), tmp_path, verbose=True)
    assert [line for line in short if re.fullmatch(r"refusal +\d+ kept, 2 broken, \d+ not judged", line)]
    assert not [line for line in short if re.search(r"refusal\.null +BROKEN", line)]
    assert [line for line in whole if re.search(r"refusal\.null +BROKEN +1$", line)]


def test_what_was_not_judged_is_grouped_by_its_reason(tmp_path):
    lines = [line for line in told(broken_run(), tmp_path) if line.startswith("not judged, ")]
    assert len(lines) < 10
    assert "not judged, no method was answered 405: methods.allow" in lines


def test_waived_findings_and_advice_are_a_line_each(tmp_path):
    run = new_run(waivers=(waiver(place=("recipient",)), waiver("refusal.null")))
    for place in ("recipient.address.zip", "kit_types"):
        show(run, TAKEN, invalid(place))
    show(run, TAKEN, invalid("recipient", "null", flaw=Flaw.NULL))
    show(run, TAKEN, invalid("", "NaN", flaw=Flaw.EXTENSION))
    lines, whole = told(conclude(run), tmp_path), told(run, tmp_path, verbose=True)
    assert "  refusal.type at recipient.address.zip: the old proxy does so (until 2999-01-01)" in lines
    assert "  refusal.null at recipient: the old proxy does so (until 2999-01-01)" in lines
    assert [line for line in lines if line.startswith("  refusal.json_extensions: got 200 application/json")]
    assert [line for line in whole if line.startswith("waived: refusal.null: ")]
    assert sum("curl --include" in line for line in lines) == 1
    assert sum("curl --include" in line for line in whole) == 4


def test_run_that_passes_is_told_in_forty_lines(tmp_path):
    rules = [rule.id for rule in all_rules().values() if not rule.of_all and not rule.gone]
    run = new_run(waivers=tuple(waiver(name) for name in rules))
    show(run, TAKEN)
    for exchange_rule in rules:
        run.judge.put(exchange_rule, _problem(), run.judge.history[0])
    conclude(run)
    run.spoken.told *= 2
    assert run.exit_status() == 0
    lines = [*terminal.head(run), *told(run, tmp_path), said(run)]
    assert len(lines) + 8 <= 40
    assert any(re.fullmatch(r"  and \d+ more", line) for line in lines)
    assert len(told(run, tmp_path, verbose=True)) > 300


def _problem():
    from spot_contract.rules.rule import Problem  # noqa: PLC0415

    return Problem("this", "that", "recipient", "differs")


def test_scenarios_that_were_left_out_are_named(tmp_path):
    run = kept_run(allowed=10)
    run.engine.skipped |= {"many": "it takes 60 orders, and the order budget has 3 for it"}
    assert "left out for the order budget (-v says more): many" in told(run, tmp_path)
    assert [line for line in told(run, tmp_path, verbose=True) if line.startswith("left out: many: it takes 60")]


def test_waivers_that_need_a_hand_are_told_without_verbose(tmp_path):
    run = kept_run(waivers=(waiver(until=date(2020, 1, 1)),))
    lines = told(run, tmp_path)
    assert [line for line in lines if line.startswith("waiver: the waiver of refusal.type ended on 2020-01-01")]


# The live line


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_live_line_is_rewritten_and_taken_away():
    stream, run = Terminal(), new_run()
    live = Live(stream)
    live.scenario("refusals")
    live.tick(run)
    live.tick(run)
    assert stream.getvalue().count("refusals: 0 requests, 0 orders, 0 s") == 1
    live.end()
    assert stream.getvalue().split("\r")[-2].strip() == ""
    assert "\n" not in stream.getvalue()


def test_live_line_is_nothing_where_the_stream_is_no_terminal():
    quiet, loud, run = io.StringIO(), io.StringIO(), new_run()
    for live in (Live(quiet), Live(loud, verbose=True)):
        live.scenario("refusals")
        live.tick(run)
        live.scenario("hostile")
        live.end()
    assert quiet.getvalue() == ""
    assert loud.getvalue().splitlines() == [
        "refusals: 0 requests, 0 orders, 0 s so far",
        "hostile: 0 requests, 0 orders, 0 s so far",
    ]


def test_live_line_bears_many_threads():
    stream, run = Terminal(), new_run()
    live = Live(stream)
    threads = [threading.Thread(target=lambda: [live.tick(run) for _ in range(500)]) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    live.end()
    assert stream.getvalue().count("requests") >= 1


# The files


def test_json_fits_its_schema_and_tells_each_finding(tmp_path):
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
def test_json_fits_its_schema_whatever_the_verdict(tmp_path, make):
    run = make()
    run.engine.cut = "the time of the run is up"
    found = written(run, tmp_path)
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert bool(found["reasons"]) is (found["exit_status"] >= 2)


def test_junit_has_a_failure_for_each_finding_and_tells_the_rest_from_it(tmp_path):
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
    assert messages["methods.allow"] == "not judged: no method was answered 405"
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
    # Where a rule cuts an answer in the middle of a secret, its beginning is hidden, too.
    for before in (200 - len(SECRET) + 2, 200 - 6, 195):
        text = "z" * before + (SECRET if before != 200 - 6 else "Ermintrude")
        show(run, answer(200, text.encode()), invalid("kit_types", f"way {before}"), request(b"{}"))
    run.error = run.engine.cut = secrets
    run.engine.skipped["x"] = secrets
    run.spoken.told.append(secrets)
    conclude(run)
    written(run, tmp_path)
    files.write_waivers(run, tmp_path / "waivers.toml")
    lines = [*terminal.head(run), *told(run, tmp_path, verbose=True), said(run)]
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
    assert len(drafted["waiver"]) == 2
    assert again.exit_status() == 0
    assert drafted["waiver"][0]["until"] == datetime.now(UTC).date() + timedelta(days=90)
    assert "# A value of a wrong type is refused" in path.read_text(encoding="utf-8")


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


def test_nothing_broken_drafts_no_waiver_and_says_so(tmp_path):
    files.write_waivers(kept_run(), tmp_path / "drafted.toml")
    text = (tmp_path / "drafted.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text) == {}
    assert "nothing to waive" in text
