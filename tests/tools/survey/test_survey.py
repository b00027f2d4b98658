"""scripts/survey: the documents that it finds, and how it counts outcomes."""

import json
from pathlib import Path

import pytest
import yaml
from spot_tools.commands.survey import main
from spot_tools.survey import outcomes
from spot_tools.survey.found import documents

OPERATION = {"operationId": "things", "responses": {"200": {"description": "x"}}}


def document(**more):
    return {"openapi": "3.0.3", "info": {"title": "a", "version": "1"}, "paths": {"/a": {"get": OPERATION}}, **more}


@pytest.fixture
def folder(tmp_path) -> Path:
    files = {
        "good.json": json.dumps(document()),
        "same.json": json.dumps(document()),
        "more/good.yaml": yaml.safe_dump(document(openapi="3.1.0")),
        "bad.yaml": "openapi: 3.0.3\ninfo: {title: a}\npaths: {}",
        "other.yaml": "a: 1",
        "text.md": json.dumps(document(tags=[])),
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_each_content_that_looks_like_a_document_is_found_once(folder):
    assert [path.name for path in documents([str(folder)])] == ["bad.yaml", "good.json", "good.yaml"]


def test_documents_are_built_refused_and_counted(folder, tmp_path, capsys):
    report = tmp_path / "report.json"
    assert main([str(folder), "--report", str(report)]) == 0
    counts = {line[:32].strip(): line[32:].split() for line in capsys.readouterr().out.splitlines()}
    assert counts["3 documents"] == ["here", "stock"]
    assert counts["built"] == ["2", "2"]
    assert counts["refused"] == ["1", "1"]
    assert counts["traceback"] == ["0", "0"]
    [bad] = [entry for entry in json.loads(report.read_text()) if entry["document"].endswith("bad.yaml")]
    assert "at /info" in bad["here"]["message"]


def test_a_traceback_is_counted_as_one(folder, monkeypatch):
    def crash(*_):
        raise LookupError("not expected")

    monkeypatch.setattr(outcomes.package, "build", crash)
    outcome = outcomes.ours(folder / "good.json")
    assert outcome.kind == "traceback"
    assert outcome.message.startswith("LookupError: not expected (test_survey.py:")


@pytest.mark.parametrize(
    ("name", "message"), [("empty", "contains no OpenAPI 3 document"), ("none", "is not a folder: pass the folders")]
)
def test_nothing_to_count_is_one_sentence_and_exit_2(tmp_path, capsys, name, message):
    (tmp_path / "empty").mkdir()
    assert main([str(tmp_path / name)]) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert (printed.out, printed.err.count("\n")) == ("", 1)
