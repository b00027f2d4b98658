"""Whole runs as processes, as a person or a CI job sees them."""

import re
import signal
import sqlite3
import subprocess
import time
import xml.etree.ElementTree as ET
from contextlib import closing

import pytest
from spot_contract.document.openapi import VENDORED, Document
from suite_process import ROOT, TOKEN, command, environment, report, running_sandbox, sandbox, suite

QUICK = ("--profile", "quick")
ADDED = len(Document.load(VENDORED).operations) - 1  # Operations that the document has in addition to create-order.
FAULTS = {
    "allow-lists-get-only": "methods.allow",
    "error-status-is-500": "refusal.error_status",
}
ONLY = ("--rule", "methods", "--rule", "refusal.error_status")  # The broken rules, and others.


def lines_of(said):
    return [line for line in said.splitlines() if line.strip()]


def failures(folder):
    return [case for case in ET.parse(folder / "junit.xml").iter("testcase") if case.find("failure") is not None]


def faulty(*names):
    return sandbox(*(word for name in names for word in ("--fault", name)))


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    """A run against the suite's own sandbox, with reports."""
    folder = tmp_path_factory.mktemp("right")
    return (*suite(*QUICK, "--report-dir", str(folder), token=None), folder)


@pytest.fixture(scope="module")
def wrong(tmp_path_factory):
    """A run against a sandbox with faults, with reports and drafted waivers."""
    folder = tmp_path_factory.mktemp("wrong")
    with faulty(*FAULTS) as url:
        draft = folder / "draft.toml"
        reports = ("--report-dir", str(folder), "--write-waivers", str(draft))
        status, said = suite(*QUICK, *ONLY, "--base-url", url, *reports)
    return status, said, folder


def test_passing_run_is_short_and_ends_with_the_verdict(right):
    status, said, _ = right
    assert status == 0, said
    assert len(lines_of(said)) <= 40
    assert lines_of(said)[-1].startswith("CONFORMS: ")
    assert said.count("CONFORMS") == 1
    assert "seed 1" in said


def test_passing_run_names_what_was_not_judged(right):
    _, said, folder = right
    left = {rule["id"] for rule in report(folder)["rules"] if rule["verdict"] != "kept"}
    assert left - {"document.operations"} == {"limits.envelope", "limits.retry_after"}
    assert ("document.operations" in left) == (ADDED == 0)
    assert all(rule in said for rule in left)
    assert failures(folder) == []


def test_quick_is_half_of_what_it_was(right):
    _, _, folder = right
    found = report(folder)
    assert found["orders"] <= 690 + 20 * ADDED
    assert found["requests"] <= 1888 + 100 * ADDED


def test_broken_run_tells_each_finding_in_some_lines(wrong):
    status, said, folder = wrong
    found = report(folder)["findings"]
    assert status == 1, said
    assert sorted(one["rule"] for one in found) == sorted(FAULTS.values())
    assert len(failures(folder)) == len(found)
    assert len(lines_of(said)) <= 40 + 15 * len(found)
    assert lines_of(said)[-1].startswith(f"DOES NOT CONFORM: {len(found)} findings in {len(FAULTS)} rules")
    assert said.count("curl --include") == len(found)


def test_token_is_in_no_output(wrong):
    _, said, folder = wrong
    assert '"Authorization: Token ${SPOT_API_TOKEN}"' in said
    for text in (said, *(path.read_text(encoding="utf-8") for path in folder.iterdir() if path.is_file())):
        assert TOKEN not in text


def test_processes_of_xdist_are_taken_for_connections_and_advice_fails_a_strict_run():
    with faulty("denied-without-challenge") as url:
        options = ("--rule", "authentication.challenge", "-n", "2", "--strict")
        status, said = suite(*QUICK, *options, "--base-url", url)
    assert status == 1, said
    assert "profile quick, strict, seed 1, 2 connections" in said
    assert "gw0" not in said
    assert lines_of(said)[-1].startswith("DOES NOT CONFORM: 1 finding in 1 rule")


def test_interrupted_run_ends_at_once_with_what_was_judged(tmp_path):
    database = tmp_path / "orders.sqlite"
    with running_sandbox("--database", str(database)) as (url, server):
        run = subprocess.Popen(
            command("--profile", "ci", "--base-url", url, "--report-dir", str(tmp_path / "report")),
            cwd=ROOT,
            env=environment(SPOT_API_TOKEN=TOKEN),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        while run.poll() is None and placed(database) < 150:
            time.sleep(0.05)
        server.send_signal(signal.SIGSTOP)  # The run now waits for an answer that does not come.
        run.send_signal(signal.SIGINT)
        said, _ = run.communicate(timeout=10)  # Shorter than the timeout of an answer.
    assert run.returncode == 2, said
    assert re.match(r"COULD NOT JUDGE: interrupted; \d+ rules judged", lines_of(said)[-1])
    told = report(tmp_path / "report")
    assert told["interrupted"]
    assert sum(rule["verdict"] == "kept" for rule in told["rules"]) > 10
    assert set(told["not_judged"].values()) >= {"the run was interrupted"}


def placed(database):
    if not database.exists():
        return 0
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as orders:
        try:
            return orders.execute("SELECT COUNT(*) FROM orders").fetchone()[0]
        except sqlite3.OperationalError:
            return 0  # The table is not there yet, or is being written.
