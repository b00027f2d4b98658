"""Scenarios: each makes requests and states their intent. Nothing here judges."""
