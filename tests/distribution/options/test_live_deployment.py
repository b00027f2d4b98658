"""--allow-orders 0: a live deployment is judged without an order, and the run stops at the first one that is made."""

import sqlite3

import pytest
from console import console
from spot_contract.configuration.settings import PROFILES
from spot_contract.document.openapi import VENDORED, Document
from spot_contract.exchanges.intent import Flaw, Intent, Kind
from spot_contract.exchanges.secrets import Secret
from spot_contract.generation.encodings import AS_JSON
from spot_contract.scenarios.plan import Plan
from spot_contract.scenarios.scenario import all_scenarios
from spot_contract.session.no_orders import needs_no_order
from suite_process import TOKEN, report, sandbox

PROBE = ("--allow-orders", "0", "--rate", "2000/s", "--profile", "quick")


def probe(tmp_path, *faults, options=(), **variables):
    """Judge a server; the exit code, what was printed, and how many orders the server has."""
    database = tmp_path / "orders.db"
    given = [part for name in faults for part in ("--fault", name)]
    with sandbox("--database", str(database), *given) as url:
        status, output, errors = console("--base-url", url, *PROBE, *options, cwd=tmp_path, **variables)
    with sqlite3.connect(database) as rows:
        (count,) = rows.execute("SELECT count(*) FROM orders").fetchone()
    return status, output + errors, count


def test_a_correct_server_is_judged_without_an_order(tmp_path):
    status, output, orders = probe(tmp_path, options=("--report-dir", tmp_path))
    found = report(tmp_path)
    assert status == 0, output
    assert (orders, found["orders"]) == (0, 0)
    verdicts = {one["id"]: one["verdict"] for one in found["rules"]}
    kept = ("refusal.required", "authentication.missing", "methods.refused", "media.unsupported", "robustness.bodies")
    assert {name: verdicts[name] for name in kept} == dict.fromkeys(kept, "kept")
    assert verdicts["success.status"] == "not judged"
    assert sum(verdict == "kept" for verdict in verdicts.values()) > 45
    assert "--allow-orders 0 allows none" in output


@pytest.mark.parametrize(
    "fault",
    ["zip-not-required", "missing-header-accepted", "empty-token-accepted", "token-in-query-accepted", "put-accepted"],
)
def test_nothing_is_sent_after_the_first_accepted_request(tmp_path, fault):
    status, output, orders = probe(tmp_path, fault)
    assert status == 1
    assert orders <= 1
    assert "an order may have been made by " in output
    assert "nothing more was sent" in output
    assert "finding in 1 rule" in output or "findings in " in output


def test_values_that_lenient_servers_accept_are_not_sent(tmp_path):
    status, output, orders = probe(tmp_path, "numeric-zip-accepted", options=("--rule", "refusal"))
    assert (status, orders) == (0, 0), output


def test_a_token_that_is_not_accepted_is_reported_before_anything_is_judged(tmp_path):
    status, output, orders = probe(tmp_path, SPOT_API_TOKEN="another-token")
    assert (status, orders) == (2, 0)
    assert "does not accept the token" in output


def test_no_case_that_is_sent_is_a_valid_order_with_the_right_token():
    order = Document.load(VENDORED)
    plan = Plan("probe", 1, PROFILES["quick"], Secret(TOKEN), [AS_JSON], order.media_types, ("health_kit_1",))
    sent = 0
    for one in all_scenarios():
        if one.alone:
            continue
        for unit in one.make(plan.named(one.name)):
            for case in unit if isinstance(unit, list) else [unit]:
                if needs_no_order(case):
                    sent += 1
                    assert not _may_be_accepted(case, plan, order), case.request.what
    assert sent > 500


def _may_be_accepted(case, plan, order):
    intent, request = case.intent, case.request
    is_post = request.method == "POST" and intent.kind not in {Kind.PATH, Kind.MEDIA_TYPE}
    is_meant = intent.sent is not None and order.allows(intent.sent)
    return is_post and request.credential == plan.credential and is_meant


def test_valid_orders_and_lenient_values_need_an_order():
    plan = Plan("probe", 1, PROFILES["quick"], Secret(TOKEN), [AS_JSON], (), ("health_kit_1",))
    assert not needs_no_order(plan.ordinary(Intent(Kind.REALISTIC).circumstance))
    coerced = Intent(Kind.INVALID, flaw=Flaw.COERCED)
    assert not needs_no_order(type(plan.ordinary(coerced.circumstance))(plan.request({}), coerced))
