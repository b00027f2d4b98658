"""Servers, suites and other judges as processes of their own; no verdict is drawn from them here."""
