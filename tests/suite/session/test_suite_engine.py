"""What a run sends and when it ends, with runs in this process against a sandbox."""

import math
import signal
import sqlite3
import threading
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from small_run import JSON_ALONE, SMALL, judged
from spot_contract.configuration.deployment import Deployment, deployment
from spot_contract.configuration.settings import PROFILES, Settings
from spot_contract.document.openapi import STRICT, Document
from spot_contract.document.positions import places
from spot_contract.errors import CannotJudge
from spot_contract.exchanges import timing
from spot_contract.exchanges.exchange import Origin
from spot_contract.exchanges.intent import Intent, Kind
from spot_contract.exchanges.secrets import Secret
from spot_contract.generation.encodings import AS_JSON
from spot_contract.reporting import figures
from spot_contract.rules.registry import all_rules
from spot_contract.scenarios.circumstances import circumstances
from spot_contract.scenarios.scenario import Case, all_scenarios
from spot_contract.session.run import BROKEN, KEPT, Run
from spot_contract.session.selection import kinds_for
from spot_contract.transport.connection import Connection
from suite_process import TOKEN, running_sandbox, sandbox

# Places in an order and limits on them, beyond those with which the bounds were measured; each costs requests.
LIMITS = {"enum", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"}
MORE = max(0, sum(1 + len(LIMITS & schema.keys()) for schema in places().values()) - 16)
ENOUGH = 150  # Requests after which a test stops the server; the row and the credentials are judged by then.


def placed(database):
    """The number of orders that the sandbox accepted so far."""
    with sqlite3.connect(database) as orders:
        return orders.execute("SELECT COUNT(*) FROM orders").fetchone()[0]


def shared_out(run):
    """The requests that are divided among shards, without those that every shard sends.

    Rows are left out, since their length depends on the pace.
    """
    carried = {name for name, _ in circumstances()}
    return Counter(
        one.request
        for one in run.judge.history[1:]
        if not (one.intent.kind is Kind.REALISTIC and {one.intent.way, one.intent.variety} & carried)
        and not one.intent.group.startswith(timing.ROW)
    )


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """The file of the orders that the sandbox accepted."""
    return tmp_path_factory.mktemp("sandbox") / "orders.sqlite"


@pytest.fixture(scope="module")
def address(database):
    with sandbox("--database", str(database)) as url:
        yield url


@pytest.fixture(scope="module")
def whole(address):
    return judged(address, connections=1)


def test_other_seed_sends_other_requests(address):
    one, other = (judged(address, only=frozenset({"media.unsupported"}), seed=seed) for seed in (1, 2))
    assert [found.request for found in one.judge.history] != [found.request for found in other.judge.history]


def test_shards_are_disjoint_and_together_the_whole_however_many_requests_are_in_flight(address, whole):
    first, second = (shared_out(judged(address, connections=8, shard=(part, 2))) for part in (1, 2))
    assert first
    assert second
    assert first + second == shared_out(whole)


ONLY = {
    "methods.refused": {Kind.METHOD},
    "methods.unknown_path": {Kind.PATH},
    "media.unsupported": {Kind.MEDIA_TYPE},
    "refusal.enum": {Kind.INVALID},
    "robustness.headers": {Kind.HOSTILE_HEADER},
}


@pytest.mark.parametrize(("rule", "kinds"), ONLY.items())
def test_rule_alone_is_sent_what_exercises_it(address, rule, kinds):
    run = judged(address, only=frozenset({rule}))
    assert run.exit_status() == 0
    assert run.verdict(run.judge.rules[rule]) == KEPT
    assert [one.id for one in run.rules()] == [rule]
    on = run.judge.rules[rule].on
    units = [one for one in run.judge.history[1:] if on(one) is not None]
    assert {one.intent.kind for one in units} == kinds
    # Their units also contain other requests, such as an ordinary order after a refusal.
    assert len(units) >= len(run.judge.history) / 4


@pytest.mark.parametrize(
    ("rule", "kinds"),
    [*ONLY.items(), ("success.status", {Kind.REALISTIC}), ("document.operations", {Kind.OPERATION})],
)
def test_kinds_of_request_that_a_rule_looks_at_are_known_beforehand(rule, kinds):
    found = kinds_for([all_rules()[rule]], Origin(Secret(TOKEN)))
    assert kinds <= found
    assert len(found) <= 2


def test_scenario_makes_only_the_kinds_of_request_that_it_says(whole):
    limited = [one for one in all_scenarios() if one.kinds != set(Kind)]
    plan = replace(whole.engine.plan, encodings=[AS_JSON])
    assert len(limited) >= 8
    for one in limited:
        cases = [unit for unit in one.make(plan.named(one.name)) if isinstance(unit, Case)]
        assert {case.intent.kind for case in cases} <= one.kinds, one.name


def test_scenario_that_no_rule_asked_for_looks_at_makes_nothing(address, monkeypatch):
    def fail(*_):
        raise AssertionError

    monkeypatch.setattr("spot_contract.scenarios.schemathesis_cases._drawn", fail)
    monkeypatch.setattr("spot_contract.scenarios.properties.Property.drawn", fail)
    run = judged(address, only=frozenset({"methods.refused"}))
    assert (run.exit_status(), run.error) == (0, "")


def test_quick_run_sends_no_more_than_it_promises(address, monkeypatch):
    # Rows of orders that look slow, as on a busy machine, would be sent again.
    monkeypatch.setattr(timing, "falls_off", lambda _: False)
    monkeypatch.setattr(timing, "stalled", lambda _: [])
    monkeypatch.setattr(timing, "SOON", math.inf)
    run = judged(address, profile=PROFILES["quick"], deployment=Deployment())
    assert (run.exit_status(), run.engine.cut) == (0, "")
    added = len(Document.load(STRICT).operations) - 1  # Operations that the document has in addition to create-order.
    assert 600 < run.count.orders <= 690 + 20 * (added + MORE)
    assert 1700 < run.count.requests <= 1888 + 100 * (added + MORE)


def test_nothing_judged_is_no_verdict(address):
    run = judged(address, only=frozenset({"limits.envelope", "limits.retry_after"}))
    assert run.exit_status() == 2
    assert run.not_judged() == dict.fromkeys(
        ("limits.envelope", "limits.retry_after"), "no request was answered with 429"
    )


@pytest.mark.parametrize(("allowed", "least"), [(40, 75), (5, 60)])
def test_order_budget_is_shared_and_never_exceeded_and_what_is_left_is_named(address, database, allowed, least):
    before, spent = placed(database), []
    run = judged(
        address, allowed=allowed, connections=4, on_scenario=lambda name, run: spent.append((name, run.count.orders))
    )
    assert placed(database) - before <= run.count.orders <= allowed  # An aborted request may have become an order.
    orders = [later - earlier for (_, earlier), (_, later) in pairwise([*spent, ("", run.count.orders)])]
    other_operations = len(Document.load(STRICT).operations) > 1  # They have a third of their own.
    assert max(orders) <= max(2, allowed // 3) + (allowed // 3 if other_operations else 0)
    assert spent[-1][0] == "ordinary orders at the end"
    assert (run.exit_status(), run.engine.cut) == (2, "")
    assert not run.broken()
    assert sum(run.verdict(rule) == KEPT for rule in run.rules()) >= least
    for rule in ("steadiness.every_order", "identity.parallel"):
        assert "budget" in run.not_judged()[rule]


# Rules that a run need not exercise, however early it ends.
NOT_NEEDED = {
    "limits.envelope": "no request was answered with 429",
    "limits.retry_after": "no request was answered with 429",
}


def test_time_of_a_run_that_a_stalling_server_would_hold_is_kept():
    with running_sandbox() as (url, process):

        def stall(count):
            if count.requests == ENOUGH:
                process.send_signal(signal.SIGSTOP)
                end.start()

        end = threading.Timer(40, process.kill)  # If the run keeps waiting, it finds the server gone.
        run = judged(url, on_request=stall, max_time=2.5, timeout=60.0)
        end.cancel()
    assert run.exit_status() == 2
    assert run.engine.cut.startswith("the time of the run ")
    assert run.verdict(run.judge.rules["authentication.missing"]) == KEPT
    assert "time" in run.not_judged()["robustness.recovers"]
    assert run.not_judged() | NOT_NEEDED == run.not_judged()
    # A document with further operations leaves them untried, too.
    assert run.not_judged()["document.operations"] in {
        "the document has create-order alone",
        run.not_judged()["robustness.recovers"],
    }


def test_scenario_that_ends_early_at_a_silent_server_is_reported():
    with running_sandbox() as (url, process):

        def pause(count):
            if count.requests == 10:
                process.send_signal(signal.SIGSTOP)
                threading.Timer(2.0, process.send_signal, [signal.SIGCONT]).start()

        run = judged(url, on_request=pause, timeout=0.5, only=frozenset({"refusal.required"}))
    assert run.engine.cut == ""
    assert [why for why in run.engine.ended.values() if why.startswith("3 requests had no answer in time")]
    run.settings = replace(run.settings, only=frozenset())
    assert not run.is_complete
    assert [line for line in figures.remarks(run) if line.startswith("ended early: ")]


def test_methods_that_were_not_asked_are_no_reason_for_a_rule_on_their_answers(address):
    run = judged(address, only=frozenset({"methods.allow"}), on_request=None, allowed=1)
    asked = [one for one in run.judge.history if one.intent.kind is Kind.METHOD]
    rule = run.judge.rules["methods.allow"]
    assert rule.unless(asked) == "no method was answered 405"
    assert rule.unless([one for one in run.judge.history if one not in asked]) == ""


def test_server_that_dies_on_the_way_breaks_a_rule(monkeypatch):
    monkeypatch.setattr("spot_contract.transport.sender._PAUSES", (0.1, 0.1))
    with running_sandbox() as (url, process):

        def kill(count):
            if count.requests == ENOUGH:
                process.kill()

        run = judged(url, on_request=kill)
    assert run.exit_status() == 1
    assert [one.rule.id for one in run.broken() if one.rule.id != "robustness.answers"] == [
        "robustness.keeps_answering"
    ]
    assert run.verdict(run.judge.rules["authentication.missing"]) == KEPT


def test_server_that_was_never_there_cannot_be_judged(monkeypatch):
    monkeypatch.setattr("spot_contract.transport.sender._PAUSES", (0.01,))
    with pytest.raises(CannotJudge, match="start the server"):
        judged("http://127.0.0.1:1")


def test_failure_of_the_suite_itself_is_no_verdict(address, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("spot_contract.session.judge.Judge.conclude", fail)
    run = judged(address, only=frozenset({"methods.refused"}))
    assert run.exit_status() == 3
    assert "ZeroDivisionError" in run.error


def test_broken_rule_is_found_whatever_else_was_cut_short():
    with sandbox("--fault", "no-authentication") as url:
        run = judged(url, allowed=40)
    assert run.engine.cut
    assert run.exit_status() == 1
    assert run.count.orders <= 40
    assert run.verdict(run.judge.rules["authentication.missing"]) == BROKEN


def test_fault_is_one_finding_with_its_smallest_request_and_other_rules_are_kept():
    with sandbox("--fault", "zip-leading-zero-lost", "--fault", "allow-lists-get-only") as url:
        run = judged(url, only=frozenset({"echo.recipient", "methods.allow", "methods.refused"}))
    assert sorted(one.rule.id for one in run.findings) == ["echo.recipient", "methods.allow"]
    (zips,) = run.findings_of(run.judge.rules["echo.recipient"])
    assert zips.places == ["recipient.address.zip"]
    assert b"metadata" not in zips.seen.exchange.request.body
    assert run.verdict(run.judge.rules["methods.refused"]) == KEPT


def test_requests_that_wait_are_in_flight_at_the_same_time(address, monkeypatch):
    barrier, met = threading.Barrier(2), []
    send = Connection.send

    def send_together(connection, request):
        if request.carriage.pause and len(met) < barrier.parties:
            met.append(request.what)
            barrier.wait(20)
        return send(connection, request)

    monkeypatch.setattr(Connection, "send", send_together)
    monkeypatch.setattr("spot_contract.session.run.connections_for", lambda _: 1)
    run = judged(address, only=frozenset({"carriage.pieces"}))
    assert (run.exit_status(), len(met)) == (0, 2)


def test_circumstance_in_which_each_request_would_wait_is_not_used_again(monkeypatch):
    monkeypatch.setattr("spot_contract.transport.connection._CONTINUE", 0.2)
    with sandbox("--fault", "expect-never-answered") as url:
        run = judged(url, only=frozenset({"carriage.continue", "carriage.compression"}))
    assert [one.rule.id for one in run.broken()] == ["carriage.continue"]
    assert not run.engine.plan.is_usable("Expect")
    assert run.engine.plan.is_usable("gzip")


def test_circumstance_that_is_refused_in_one_encoding_is_not_used_with_other_requests():
    profile = replace(SMALL, name="ci")  # Each circumstance in each encoding.
    deployed = deployment("conformance.toml", {})
    with sandbox("--fault", "charset-on-urlencoded-refused") as url:
        run = Run.start(
            Settings(Secret(TOKEN), url, profile, seed=1, deployment=deployed, only=frozenset({"media.parameters"}))
        )
        try:
            run.prepare()
            run.execute()
        finally:
            run.stop()
    assert "a charset" in run.engine.plan.with_accepted
    assert not run.engine.plan.is_usable("a charset")


def test_requests_to_other_operations_spend_a_third_of_the_order_budget(address):
    run = Run.start(Settings(Secret(TOKEN), address, SMALL, seed=1, deployment=JSON_ALONE, allowed=9))
    try:
        run.prepare()
        plan = run.engine.plan.named("other operations")
        units = [Case(plan.request(plan.plain()), Intent(Kind.OPERATION)) for _ in range(20)]
        taken = [list(run.engine._units_of_shard(one, units, None)) for one in all_scenarios()[:2]]
    finally:
        run.stop()
    assert list(map(len, taken)) == [3, 0]


def test_line_is_timed_by_several_answers_without_spending_orders(address):
    run = Run.start(Settings(Secret(TOKEN), address, SMALL, seed=1, deployment=JSON_ALONE, allowed=1))
    try:
        run.prepare()
    finally:
        run.stop()
    assert (run.count.requests, run.count.orders, len(run.judge.history)) == (3, 1, 1)
