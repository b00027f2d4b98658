"""Every kind of growth in small: what the client sends for it, and what it reads."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from spot_tools.checkout.layout import Layout
from spot_tools.generation import package
from spot_tools.openapi.documents import parse

ROOT = Layout.here().root
HERE = Path(__file__).parent
FILES = {name: parse((HERE / name).read_bytes(), name) for name in ("kinds_3_0.yaml", "kinds_3_1.yaml")}
CASES = [(name, number) for name, told in FILES.items() for number in range(len(told["cases"]))]


def document(told):
    """One document of all cases: each has paths and components of its own."""
    found = {**told["document"], "paths": {}}
    schemas = found["components"].setdefault("schemas", {})
    for case in told["cases"]:
        for path, item in case.get("paths", {}).items():
            assert path not in found["paths"], path
            found["paths"][path] = item
        for name, schema in case.get("schemas", {}).items():
            assert name not in schemas, name
            schemas[name] = schema
    return found


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """The folder of the package that each file makes, and what came of its calls."""
    found = {}
    for name, told in FILES.items():
        root = tmp_path_factory.mktemp("kinds")
        for folder in ("templates", "runtime"):
            shutil.copytree(ROOT / "openapi" / folder, root / "openapi" / folder)
        (root / "openapi" / "generator.yaml").write_text("package_name_override: spot_api_client\n")
        data = json.dumps(document(told)).encode()
        (root / "openapi" / "spot-api-v2.yaml").write_bytes(data)
        (root / "built").mkdir()
        package.build(Layout(root), data, root / "built")
        done = subprocess.run(
            [sys.executable, HERE / "kinds_program.py"],
            input=json.dumps(told["cases"]),
            env={**os.environ, "PYTHONPATH": str(root / "built"), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found[name] = root / "built", json.loads(done.stdout)
    return found


@pytest.mark.parametrize(("name", "number"), CASES, ids=[FILES[name]["cases"][n]["kind"] for name, n in CASES])
def test_each_kind_is_sent_and_read_as_the_document_says(made, name, number):
    case = FILES[name]["cases"][number]
    for told in made[name][1][number]:
        assert told["problem"] == case.get("problem")
        assert told["sent"] == case.get("sent")
        for header, value in case.get("headers", {}).items():
            assert told["headers"].get(header) == value, header
        if "body" in case:
            assert told["body"] == case["body"]
        for part in case.get("holds", []):
            assert part in told["body"]


def test_no_kind_of_credential_shows_in_logs_texts_or_errors(made):
    folder = made["kinds_3_0.yaml"][0]
    done = subprocess.run(
        [sys.executable, HERE / "secrets_program.py"],
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "/query_key?api+key=***" in done.stdout
    for secret in ("canary", "Y2FuYXJ5"):
        assert secret not in done.stdout


@pytest.mark.parametrize("name", FILES)
def test_package_of_every_kind_is_strictly_typed(made, name):
    pytest.importorskip("pyright", reason="pyright is not installed here")
    folder = made[name][0]
    (folder / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict", "pythonVersion": "3.11"}')
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
