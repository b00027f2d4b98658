"""A suite whose document was edited, a server that keeps the edited document, and the suite's verdict on it."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from growing import ROOT
from spot_tools.openapi.documents import parse

TOKEN = "tok-en-Of-Growth-1"
PATH = "/api/v2/orders/"
PUBLISHED = ROOT / "openapi" / "spot-api-v2.yaml"
PATHS = ("openapi/spot-api-v2.yaml", "openapi/effective/contract.yaml")


@cache
def committed(name: str) -> str:
    """A document of the checkout as JSON, which is parsed many times faster than YAML."""
    return json.dumps(parse((ROOT / name).read_bytes(), name))


class Edited:
    """The document, ready to be edited, and short ways to what tests edit."""

    def __init__(self, name, *edits):
        self.raw = json.loads(committed(name))
        # What an edit takes away, other operations of a grown document may refer to.
        self.paths = self.raw["paths"] = {PATH: {"post": self.raw["paths"][PATH]["post"]}}
        self.order = self.paths[PATH]["post"]
        self.schemas = self.raw["components"]["schemas"]
        for edit in edits:
            edit(self)

    def properties(self, schema):
        return self.schemas[schema]["properties"]


class Suite:
    """A copy of the suite beside documents of its own, which each test writes anew."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.report = root / "report"
        self.waivers = root / "conformance.toml"
        shutil.copytree(ROOT / "contract_tests", root / "contract_tests", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", root)

    def clear(self) -> None:
        """Remove the documents, the waivers and the report of the test before."""
        for folder in (self.root / "openapi", self.report):
            shutil.rmtree(folder, ignore_errors=True)
        self.waivers.unlink(missing_ok=True)

    def edit(self, *edits) -> None:
        """Write both documents, edited alike."""
        for name in PATHS:
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(Edited(name, *edits).raw), encoding="utf-8")

    def judge(self, address: str, *options):
        """Exit code, output and, where there was a verdict, the report on the server at the address."""
        command = [sys.executable, "-m", "pytest", "contract_tests", "-p", "no:cacheprovider", "--assert=plain"]
        where = ["--base-url", address, "--profile", "quick", "--report-dir", self.report]
        # The suite's modules are compiled once for all tests. Other plugins installed here would take longer to start.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"SPOT_API_TOKEN": TOKEN, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        done = subprocess.run(
            [*command, *where, *options],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        path = self.report / "report.json"
        report = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
        return done.returncode, done.stdout + done.stderr, report


@contextmanager
def varied_sandbox(document: Path, **variation):
    """The address of a sandbox on a document, which differs from other sandboxes as the variation says."""
    command = [sys.executable, Path(__file__).parents[1] / "varied_sandbox.py", document, TOKEN, json.dumps(variation)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
        process.terminate()
