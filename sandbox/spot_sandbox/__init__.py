"""A stateful reference server of the Spot API's create-order operation.

Its request validation is compiled from the published OpenAPI document when it starts. What it promises is written
in docs/contract.md; section 4 there lists the choices that are its own.
"""
