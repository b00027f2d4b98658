"""Correct servers in other frameworks, which differ in every freedom the contract leaves, conform."""

import pytest
from correct_servers import KINDS, TOKEN, VARIANTS, Server
from small_run import judged
from spot_contract.configuration.deployment import Deployment
from spot_contract.rules.registry import all_rules

# Of each kind of code the variant that is least like the sandbox; scripts/faults judges all of them.
LAST = {VARIANTS[kind][0]: kind for kind in KINDS}
# They serve create-order alone, whatever the document has beside it by now.
RULES = frozenset(all_rules()) - {"document.operations"}


@pytest.mark.parametrize("kind", LAST.values())
def test_correct_server_conforms(kind, monkeypatch):
    # Some of them give no leave to send a body, and the suite waits for it each time.
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
