"""The verdict of runs with waivers and drafted waivers."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from small_run import judged
from spot_contract.configuration.waivers import Waiver, waivers
from spot_contract.reporting import files
from spot_contract.rules.registry import all_rules
from spot_contract.session.run import BROKEN, KEPT, WAIVED
from suite_process import sandbox

TODAY = datetime.now(UTC).date()
KNOWN = ("zip-leading-zero-lost", "allow-lists-get-only", "error-status-is-500")
RULES = frozenset({"echo.recipient", "methods.allow", "refusal.error_status"})


def waiver(rule):
    return Waiver(rule, "an old proxy", TODAY)


@pytest.fixture(scope="module")
def address():
    with sandbox(*(word for name in KNOWN for word in ("--fault", name))) as url:
        yield url


@pytest.fixture(scope="module")
def broken(address):
    """A run against the faulty server."""
    return judged(address, only=RULES)


@pytest.fixture(scope="module")
def drafted(broken, tmp_path_factory):
    """The waivers drafted by that run, with reasons filled in."""
    file = tmp_path_factory.mktemp("draft") / "conformance.toml"
    files.write_waivers(broken, file)
    text = file.read_text(encoding="utf-8").replace('reason = ""', 'reason = "an old proxy"')
    return waivers(file.name, tomllib.loads(text), all_rules())


def test_one_fault_is_one_finding_with_its_smallest_request(broken):
    assert sorted(one.rule.id for one in broken.findings) == sorted(RULES)
    (zips,) = broken.findings_of(broken.judge.rules["echo.recipient"])
    assert zips.places == ["recipient.address.zip"]
    assert b"metadata" not in zips.seen.exchange.request.body


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


def test_unused_waiver_fails_no_part_of_a_run(address):
    run = judged(address, waivers=(waiver("methods.allow"),), only=frozenset({"methods.refused"}))
    assert (run.exit_status(), run.waiver_problems()) == (0, [])


def test_rule_that_shares_its_requests_with_a_broken_one_is_kept(address):
    run = judged(address, only=frozenset({"methods.allow", "methods.refused"}))
    assert run.verdict(run.judge.rules["methods.allow"]) == BROKEN
    assert run.verdict(run.judge.rules["methods.refused"]) == KEPT
