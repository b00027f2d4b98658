"""A checkout whose document was edited, a server that keeps the edited document, and the suite's verdict on it."""

import copy
import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import yaml
from growing import ROOT
from spot_tools.openapi.documents import parse

TOKEN = "tok-en-Of-Growth-1"
PATH = "/api/v2/orders/"
PUBLISHED = ROOT / "openapi" / "spot-api-v2.yaml"
PATHS = ("openapi/spot-api-v2.yaml", "openapi/effective/contract.yaml")


class Edited:
    """The document, ready to be edited, and short ways to what tests edit."""

    def __init__(self, name, *edits):
        self.raw = copy.deepcopy(parse((ROOT / name).read_bytes(), name))
        self.paths = self.raw["paths"]
        self.order = self.paths[PATH]["post"]
        self.schemas = self.raw["components"]["schemas"]
        for edit in edits:
            edit(self)

    def properties(self, schema):
        return self.schemas[schema]["properties"]


def checkout(root: Path, *edits) -> Path:
    """The suite and the documents, both edited alike, in a folder of their own."""
    copy_suite(root)
    for name in PATHS:
        document = Edited(name, *edits)
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(yaml.safe_dump(document.raw, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return root


def copy_suite(root: Path) -> None:
    """The suite beside documents of its own."""
    shutil.copytree(ROOT / "contract_tests", root / "contract_tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)


@contextmanager
def varied_sandbox(root: Path, document=PATHS[0], **variation):
    """The address of a sandbox on the edited document, or on another one."""
    command = [sys.executable, Path(__file__).with_name("varied_sandbox.py"), root / document, TOKEN]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "sandbox"), "PYTHONDONTWRITEBYTECODE": "1"}
    command.append(json.dumps(variation))
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
        process.terminate()


def judge(root: Path, address: str | None, *options):
    """Exit code, output and, where there was a verdict, the report of the suite on the server at the address."""
    where = ("--base-url", address, "--profile", "quick", "--report-dir", "report") if address else ()
    shutil.rmtree(root / "report", ignore_errors=True)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "contract_tests",
            "-p",
            "no:cacheprovider",
            "--assert=plain",
            *where,
            *options,
        ],
        cwd=root,
        env={**os.environ, "SPOT_API_TOKEN": TOKEN, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    report = root / "report" / "report.json"
    told = json.loads(report.read_text(encoding="utf-8")) if report.is_file() else None
    return done.returncode, done.stdout + done.stderr, told
