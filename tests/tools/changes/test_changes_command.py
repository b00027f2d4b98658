"""scripts/changes: files, revisions and the checkout; formats, exit codes, errors."""

import contextlib
import io
import json
import shutil
from pathlib import Path
from unittest import mock

import pytest
from checkouts import commit, copied, git
from create_order import PAGE, create_order_alone
from spot_tools.checkout.layout import Layout
from spot_tools.commands.changes import main
from spot_tools.openapi.page import document_of

ROOT = Layout.here().root
DOCUMENT = ROOT / PAGE  # Only create-order, whatever operations the vendored document has.


def run(*arguments: str | Path, folder: Path = ROOT, checkout: Path = ROOT) -> tuple[int, str, str]:
    """Run the command of a checkout in a folder; its exit code, what it printed, and what it printed as errors."""
    output, errors = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(Layout, "here", return_value=Layout(checkout)),
        contextlib.chdir(folder),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
    ):
        try:
            status = main(list(map(str, arguments)))
        except SystemExit as error:  # An invalid command line.
            status = int(error.code or 0)
    return status, output.getvalue(), errors.getvalue()


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A repository with one commit of everything that the command reads."""
    create_order_alone(Layout(copied(tmp_path, "openapi")))
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
    status, output, _ = run(DOCUMENT, broken, "--format", "json")
    assert status == 0
    value = json.loads(output)
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
    status, output, _ = run(DOCUMENT, DOCUMENT, "--format", "json", "--fail-on", "breaking")
    assert (status, json.loads(output)) == (0, {"verdict": "none", "changes": []})


def test_fail_on_breaking_is_exit_1_on_breaking_alone(broken):
    assert run(DOCUMENT, broken, "--fail-on", "breaking")[0] == 1
    assert run(broken, DOCUMENT, "--fail-on", "breaking")[0] == 0


@pytest.mark.parametrize("options", [(), ("--format", "markdown")])
def test_text_and_markdown_report_the_same(broken, options):
    _, output, _ = run(DOCUMENT, broken, *options)
    assert "Breaking (1)" in output
    assert "/components/schemas/OrderStatus/enum" in output
    assert "Verdict: breaking" in output


def test_texts_of_the_document_are_escaped_in_markdown(tmp_path):
    path = tmp_path / "new.yaml"
    shutil.copy(DOCUMENT, path)
    replace(path, "        - completed\n", '        - completed\n        - "<img src=x> [a](b) @all"\n')
    assert "\\<img src=x\\> \\[a\\](b) \\@all" in run(DOCUMENT, path, "--format", "markdown")[1]


def test_by_default_the_last_commit_is_compared_with_the_checkout(checkout):
    assert "Verdict: none" in run(checkout=checkout)[1]
    replace(checkout / "openapi" / "spot-api-v2.yaml", "        - completed\n", "")
    _, output, _ = run("--format", "json", checkout=checkout)
    [change] = json.loads(output)["changes"]
    assert change["severity"] == "additive"
    git(checkout, "commit", "-aqm", "second")
    assert "Verdict: none" in run(checkout=checkout)[1]
    assert run("HEAD~1", "HEAD", "--format", "json", checkout=checkout)[1] == output


def test_overlays_are_applied_on_both_sides(checkout):
    """Where the provider corrects what an overlay corrected before, nothing changes for clients."""
    replace(checkout / "openapi" / "spot-api-v2.yaml", "format: url", "format: uri")
    _, output, errors = run(checkout=checkout)
    assert "Verdict: none" in output
    assert errors.count("\n") == 1
    assert "10-mend.yaml, action 4" in errors
    assert "delete the action" in errors


def test_a_change_of_an_overlay_is_a_change(checkout):
    replace(checkout / "openapi" / "overlays" / "20-client.yaml", "operationId: create_order", "operationId: order")
    assert json.loads(run("HEAD", "--format", "json", checkout=checkout)[1])["verdict"] == "breaking"


@pytest.mark.parametrize("file", ["spot-api-v2.yaml", "effective/client.yaml"])
def test_one_file_against_a_revision_has_the_overlays_applied_too(checkout, file):
    _, output, errors = run("HEAD", checkout / "openapi" / file, checkout=checkout)
    assert "Verdict: none" in output, output
    assert errors == ""


def test_file_names_are_relative_to_the_current_folder(tmp_path, broken):
    shutil.copy(DOCUMENT, tmp_path / "old.yaml")
    assert "Verdict: breaking" in run("old.yaml", broken.name, folder=tmp_path)[1]


def test_a_page_is_read_as_the_document_in_it(tmp_path):
    (tmp_path / "document.yaml").write_bytes(document_of(DOCUMENT.read_bytes(), DOCUMENT.name))
    assert "Verdict: none" in run(DOCUMENT, tmp_path / "document.yaml")[1]


@pytest.mark.parametrize("pair", [("bad.yaml", DOCUMENT), (DOCUMENT, "bad.yaml")], ids=["old", "new"])
def test_an_invalid_document_is_one_sentence_and_exit_2(tmp_path, pair):
    (tmp_path / "bad.yaml").write_text("openapi: 3.0.3\ninfo: {}\npaths: {/a: 1}")
    sentence = "scripts/changes: bad.yaml is not a valid OpenAPI document: /paths/~1a is not an object.\n"
    assert run(*pair, folder=tmp_path) == (2, "", sentence)


@pytest.mark.parametrize("name", ["no-such-thing", "--format=jsn", "HEAD~100000", "-x", "folder"])
def test_an_argument_that_names_nothing_is_exit_2(tmp_path, name):
    (tmp_path / "folder").mkdir()
    status, output, errors = run(name, folder=tmp_path)
    assert (status, output) == (2, "")
    assert errors


def test_without_git_two_files_can_still_be_compared(monkeypatch, broken):
    monkeypatch.setenv("PATH", "")
    assert run(DOCUMENT, broken)[0] == 0
    status, _, errors = run()
    assert status == 2
    assert "git cannot be run: install it, or name two files." in errors
