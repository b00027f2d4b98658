"""The suite on the grown document: what the provider adds is tried without a change of the suite."""

import http.client
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from growing import ROOT, WHOLE
from small_server import SmallServer
from spot_tools.documents import parse

TOKEN = "tok-en-of-growth"
ORDERS = "/api/v2/orders/"


@pytest.fixture(scope="module")
def sandbox():
    """The address of a sandbox, which knows how to create orders and nothing of the rest."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "sandbox"), "SPOT_API_TOKEN": TOKEN}
    command = [sys.executable, "-m", "spot_sandbox", "--port", "0", "--token", TOKEN]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().rpartition("//")[2].strip()
        process.terminate()


def run_suite(chain, sandbox, *options) -> tuple[int, str, list[dict]]:
    """Judge a server of the grown document; return exit code, output, and what the other operations were sent."""
    root: Path = chain.layout.root
    shutil.rmtree(root / "contract_tests", ignore_errors=True)
    shutil.copytree(ROOT / "contract_tests", root / "contract_tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    server = SmallServer(parse((chain.layout.effective / "client.yaml").read_bytes(), "client.yaml"), TOKEN)

    def orders(method, target, headers, body):
        others = ("GET", "HEAD") if "get" in server.document["paths"][ORDERS] else ()
        if target.partition("?")[0] != ORDERS or method in others:
            return None
        connection = http.client.HTTPConnection(sandbox, timeout=30)
        connection.request(method, target, body, {k: v for k, v in headers.items() if k not in ("host", "connection")})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.headers.get("content-type", ""), content, answer.headers.get("allow")

    server.other = orders
    with server.serving() as address:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "contract_tests", "--base-url", address, "--profile", "quick", *options],
            cwd=root,
            env={**os.environ, "SPOT_API_TOKEN": TOKEN},
            capture_output=True,
            text=True,
            check=False,
        )
    return done.returncode, done.stdout + done.stderr, server.seen


def test_every_operation_that_was_added_is_fuzzed_and_a_right_server_is_found_right(chain, sandbox):
    chain.reach(WHOLE)
    # The small server speaks ordinary HTTP alone: what tries the bytes themselves is left to the suite's own tests.
    code, told, seen = run_suite(chain, sandbox, "-k", "document or success or echo or authentication or methods")
    assert code == 0, told
    document = parse((chain.layout.effective / "contract.yaml").read_bytes(), "contract.yaml")
    declared = {
        operation["operationId"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method != "parameters"
    }
    assert {entry["operation"] for entry in seen} >= declared - {"create_order"}


def test_an_added_operation_that_breaks_the_document_is_found(chain, sandbox, monkeypatch):
    chain.reach(WHOLE)
    monkeypatch.setattr(SmallServer, "_sample_object", lambda *_: {"name": 7, "results": 7})
    code, told, _ = run_suite(chain, sandbox, "-k", "schema_valid_bodies")
    assert code == 1, told
    assert "document.accepts is broken" in told
    assert json.dumps("what the document says").strip('"') in told
