"""Faults of what is accepted and what is refused, and of how it is refused."""
