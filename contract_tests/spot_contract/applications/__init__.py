"""Judges applications from within a program or a test of theirs, without a command."""
