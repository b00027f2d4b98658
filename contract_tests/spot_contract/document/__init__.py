"""Reads the OpenAPI document: schemas, values that conform to them, preconditions of rules.

Nothing here sends requests.
"""
