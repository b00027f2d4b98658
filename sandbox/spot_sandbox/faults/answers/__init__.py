"""Faults of the answers to accepted orders."""
