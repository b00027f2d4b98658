"""Correct servers in other frameworks, which differ wherever the contract leaves a choice, conform."""

import pytest
from correct_servers import KINDS, TOKEN, VARIANTS, Server
from small_run import judged
from spot_contract.configuration.deployment import Deployment
from spot_contract.rules.registry import all_rules

# For each kind of code, the variant that differs most from the sandbox; scripts/faults judges all variants.
LAST = {VARIANTS[kind][0]: kind for kind in KINDS}
# They implement only create-order, whatever other operations the document has.
RULES = frozenset(all_rules()) - {"document.operations"}


@pytest.mark.parametrize("kind", LAST.values())
def test_correct_server_conforms(kind, monkeypatch):
    # Some of them never send 100 Continue, for which the suite waits each time.
    monkeypatch.setattr("spot_contract.transport.connection._CONTINUE", 0.4)
    options = VARIANTS[kind]
    kits = tuple(options[place + 1] for place, word in enumerate(options) if word == "--kit-type")
    server = Server(*options)
    try:
        known = {"kit_types": kits} if kits else {}
        run = judged(
            f"http://127.0.0.1:{server.port}", token=TOKEN, deployment=Deployment(), connections=4, only=RULES, **known
        )
    finally:
        server.stop()
    assert (run.exit_status(), run.error, run.engine.cut) == (0, "", "")
    assert [(one.rule.id, one.places, one.ways) for one in run.broken()] == []
