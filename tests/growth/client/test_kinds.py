"""Every kind of growth in small: what the client sends for it, and what it reads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from kinds import FILES, build

HERE = Path(__file__).parent
CASES = [(name, number) for name, file in FILES.items() for number in range(len(file["cases"]))]


def run(program: str, folder: Path, text: str = "") -> str:
    """What a program prints that uses the package in the folder."""
    done = subprocess.run(
        [sys.executable, HERE / program],
        input=text,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The folder of the package of each file."""
    return {name: build(name, tmp_path_factory.mktemp("kinds")) for name in FILES}


@pytest.fixture(scope="module")
def results(folders):
    """What came of the calls of each file, for each case one result of either client."""
    return {
        name: json.loads(run("kinds_program.py", folder, json.dumps(FILES[name]["cases"])))
        for name, folder in folders.items()
    }


@pytest.mark.parametrize(("name", "number"), CASES, ids=[FILES[name]["cases"][n]["kind"] for name, n in CASES])
def test_each_kind_is_sent_and_read_as_the_document_says(results, name, number):
    case = FILES[name]["cases"][number]
    for result in results[name][number]:
        assert result["problem"] == case.get("problem")
        assert result["sent"] == case.get("sent")
        for header, value in case.get("headers", {}).items():
            assert result["headers"].get(header) == value, header
        if "body" in case:
            assert result["body"] == case["body"]
        for part in case.get("holds", []):
            assert part in result["body"]


def test_no_kind_of_credential_shows_in_logs_texts_or_errors(folders):
    output = run("secrets_program.py", folders["kinds_3_0.yaml"])
    assert "/query_key?api+key=***" in output
    for secret in ("canary", "Y2FuYXJ5"):
        assert secret not in output
