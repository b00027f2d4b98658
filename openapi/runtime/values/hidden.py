"""Attributes that tools leave out of what they print."""

from typing import Any

from attrs import Attribute


def out_of_reprs(_: type, fields: "list[Attribute[Any]]") -> "list[Attribute[Any]]":
    """Mark all fields of an attrs class as no part of a repr, for the tools that print fields on their own."""
    return [field.evolve(repr=False) for field in fields]
