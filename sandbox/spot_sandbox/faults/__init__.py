"""Deliberately wrong behaviours of the service, by subject; none is imported without --fault.

A failure for testing applications is a scenario, not a fault.

All modules below this folder are imported, so that every fault is registered.
"""

from importlib import import_module
from pkgutil import walk_packages

from spot_sandbox.faults.catalogue import FAULTS, Fault

__all__ = ["FAULTS", "Fault"]

for _found in walk_packages(__path__, f"{__name__}."):
    import_module(_found.name)
