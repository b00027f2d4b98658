"""What waivers, advice and drafts make of a run."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from small_run import judged
from spot_contract.configuration.waivers import Waiver, waivers
from spot_contract.reporting import files
from spot_contract.rules.registry import all_rules
from spot_contract.session.run import ADVICE, BROKEN, KEPT, WAIVED
from suite_process import sandbox

TODAY = datetime.now(UTC).date()
KNOWN = ("zip-leading-zero-lost", "allow-lists-get-only", "error-status-is-500")
RULES = frozenset({"echo.recipient", "methods.allow", "refusal.error_status"})


def faulty(*names):
    return sandbox(*(word for name in names for word in ("--fault", name)))


def waiver(rule, **more):
    return Waiver(rule, "an old proxy", more.pop("until", TODAY), **more)


@pytest.fixture(scope="module")
def address():
    with faulty(*KNOWN) as url:
        yield url


@pytest.fixture(scope="module")
def drafted(address, tmp_path_factory):
    """The waivers that a run on the faulty server drafts, with their reasons."""
    file = tmp_path_factory.mktemp("draft") / "conformance.toml"
    files.write_waivers(judged(address), file)
    text = file.read_text(encoding="utf-8").replace('reason = ""', 'reason = "an old proxy"')
    return waivers(file.name, tomllib.loads(text), all_rules())


def test_draft_with_reasons_makes_the_same_run_end_in_0(address, drafted):
    unused = waiver("methods.status_405")
    run = judged(address, waivers=(*drafted, unused))
    assert (run.exit_status(), run.broken()) == (1, [])
    (problem,) = run.waiver_problems()
    assert "methods.status_405 forgave nothing" in problem
    without = replace(run, settings=replace(run.settings, waivers=drafted), used=set())
    assert (without.exit_status(), without.waiver_problems()) == (0, [])
    assert without.used == set(drafted)
    assert {rule.id for rule in run.rules() if run.verdict(rule) == WAIVED} >= RULES


def test_second_fault_under_a_waived_rule_is_one_finding(drafted):
    with faulty(*KNOWN, "accents-composed") as url:
        run = judged(url, waivers=drafted, only=frozenset({"echo.recipient"}))
    assert run.exit_status() == 1
    (one,) = run.broken()
    assert one.ways == ["came back in another Unicode form"]


def test_fault_under_another_rule_than_the_waived_is_found(drafted):
    with faulty(*KNOWN, "no-authentication") as url:
        run = judged(url, waivers=drafted, only=frozenset({"authentication.missing"}))
    assert [one.rule.id for one in run.broken()] == ["authentication.missing"]


def test_waiver_past_its_day_forgives_nothing_and_fails_the_run(address):
    past = waiver("methods.allow", until=TODAY - timedelta(days=1))
    run = judged(address, only=frozenset({"methods.allow"}), waivers=(past,))
    assert run.exit_status() == 1
    assert run.verdict(run.judge.rules["methods.allow"]) == BROKEN
    assert "ended on" in run.waiver_problems()[0]


def test_unused_waiver_fails_no_part_of_a_run(address):
    run = judged(address, waivers=(waiver("methods.allow"),), only=frozenset({"methods.refused"}))
    assert (run.exit_status(), run.waiver_problems()) == (0, [])


def test_advice_is_told_and_fails_a_strict_run_alone():
    rule = "authentication.challenge"
    with faulty("denied-without-challenge") as url:
        run = judged(url, only=frozenset({rule}))
    assert (run.exit_status(), run.verdict(run.judge.rules[rule])) == (0, ADVICE)
    assert [one.rule.id for one in run.advice()] == [rule]
    strict = replace(run, settings=replace(run.settings, is_strict=True))
    assert (strict.exit_status(), strict.verdict(run.judge.rules[rule])) == (1, BROKEN)


def test_rule_that_shares_its_requests_with_a_broken_one_is_kept(address):
    run = judged(address, only=frozenset({"methods.allow", "methods.refused"}))
    assert run.verdict(run.judge.rules["methods.allow"]) == BROKEN
    assert run.verdict(run.judge.rules["methods.refused"]) == KEPT
