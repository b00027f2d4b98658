"""Judges servers and applications from Python code, such as a test. Nothing here reads a command line."""
