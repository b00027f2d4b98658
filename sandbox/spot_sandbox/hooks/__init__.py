"""Hooks by which faults change the service."""
