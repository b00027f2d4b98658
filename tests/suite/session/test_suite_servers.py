"""Correct servers in other frameworks, which differ wherever the contract leaves a choice, conform."""

import subprocess
import sys
from contextlib import contextmanager

import pytest
from small_run import judged
from spot_contract.configuration.deployment import Deployment
from spot_contract.rules.registry import all_rules
from suite_process import ROOT, TOKEN

FOLDER = ROOT / "tests" / "servers"
sys.path.insert(0, str(FOLDER))

from written_for import TABLE, as_written  # noqa: E402 - found only now

VARIANTS = TABLE["variants"]
# For each kind of code, the variant that differs most from the sandbox; scripts/faults judges all variants.
LAST = {VARIANTS[variant][0]: variant for variant in TABLE["in_every_run"]}
# They implement only create-order, whatever other operations the document has.
RULES = frozenset(all_rules()) - {"document.operations"}


@contextmanager
def serving(folder, *options):
    command = [sys.executable, str(FOLDER / folder / "serve.py"), "--port", "0", "--token", TOKEN, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().rpartition(':')[2].strip()}"
        finally:
            process.terminate()


@as_written
@pytest.mark.parametrize("variant", LAST.values())
def test_correct_server_conforms(variant, monkeypatch):
    # Some of them never send 100 Continue, for which the suite waits each time.
    monkeypatch.setattr("spot_contract.transport.connection._CONTINUE", 0.4)
    options = VARIANTS[variant]
    kits = tuple(options[place + 1] for place, word in enumerate(options) if word == "--kit-type")
    with serving(*options) as url:
        known = {"kit_types": kits} if kits else {}
        run = judged(url, deployment=Deployment(), connections=4, only=RULES, **known)
    assert (run.exit_status(), run.error, run.engine.cut) == (0, "", "")
    assert [(one.rule.id, one.places, one.ways) for one in run.broken()] == []
