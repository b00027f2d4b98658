"""Releases: changes of the Python API, next version, changelog, figures of the README. Publishes nothing."""
