"""Normalizing a document for the generator. No files, and no knowledge of how the package is written."""
