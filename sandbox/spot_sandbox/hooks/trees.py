"""JSON trees that can be changed in one place without losing a character elsewhere."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeGuard


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its original text."""

    text: str


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether the value is a JSON object."""
    return isinstance(value, dict)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether the value is a JSON list."""
    return isinstance(value, list)


def parse(text: str | bytes) -> Any:
    """Parse JSON, keeping the text of numbers."""
    return json.loads(text, parse_int=Number, parse_float=Number)


def write(tree: Any) -> str:
    """Serialise a tree, with the original text of numbers."""
    if isinstance(tree, Number):
        return tree.text
    if is_object(tree):
        return "{" + ",".join(f"{json.dumps(name)}:{write(each)}" for name, each in tree.items()) + "}"
    if is_list(tree):
        return "[" + ",".join(map(write, tree)) + "]"
    return json.dumps(tree)


def value_at(tree: Any, path: str) -> Any:
    """The value at a dotted path; None if it is absent, and the tree itself for an empty path."""
    for name in path.split(".") if path else ():
        tree = tree.get(name) if is_object(tree) else None
    return tree


def each_value(value: Any, change: Callable[[Any], Any]) -> Any:
    """The object or list with each direct member or item changed."""
    if is_object(value):
        return {name: change(each) for name, each in value.items()}
    return [change(each) for each in value] if is_list(value) else value


def cut_below(tree: Any, levels: int) -> Any:
    """The tree with objects and lists below so many levels replaced by null."""
    if levels or not (is_object(tree) or is_list(tree)):
        return each_value(tree, lambda each: cut_below(each, levels - 1))
    return None


def each_text(tree: Any, change: Callable[[str], str]) -> Any:
    """The tree with every string changed."""
    return each_scalar(tree, lambda value: change(value) if isinstance(value, str) else value)


def each_scalar(tree: Any, change: Callable[[Any], Any]) -> Any:
    """The tree with every value that is neither object nor list changed."""
    if is_object(tree) or is_list(tree):
        return each_value(tree, lambda each: each_scalar(each, change))
    return change(tree)
