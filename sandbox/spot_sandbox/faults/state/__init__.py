"""Faults of identity, memory, robustness and steadiness, most of which need several requests."""
