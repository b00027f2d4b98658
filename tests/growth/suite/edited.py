"""A suite whose document was edited, and its verdict on a server."""

import json
import shutil
from functools import cache
from pathlib import Path

from sandboxes import TOKEN
from spot_tools.openapi.documents import parse
from suite_process import ROOT, report, suite

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
        where = ("--base-url", address, "--profile", "quick", "--report-dir", str(self.report))
        # The suite's modules are compiled once for all tests.
        compiled = {"PYTHONDONTWRITEBYTECODE": ""}
        code, output = suite(*where, *options, token=TOKEN, timeout=300, cwd=self.root, **compiled)
        return code, output, report(self.report) if self.report.is_dir() else None
