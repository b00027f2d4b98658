"""Makes the contract suite a plugin of the pytest run that collects this folder."""

from spot_contract.plugin import *  # noqa: F403  # All hooks of the plugin.
