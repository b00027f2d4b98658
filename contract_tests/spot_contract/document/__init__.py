"""What the suite reads of the OpenAPI document: schemas, values that fit them, what rules rest on.

Nothing here sends.
"""
