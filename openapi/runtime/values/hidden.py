"""Keep attributes out of what tools print."""

from typing import Any

from attrs import Attribute


def out_of_reprs(_: type, fields: "list[Attribute[Any]]") -> "list[Attribute[Any]]":
    """Exclude all fields of an attrs class from reprs, also for tools that print fields themselves."""
    return [field.evolve(repr=False) for field in fields]
