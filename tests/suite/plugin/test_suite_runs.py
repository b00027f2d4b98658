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
FAULTS = {"allow-lists-get-only": "methods.allow", "denied-without-challenge": "authentication.challenge"}
ONLY = ("--rule", "methods", "--rule", "authentication.challenge")  # The broken rules, and others.


def lines_of(output):
    return [line for line in output.splitlines() if line.strip()]


def failures(folder):
    return [case for case in ET.parse(folder / "junit.xml").iter("testcase") if case.find("failure") is not None]


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    """A run against the suite's own sandbox, with reports."""
    folder = tmp_path_factory.mktemp("right")
    return (*suite(*QUICK, "--report-dir", str(folder), token=None), folder)


@pytest.fixture(scope="module")
def wrong(tmp_path_factory):
    """A strict run against a sandbox with faults, with reports and drafted waivers."""
    folder = tmp_path_factory.mktemp("wrong")
    with sandbox(*(word for name in FAULTS for word in ("--fault", name))) as url:
        reports = ("--report-dir", str(folder), "--write-waivers", str(folder / "draft.toml"))
        status, output = suite(*QUICK, *ONLY, "--strict", "--base-url", url, *reports)
    return status, output, folder


def test_passing_run_is_short_and_ends_with_the_verdict(right):
    status, output, _ = right
    assert status == 0, output
    assert len(lines_of(output)) <= 40
    assert lines_of(output)[-1].startswith("CONFORMS: ")
    assert output.count("CONFORMS") == 1
    assert "seed 1" in output


def test_passing_run_names_what_was_not_judged(right):
    _, output, folder = right
    left = {rule["id"] for rule in report(folder)["rules"] if rule["verdict"] != "kept"}
    assert left - {"document.operations"} == {"limits.envelope", "limits.retry_after"}
    assert ("document.operations" in left) == (ADDED == 0)
    assert all(rule in output for rule in left)
    assert failures(folder) == []


def test_broken_run_describes_each_finding_in_some_lines(wrong):
    status, output, folder = wrong
    found = report(folder)["findings"]
    assert status == 1, output
    assert sorted(one["rule"] for one in found) == sorted(FAULTS.values())
    assert len(failures(folder)) == len(found)
    assert len(lines_of(output)) <= 40 + 15 * len(found)
    assert lines_of(output)[-1].startswith(f"DOES NOT CONFORM: {len(found)} findings in {len(FAULTS)} rules")
    assert output.count("curl --include") == len(found)


def test_token_is_in_no_output(wrong):
    _, output, folder = wrong
    assert '"Authorization: Token ${SPOT_API_TOKEN}"' in output
    for text in (output, *(path.read_text(encoding="utf-8") for path in folder.iterdir() if path.is_file())):
        assert TOKEN not in text


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
        output, _ = run.communicate(timeout=10)  # Shorter than the timeout of an answer.
    assert run.returncode == 2, output
    assert re.match(r"COULD NOT JUDGE: interrupted; \d+ rules judged", lines_of(output)[-1])
    found = report(tmp_path / "report")
    assert found["interrupted"]
    assert sum(rule["verdict"] == "kept" for rule in found["rules"]) > 10
    assert set(found["not_judged"].values()) >= {"the run was interrupted"}


def placed(database):
    if not database.exists():
        return 0
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as orders:
        try:
            return orders.execute("SELECT COUNT(*) FROM orders").fetchone()[0]
        except sqlite3.OperationalError:
            return 0  # The table is not there yet, or is being written.
