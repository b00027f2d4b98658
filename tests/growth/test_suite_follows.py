"""The suite on the growing document: what the provider adds is tried without a change of the suite."""

import sys

import yaml
from edited import copy_suite, judge, varied_sandbox
from growing import ROOT, WHOLE
from spot_tools.openapi.documents import parse

sys.path.insert(0, str(ROOT / "contract_tests"))

from spot_contract.rules.registry import all_rules

# What operations beside create-order can change: the rules on operations and methods, and a rule of other chapters.
CHAPTERS = ("success", "refusal", "authentication", "echo")
RULES = ["document.operations", "methods.refused", "methods.allow"]
RULES += [next(rule for rule in all_rules() if rule.startswith(f"{chapter}.")) for chapter in CHAPTERS]
ONLY = [word for rule in RULES for word in ("--rule", rule)]


def operations(document) -> set[str]:
    return {
        operation["operationId"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method != "parameters"
    }


def judged(chain, version, root, *options, **variation):
    """The verdict on a server of this version, and the operations that it was asked for."""
    chain.write(version, root)
    copy_suite(root)
    document = parse((root / "openapi" / "effective" / "client.yaml").read_bytes(), "client.yaml")
    # The sandbox reads OpenAPI 3.0 alone; what 3.1 says otherwise here, its validator understands.
    (root / "server.yaml").write_text(yaml.safe_dump({**document, "openapi": "3.0.3"}, sort_keys=False))
    with varied_sandbox(root, "server.yaml", **variation) as address:
        code, said, report = judge(root, address, *options)
    asked = root / "asked.txt"
    return code, said, report, set(asked.read_text().split()) if asked.exists() else set(), operations(document)


def test_right_server_of_the_grown_document_conforms_and_every_added_operation_is_tried(chain, tmp_path):
    code, said, report, asked, declared = judged(chain, WHOLE, tmp_path, *ONLY)
    assert code == 0, said
    assert asked == declared - {"create_order"}
    verdicts = {rule["id"]: rule["verdict"] for rule in report["rules"]}
    assert verdicts.keys() == set(RULES)
    assert verdicts["document.operations"] == verdicts["methods.refused"] == "kept"
    assert set(verdicts.values()) <= {"kept", "not judged"}


def test_an_added_operation_that_breaks_the_document_is_found(chain, tmp_path):
    code, said, *_ = judged(chain, WHOLE, tmp_path, "--rule", "document.operations", sample={"name": 7, "results": 7})
    assert code == 1, said
    assert "document.operations is broken" in said
    assert "what the document says" in said
