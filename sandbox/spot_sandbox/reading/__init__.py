"""Parsers for each media type, which return the structure of the schema. They do not validate."""
