"""Faults of what an accepted order's answer says."""
