"""Measurements side by side; never part of the tests, and no figure is judged here."""
