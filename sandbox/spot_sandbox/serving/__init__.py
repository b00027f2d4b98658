"""The command line, and the process that listens."""
