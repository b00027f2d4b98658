"""Hooks by which faults change the service. Only faults use them; nothing here is wrong by itself."""
