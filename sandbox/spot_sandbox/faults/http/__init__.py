"""Faults of media types, encodings, methods, paths, headers and connections."""
