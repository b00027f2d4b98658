"""The suite on the growing document: what the provider adds is tried without a change of the suite."""

import json
import shutil
import sys

import pytest
from edited import Suite, varied_sandbox
from growing import ROOT, WHOLE

sys.path.insert(0, str(ROOT / "contract_tests"))

from spot_contract.rules.registry import all_rules

# What operations beside create-order can change: the rules on operations and methods, and a rule of other chapters.
CHAPTERS = ("success", "echo")
RULES = ["document.operations", "methods.refused", "methods.allow"]
RULES += [next(rule for rule in all_rules() if rule.startswith(f"{chapter}.")) for chapter in CHAPTERS]
ONLY = [word for rule in RULES for word in ("--rule", rule)]


@pytest.fixture(scope="module")
def suite(growth, tmp_path_factory) -> Suite:
    """The suite beside the documents of the last version."""
    growth.reach(WHOLE)
    suite = Suite(tmp_path_factory.mktemp("suite"))
    documents = shutil.ignore_patterns("runtime", "templates", "source")
    shutil.copytree(growth.layout.openapi, suite.root / "openapi", ignore=documents)
    return suite


def judged(suite, document, *options, **variation):
    """The verdict on a server of the document, and the operations that it was asked for."""
    path = suite.root / "server.yaml"
    # The sandbox reads OpenAPI 3.0 alone; what 3.1 expresses otherwise here, its validator understands.
    path.write_text(json.dumps({**document.value, "openapi": "3.0.3"}), encoding="utf-8")
    asked = suite.root / "asked.txt"
    asked.unlink(missing_ok=True)
    with varied_sandbox(path, **variation) as address:
        code, output, report = suite.judge(address, *options)
    return code, output, report, set(asked.read_text().split())


def test_right_server_of_the_grown_document_conforms_and_every_added_operation_is_tried(suite, growth):
    document = growth.reach(WHOLE)
    code, output, report, asked = judged(suite, document, *ONLY)
    assert code == 0, output
    methods = [item[method] for item in document.value["paths"].values() for method in item if method != "parameters"]
    assert asked == {operation["operationId"] for operation in methods} - {"create_order"}
    verdicts = {rule["id"]: rule["verdict"] for rule in report["rules"]}
    assert verdicts.keys() == set(RULES)
    assert verdicts["document.operations"] == verdicts["methods.refused"] == "kept"
    assert set(verdicts.values()) <= {"kept", "not judged"}


def test_an_added_operation_that_breaks_the_document_is_found(suite, growth):
    sample = {"name": 7, "results": 7}
    code, output, *_ = judged(suite, growth.reach(WHOLE), "--rule", "document.operations", sample=sample)
    assert code == 1, output
    assert "document.operations is broken" in output
    assert "what the document says" in output
