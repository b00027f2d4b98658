"""Conversion between JSON and the models of the document. Nothing here knows about HTTP."""
