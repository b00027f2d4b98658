"""Deliberately wrong behaviours, one module for each chapter of docs/contract.md; none is active without --fault."""

from spot_sandbox.faults import (
    acceptance,
    authentication,
    echo,
    identity,
    media_types,
    metadata,
    methods,
    oddities,
    realistic,
    refusal,
    robustness,
    steadiness,
    success,
)
from spot_sandbox.faults.catalogue import FAULTS, Fault

__all__ = [
    "FAULTS",
    "Fault",
    "acceptance",
    "authentication",
    "echo",
    "identity",
    "media_types",
    "metadata",
    "methods",
    "oddities",
    "realistic",
    "refusal",
    "robustness",
    "steadiness",
    "success",
]
