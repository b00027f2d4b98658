"""scripts/changes: files, revisions and the checkout; formats, exit codes, errors."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from checkouts import commit, copied, git
from create_order import PAGE, create_order_alone
from spot_tools.checkout.layout import Layout
from spot_tools.commands.changes import main
from spot_tools.openapi.page import document_of

ROOT = Layout.here().root
DOCUMENT = ROOT / PAGE  # Only create-order, whatever operations the vendored document has.


def run(
    *arguments: str | Path, folder: Path = ROOT, scripts: Path = ROOT / "scripts"
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "spot_tools.commands.changes", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(scripts)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A repository with one commit of everything that the command reads."""
    create_order_alone(Layout(copied(tmp_path, "openapi", "scripts")))
    commit(tmp_path)
    return tmp_path


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.fixture
def broken(tmp_path) -> Path:
    path = tmp_path / "broken.yaml"
    shutil.copy(DOCUMENT, path)
    replace(path, "        - completed\n", "        - completed\n        - shipped\n")
    return path


def test_the_json_has_the_documented_form(broken):
    done = run(DOCUMENT, broken, "--format", "json")
    assert done.returncode == 0
    value = json.loads(done.stdout)
    assert value.keys() == {"verdict", "changes"}
    assert value["verdict"] == "breaking"
    [change] = value["changes"]
    assert list(change) == ["severity", "operation", "direction", "pointer", "message", "advice"]
    assert change["severity"] == "breaking"
    assert "POST /api/v2/orders/" in change["operation"].split(", ")
    assert change["direction"] == "response"
    assert change["pointer"] == "/components/schemas/OrderStatus/enum"
    assert "shipped" in change["message"]


def test_a_document_that_did_not_change_has_the_verdict_none():
    done = run(DOCUMENT, DOCUMENT, "--format", "json", "--fail-on", "breaking")
    assert done.returncode == 0
    assert json.loads(done.stdout) == {"verdict": "none", "changes": []}


def test_fail_on_breaking_is_exit_1_on_breaking_alone(broken):
    assert run(DOCUMENT, broken, "--fail-on", "breaking").returncode == 1
    assert run(broken, DOCUMENT, "--fail-on", "breaking").returncode == 0


def test_text_and_markdown_report_the_same(broken):
    text = run(DOCUMENT, broken).stdout
    markdown = run(DOCUMENT, broken, "--format", "markdown").stdout
    for report in (text, markdown):
        assert "Breaking (1)" in report
        assert "/components/schemas/OrderStatus/enum" in report
        assert "Verdict: breaking" in report


def test_texts_of_the_document_are_escaped_in_markdown(tmp_path):
    path = tmp_path / "new.yaml"
    shutil.copy(DOCUMENT, path)
    replace(path, "        - completed\n", '        - completed\n        - "<img src=x> [a](b) @all"\n')
    markdown = run(DOCUMENT, path, "--format", "markdown").stdout
    assert "\\<img src=x\\> \\[a\\](b) \\@all" in markdown


def test_by_default_the_last_commit_is_compared_with_the_checkout(checkout):
    scripts = checkout / "scripts"
    assert "Verdict: none" in run(folder=checkout, scripts=scripts).stdout
    replace(checkout / "openapi" / "spot-api-v2.yaml", "        - completed\n", "")
    done = run("--format", "json", folder=checkout, scripts=scripts)
    [change] = json.loads(done.stdout)["changes"]
    assert change["severity"] == "additive"
    git(checkout, "commit", "-aqm", "second")
    assert "Verdict: none" in run(folder=checkout, scripts=scripts).stdout
    assert json.loads(run("HEAD~1", "HEAD", "--format", "json", folder=checkout, scripts=scripts).stdout) == json.loads(
        done.stdout
    )


def test_overlays_are_applied_on_both_sides(checkout):
    """Where the provider corrects what an overlay corrected before, nothing changes for clients."""
    replace(checkout / "openapi" / "spot-api-v2.yaml", "format: url", "format: uri")
    done = run(folder=checkout, scripts=checkout / "scripts")
    assert "Verdict: none" in done.stdout
    assert done.stderr.count("\n") == 1
    assert "10-mend.yaml, action 4" in done.stderr
    assert "delete the action" in done.stderr


def test_a_change_of_an_overlay_is_a_change(checkout):
    replace(checkout / "openapi" / "overlays" / "20-client.yaml", "operationId: create_order", "operationId: order")
    done = run("HEAD", "--format", "json", folder=checkout, scripts=checkout / "scripts")
    assert json.loads(done.stdout)["verdict"] == "breaking"


def test_one_file_against_a_revision_has_the_overlays_applied_too(checkout):
    vendored = checkout / "openapi" / "spot-api-v2.yaml"
    effective = checkout / "openapi" / "effective" / "client.yaml"
    for file in (vendored, effective):
        done = run("HEAD", file, folder=checkout, scripts=checkout / "scripts")
        assert "Verdict: none" in done.stdout, done.stdout
        assert done.stderr == ""


def test_file_names_are_relative_to_the_current_folder(tmp_path, broken):
    shutil.copy(DOCUMENT, tmp_path / "old.yaml")
    assert "Verdict: breaking" in run("old.yaml", broken.name, folder=tmp_path).stdout


def test_a_page_is_read_as_the_document_in_it(tmp_path):
    (tmp_path / "document.yaml").write_bytes(document_of(DOCUMENT.read_bytes(), DOCUMENT.name))
    assert "Verdict: none" in run(DOCUMENT, tmp_path / "document.yaml").stdout


@pytest.mark.parametrize("pair", [("bad.yaml", DOCUMENT), (DOCUMENT, "bad.yaml")], ids=["old", "new"])
def test_an_invalid_document_is_one_sentence_and_exit_2(tmp_path, pair):
    (tmp_path / "bad.yaml").write_text("openapi: 3.0.3\ninfo: {}\npaths: {/a: 1}")
    done = run(*pair, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "scripts/changes: bad.yaml is not a valid OpenAPI document: /paths/~1a is not an object.\n"


@pytest.mark.parametrize("name", ["no-such-thing", "--format=jsn", "HEAD~100000", "-x", "folder"])
def test_an_argument_that_names_nothing_is_exit_2(tmp_path, name):
    (tmp_path / "folder").mkdir()
    done = run(name, folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_without_git_two_files_can_still_be_compared(monkeypatch, capsys, broken):
    monkeypatch.setenv("PATH", "")
    assert main([str(DOCUMENT), str(broken)]) == 0
    capsys.readouterr()
    assert main([]) == 2
    assert "git cannot be run: install it, or name two files." in capsys.readouterr().err
