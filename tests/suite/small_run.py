"""Small runs of the suite in this process, by default in JSON only."""

import tomllib

from spot_contract.configuration import deployment
from spot_contract.configuration.settings import Settings
from spot_contract.exchanges.secrets import Secret
from spot_contract.scenarios.plan import Profile
from spot_contract.session.run import Run
from suite_process import TOKEN

SMALL = Profile("quick", rounds=1, form_orders=1, examples=1, schemathesis=1, repeats=1)
JSON_ALONE = deployment.deployment("conformance.toml", tomllib.loads('forms = "none"'))


def judged(address, *, profile=SMALL, on_request=None, on_scenario=None, **chosen):
    """Execute a run and return it."""
    chosen = {"seed": 1, "deployment": JSON_ALONE} | chosen
    run = Run.start(Settings(Secret(TOKEN), address, profile, **chosen))
    try:
        run.prepare()
        run.engine.sender.on_request = on_request
        run.engine.on_scenario = on_scenario and (lambda name: on_scenario(name, run))
        run.execute()
    finally:
        run.stop()
    return run
