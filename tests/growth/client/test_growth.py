"""The document grows page by page: each version is an addition, and the client of a grown document works."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from growing import NAMES, WHOLE
from sandboxes import TOKEN, varied_sandbox
from spot_tools.changes.findings import verdict
from spot_tools.changes.operations import compare
from spot_tools.commands import regenerate

PROGRAM = Path(__file__).with_name("grown_program.py")


def call_everything(package: Path, document, count: int, folder: Path) -> list[str]:
    """Run the program with the generated client, against a sandbox of the same document."""
    server, asked = folder / "server.json", folder / "asked.txt"
    server.write_text(json.dumps(document), encoding="utf-8")
    with varied_sandbox(server) as address:
        done = subprocess.run(
            [sys.executable, PROGRAM, address, TOKEN, str(count)],
            env={**os.environ, "PYTHONPATH": str(package.parent)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    declared = {operation["operationId"] for item in document["paths"].values() for operation in _methods(item)}
    assert {"create_order", *asked.read_text().split()} == declared
    return [json.loads(line) for line in done.stdout.splitlines()]


def _methods(item):
    return [value for key, value in item.items() if key != "parameters"]


@pytest.mark.parametrize("version", range(2, WHOLE + 1), ids=[*NAMES[1:], "whole document in OpenAPI 3.1"])
def test_each_version_adds_to_the_one_before(growth, version):
    before = growth.reach(version - 1)
    changes = compare(before, growth.reach(version)).changes()
    assert verdict(changes) == ("none" if version == WHOLE else "additive")


# Texts in docstrings, those of the first page before those of the last.
DOCUMENTED = (
    '"""All orders\n\n        The newest first.\n',
    "status: Only those. One of pending,",
    "kit_type: Deprecated.\n",
    "limit: int; the document does not describe it.",
    "            client.list_orders()\n",
    "                due=...,\n",
    "order_id: The order to void. Example: 1234567.",
    "client.void_order(\n                1234567,\n",
)


@pytest.mark.parametrize("version", [2, len(NAMES), WHOLE], ids=["one page more", "every page", "OpenAPI 3.1"])
def test_client_of_a_grown_document_works(growth, version, tmp_path):
    document = growth.reach(version)
    regenerate.run(growth.layout, check=False)
    assert len(call_everything(growth.layout.package, document.value, version, tmp_path)) == min(version, len(NAMES))
    assert "Type0" not in (growth.layout.package / "__init__.py").read_text()
    client = (growth.layout.package / "client.py").read_text()
    for text in DOCUMENTED[: 5 if version == 2 else None]:
        assert text in client
