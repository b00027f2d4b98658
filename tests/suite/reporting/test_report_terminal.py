"""The report on the terminal, for runs without a server."""

import io
import re
import threading
from datetime import date

import pytest
from reported_run import (
    BODY,
    PLACES,
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
from spot_contract.exchanges.intent import Flaw
from spot_contract.exchanges.messages import Carriage
from spot_contract.reporting import terminal
from spot_contract.reporting.live import Live
from spot_contract.rules.registry import all_rules
from spot_contract.rules.rule import Problem


def lines_of(run, tmp_path, *, verbose=False):
    return list(terminal.report(run, run.exit_status(), verbose, tmp_path))


def verdict_of(run):
    return terminal.verdict(run, run.exit_status())


# The verdict


def test_verdict_of_a_kept_run_has_its_figures():
    run = kept_run()
    run.engine.sender._requests = 1801  # Nothing was sent here.
    judged = sum(run.verdict(rule) == "kept" for rule in run.rules())
    left = len(all_rules()) - judged
    assert verdict_of(run) == (
        f"CONFORMS: {judged} rules judged, 0 broken, {left} not judged; 1,801 requests, 0 orders, 2.0 s "
        "(900 requests/s), profile ci, seed 7"
    )


def test_verdict_on_one_rule_is_in_the_singular():
    run = broken_run(only=frozenset({"refusal.status"}))
    assert "CONFORMS: 1 rule judged, 0 broken; " in verdict_of(run)


def test_verdict_of_a_broken_run_counts_findings_and_rules():
    assert verdict_of(broken_run()).startswith("DOES NOT CONFORM: 2 findings in 2 rules; ")


def test_verdict_of_a_run_that_judged_nothing_is_none():
    run = conclude(new_run())
    assert verdict_of(run).startswith("COULD NOT JUDGE: nothing was judged; 0 rules judged, 0 broken, ")
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
        assert verdict_of(run).startswith(f"COULD NOT JUDGE: {reason}; "), name


def test_verdict_of_a_broken_run_that_was_cut_short_has_both():
    run = broken_run()
    run.engine.cut = "the time of the run is up"
    assert verdict_of(run).startswith("DOES NOT CONFORM: 2 findings in 2 rules; ")
    assert "; cut short: the time of the run is up; " in verdict_of(run)


def test_verdict_counts_waivers_that_ended():
    run = kept_run(waivers=(waiver(until=date(2020, 1, 1)),))
    assert verdict_of(run).startswith("DOES NOT CONFORM: 1 waiver no longer in order; ")


# The terminal


def test_head_names_server_profile_and_dialects():
    assert list(terminal.head(new_run(is_strict=True))) == [
        f"contract suite: judging {URL}, profile ci, strict, seed 7, 1 connection",
        "  application/x-www-form-urlencoded: dotted names",
    ]


def test_finding_takes_at_most_fifteen_lines(tmp_path):
    text = "\n".join(lines_of(broken_run(), tmp_path))
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
def test_finding_names_whether_it_was_seen_again(tmp_path, recurs, words):
    run = broken_run()
    run.findings[0].recurs = recurs
    assert words in next(block for block in "\n".join(lines_of(run, tmp_path)).split("\n\n") if "cases     9" in block)


def test_long_bodies_are_cut_and_odd_characters_are_escaped(tmp_path):
    run = new_run()
    sent = request(b'{"a": "\x1b[31m\xe2\x80\xae\xff' + b"x" * 3000 + b'"}', carriage=Carriage(chunks=(5,)))
    show(run, answer(200, b"\x9b\x07" + b"y" * 3000), sent=sent)
    lines = lines_of(conclude(run), tmp_path)
    assert all(char.isprintable() for line in lines for char in line)
    assert max(map(len, lines)) < 500
    assert any("\\x1b[31m\\u202e\\xff" in line and "3,0" in line for line in lines)
    assert any("in chunks of 5 bytes" in line for line in lines)


def test_body_is_written_for_a_line_that_is_shown_alone(tmp_path):
    run = new_run()
    show(run, TAKEN, invalid("", "NaN", flaw=Flaw.EXTENSION), request(b"\0"))
    conclude(run)
    lines_of(run, tmp_path)
    assert not list(tmp_path.iterdir())
    lines_of(run, tmp_path, verbose=True)
    assert [one.name for one in tmp_path.iterdir()] == ["refusal.json_extensions-1.body"]


def test_chapters_are_a_line_each_and_the_table_is_for_verbose(tmp_path):
    short, whole = lines_of(broken_run(), tmp_path), lines_of(broken_run(), tmp_path, verbose=True)
    assert [line for line in short if re.fullmatch(r"refusal +\d+ kept, 2 broken, \d+ not judged", line)]
    assert not [line for line in short if re.search(r"refusal\.null +BROKEN", line)]
    assert [line for line in whole if re.search(r"refusal\.null +BROKEN +1$", line)]


def test_what_was_not_judged_is_grouped_by_its_reason(tmp_path):
    lines = [line for line in lines_of(broken_run(), tmp_path) if line.startswith("not judged, ")]
    assert len(lines) < 10
    assert "not judged, no request was answered with 429: limits.envelope, limits.retry_after" in lines


def test_waived_findings_and_advice_are_a_line_each(tmp_path):
    run = new_run(waivers=(waiver(place=("recipient",)), waiver("refusal.null")))
    for place in ("recipient.address.zip", "kit_types"):
        show(run, TAKEN, invalid(place))
    show(run, TAKEN, invalid("recipient", "null", flaw=Flaw.NULL))
    show(run, TAKEN, invalid("", "NaN", flaw=Flaw.EXTENSION))
    lines, whole = lines_of(conclude(run), tmp_path), lines_of(run, tmp_path, verbose=True)
    assert "  refusal.type at recipient.address.zip: the old proxy does so (until 2999-01-01)" in lines
    assert "  refusal.null at recipient: the old proxy does so (until 2999-01-01)" in lines
    assert [line for line in lines if line.startswith("  refusal.json_extensions: got 200 application/json")]
    assert [line for line in whole if line.startswith("waived: refusal.null: ")]
    assert "waived until 2999-01-01: refusal.null (the old proxy does so)" in whole
    assert not [line for line in lines if line.startswith("waived until")]
    assert sum("curl --include" in line for line in lines) == 1
    assert sum("curl --include" in line for line in whole) == 4


def test_advice_fails_a_strict_run_alone():
    for is_strict, status, verdict in ((False, 0, "advice"), (True, 1, "BROKEN")):
        run = new_run(is_strict=is_strict)
        show(run, TAKEN, invalid("", "NaN", flaw=Flaw.EXTENSION))
        rule = conclude(run).judge.rules["refusal.json_extensions"]
        assert (run.exit_status(), run.verdict(rule)) == (status, verdict)


def test_run_that_passes_takes_at_most_forty_lines(tmp_path):
    rules = [rule.id for rule in all_rules().values() if not rule.of_all and not rule.gone]
    run = new_run(waivers=tuple(waiver(name) for name in rules))
    show(run, TAKEN)
    for exchange_rule in rules:
        run.judge.records[exchange_rule].add_broken(
            Problem("this", "that", "recipient", "differs"), run.judge.history[0]
        )
    conclude(run)
    run.dialects.notes *= 2
    assert run.exit_status() == 0
    lines = [*terminal.head(run), *lines_of(run, tmp_path), verdict_of(run)]
    assert len(lines) + 8 <= 40
    assert any(re.fullmatch(r"  and \d+ more", line) for line in lines)
    assert len(lines_of(run, tmp_path, verbose=True)) > 300


def test_scenarios_that_were_left_out_are_named(tmp_path):
    run = kept_run(allowed=10)
    run.engine.skipped |= {"many": "it takes 60 orders, and the order budget has 3 for it"}
    assert "left out for the order budget (-v says more): many" in lines_of(run, tmp_path)
    assert [line for line in lines_of(run, tmp_path, verbose=True) if line.startswith("left out: many: it takes 60")]


def test_waivers_with_problems_are_named_without_verbose(tmp_path):
    run = kept_run(waivers=(waiver(until=date(2020, 1, 1)),))
    lines = lines_of(run, tmp_path)
    assert [line for line in lines if line.startswith("waiver: the waiver of refusal.type ended on 2020-01-01")]


# The live line


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_live_line_is_rewritten_and_taken_away():
    stream, run = Terminal(), new_run()
    live = Live(run, stream)
    live.scenario("refusals")
    live.request(run.count)
    live.request(run.count)
    assert stream.getvalue().count("refusals: 0 requests, 0 orders, 0 s") == 1
    live.end()
    assert stream.getvalue().split("\r")[-2].strip() == ""
    assert "\n" not in stream.getvalue()


def test_live_line_is_absent_where_the_stream_is_no_terminal():
    quiet, loud, run = io.StringIO(), io.StringIO(), new_run()
    for live in (Live(run, quiet), Live(run, loud, verbose=True)):
        live.scenario("refusals")
        live.request(run.count)
        live.scenario("hostile")
        live.end()
    assert quiet.getvalue() == ""
    assert loud.getvalue().splitlines() == [
        "refusals: 0 requests, 0 orders, 0 s so far",
        "hostile: 0 requests, 0 orders, 0 s so far",
    ]


def test_live_line_can_be_written_by_many_threads():
    stream, run = Terminal(), new_run()
    live = Live(run, stream)
    threads = [threading.Thread(target=lambda: [live.request(run.count) for _ in range(500)]) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    live.end()
    assert stream.getvalue().count("requests") >= 1
