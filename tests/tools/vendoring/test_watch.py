"""The scheduled job docs/ci/document-watch.yml: its steps, run on a repository after the provider changed a page."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from checkouts import commit, copied, git
from create_order import create_order_alone
from spot_tools.checkout.layout import Layout
from spot_tools.openapi.documents import parse

ROOT = Layout.here().root
WORKFLOW = ROOT / "docs" / "ci" / "document-watch.yml"
PYTHON = """#!/bin/sh
command=${1#scripts/}; shift
PYTHONPATH="$CHECKOUT/scripts" exec "$REAL" -m spot_tools.commands "$command" "$@"
"""
GH = """#!/bin/sh
echo "$@" >> "$CALLS"
test "$2" != create || test ! -e "$EXISTS"
"""


@pytest.fixture
def job(tmp_path):
    """A clone with its own remote, and the commands that the job calls."""
    checkout, remote, tools = tmp_path / "checkout", tmp_path / "remote", tmp_path / "bin"
    checkout.mkdir()
    copied(checkout, "openapi", "scripts", "generated", "docs/api", "pyproject.toml", "CHANGELOG.md", ".gitignore")
    create_order_alone(Layout(checkout))
    tools.mkdir()
    for name, text in (("python", PYTHON), ("gh", GH)):
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{tools}:{os.environ['PATH']}",
        "REAL": sys.executable,
        "CHECKOUT": str(checkout),
        "CALLS": str(tmp_path / "calls"),
        "EXISTS": str(tmp_path / "exists"),
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_ENV": str(tmp_path / "env"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.com",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.com",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    subprocess.run(["git", "init", "-q", "--bare", remote], check=True)
    return checkout, environment


def steps():
    return [step for step in parse(WORKFLOW.read_bytes(), "w")["jobs"]["watch"]["steps"] if "run" in step]


def run(checkout, environment, wanted=None):
    """Run the steps in order, with their condition on the environment file."""
    for step in wanted or steps():
        variables = Path(environment["GITHUB_ENV"])
        if "if" in step and (not variables.exists() or "changed=yes" not in variables.read_text()):
            continue
        subprocess.run(["bash", "-eo", "pipefail", "-c", step["run"]], cwd=checkout, env=environment, check=True)


def test_a_changed_page_becomes_a_pull_request_with_the_report(job, provider, tmp_path):
    checkout, environment = job
    page = (checkout / "openapi" / "source" / "create-order.md").read_bytes()
    lock = checkout / "openapi" / "spec.lock"
    address = provider.serve("/create-order.md", page)
    lock.write_text(lock.read_text().replace("https://docs.spotdx.com/reference/create-order.md", address))
    commit(checkout)
    git(checkout, "remote", "add", "origin", str(tmp_path / "remote"))

    run(checkout, environment)
    assert not (tmp_path / "env").exists()
    assert not (tmp_path / "calls").exists()

    provider.serve(
        "/create-order.md", page.replace(b"        - completed\n", b"        - completed\n        - shipped\n")
    )
    run(checkout, environment)
    body = (tmp_path / "short.md").read_text()
    assert "Verdict: breaking" in body
    assert "shipped" in body
    assert "    Next version: " in body
    called = (tmp_path / "calls").read_text().splitlines()
    assert called[0] == "auth setup-git"
    assert called[1].startswith("pr create --head document-watch")
    shown = subprocess.run(
        ["git", "show", "--stat", "document-watch"], cwd=tmp_path / "remote", capture_output=True, text=True, check=True
    ).stdout
    assert "openapi/spot-api-v2.yaml" in shown
    assert "generated/spot_api_client/models/order_status.py" in shown
    assert "docs/api/README.md" in shown

    (tmp_path / "exists").touch()
    subprocess.run(["git", "switch", "-q", "-C", "again", "document-watch~1"], cwd=checkout, check=True)
    (checkout / "openapi" / "spec.lock").write_text("another change\n")
    run(checkout, environment, steps()[-1:])
    assert "pr edit document-watch" in (tmp_path / "calls").read_text()


def test_no_step_inserts_an_expression_into_its_command():
    assert "${{" not in "".join(step["run"] for step in steps())
