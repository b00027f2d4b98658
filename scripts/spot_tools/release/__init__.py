"""Releases: changes of the Python API, the next version, the changelog, the figures in the README."""
