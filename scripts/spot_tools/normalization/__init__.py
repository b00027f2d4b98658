"""A document, normalized for the generator; knows no files, and nothing of how the package is written."""
