"""Deliberately wrong behaviours, by subject; none is active without --fault.

Every module below this folder is imported, so that a fault is registered by being written.
"""

from importlib import import_module
from pkgutil import walk_packages

from spot_sandbox.faults.catalogue import FAULTS, Fault

__all__ = ["FAULTS", "Fault"]

for _found in walk_packages(__path__, f"{__name__}."):
    import_module(_found.name)
