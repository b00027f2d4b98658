"""The command line, and the process that listens. Nothing else may import from here."""
