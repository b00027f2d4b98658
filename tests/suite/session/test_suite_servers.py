"""Correct servers in other frameworks, which differ wherever the contract leaves a choice, conform."""

import sys

import pytest
from small_run import judged
from spot_contract.configuration.deployment import Deployment
from spot_contract.rules.registry import all_rules
from spot_tools.processes.serving import serving
from suite_process import ROOT, TOKEN
from written_for import TABLE, as_written

FOLDER = ROOT / "tests" / "servers"
VARIANTS = TABLE["variants"]
# For each kind of code, the variant that differs most from the sandbox; scripts/faults judges all variants.
LAST = {VARIANTS[variant][0]: variant for variant in TABLE["in_every_run"]}
# They implement only create-order, whatever other operations the document has.
RULES = frozenset(all_rules()) - {"document.operations"}


@as_written
@pytest.mark.parametrize("variant", LAST.values())
def test_correct_server_conforms(variant, monkeypatch):
    # Some of them never send 100 Continue, for which the suite waits each time.
    monkeypatch.setattr("spot_contract.transport.connection._CONTINUE", 0.4)
    folder, *options = VARIANTS[variant]
    command = [sys.executable, FOLDER / folder / "serve.py", "--port", "0", *options]
    kits = tuple(options[place + 1] for place, word in enumerate(options) if word == "--kit-type")
    with serving(command, TOKEN, {}, variant) as url:
        known = {"kit_types": kits} if kits else {}
        run = judged(url, deployment=Deployment(), connections=4, only=RULES, **known)
    assert (run.exit_status(), run.error, run.engine.cut) == (0, "", "")
    assert [(one.rule.id, one.places, one.ways) for one in run.broken()] == []
