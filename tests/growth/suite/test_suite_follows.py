"""The suite on the growing document: what the provider adds is tried without a change of the suite."""

import json
import shutil

from edited import Suite
from growing import WHOLE
from sandboxes import varied_sandbox

# What operations beside create-order can change. That their answers are no orders to other rules, test_rules.py proves.
RULES = ("document.operations", "methods.refused", "methods.allow")
ONLY = [word for rule in RULES for word in ("--rule", rule)]


def judged(growth, version, root, *options, **variation):
    """The verdict on a server of this version, and the operations beside create-order that it was asked for."""
    document = growth.reach(version).value
    suite = Suite(root)
    documents = shutil.ignore_patterns("runtime", "templates", "source")
    shutil.copytree(growth.layout.openapi, root / "openapi", ignore=documents)
    server, asked = root / "server.json", root / "asked.txt"
    server.write_text(json.dumps(document), encoding="utf-8")
    with varied_sandbox(server, **variation) as address:
        code, output, report = suite.judge(address, *options)
    return code, output, report, set(asked.read_text().split())


def test_right_server_of_the_grown_document_conforms_and_every_added_operation_is_tried(growth, tmp_path):
    code, output, report, asked = judged(growth, WHOLE, tmp_path, *ONLY)
    assert code == 0, output
    paths = growth.reach(WHOLE).value["paths"].values()
    operations = [item[method] for item in paths for method in item if method != "parameters"]
    assert asked == {operation["operationId"] for operation in operations} - {"create_order"}
    verdicts = {rule["id"]: rule["verdict"] for rule in report["rules"]}
    assert verdicts.keys() == set(RULES)
    assert verdicts["document.operations"] == verdicts["methods.refused"] == "kept"
    assert verdicts["methods.allow"] in {"kept", "not judged"}


def test_an_added_operation_that_breaks_the_document_is_found(growth, tmp_path):
    code, output, *_ = judged(growth, 2, tmp_path, "--rule", "document.operations", sample={"results": 7})
    assert code == 1, output
    assert "document.operations is broken" in output
    assert "what the document says" in output
