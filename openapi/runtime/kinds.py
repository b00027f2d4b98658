"""Which kind of JSON value something is, in words that type checkers understand."""

from collections.abc import Mapping
from typing import Any, TypeGuard


def is_object(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Whether the value can be a JSON object; its keys may still be no texts."""
    return type(value) is dict or isinstance(value, Mapping)  # The common case first: asking Mapping takes longer.


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether the value can be a JSON list; tuples count, since they say the same."""
    return isinstance(value, (list, tuple))  # A union would be made anew each time.
