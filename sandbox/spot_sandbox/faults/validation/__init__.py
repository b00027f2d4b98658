"""Faults of validation and of the answers to invalid orders."""
