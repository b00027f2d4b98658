"""Metadata that comes back changed; of the chapter on echo."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import on_order
from spot_sandbox.hooks.trees import Number, each_scalar, each_value, is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Callable

    from spot_sandbox.orders.service import Service

CHAPTER = "echo"
VALUES = "metadata comes back as sent: every number, boolean and null kept"
NESTING = "metadata comes back as sent: every nesting kept"
WHOLE = "only a field that was absent or null may come back as absent, null or, for metadata, {}"
CHARACTERS = "metadata comes back as sent: every character kept"
BIG = "integers beyond 2^53 come back as sent"
EXACT = 2**53
KEY_LENGTH, VALUE_LENGTH = 20, 100


def _metadata(service: Service, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change metadata that is not null."""

    def rewrite(order: dict[str, Any]) -> None:
        if is_object(order.get("metadata")):
            order["metadata"] = change(order["metadata"])

    on_order(service, rewrite)


def _scalars(service: Service, change: Callable[[Any], Any]) -> None:
    """Change every value of metadata that is neither object nor list."""
    _metadata(service, lambda metadata: each_scalar(metadata, change))


def _is_integer(value: Any) -> bool:
    return isinstance(value, Number) and value.text.lstrip("-").isdigit()


def _prune(tree: Any, unwanted: Callable[[Any], bool]) -> Any:
    """The tree without the object members whose value is unwanted."""
    if is_object(tree):
        return {name: _prune(each, unwanted) for name, each in tree.items() if not unwanted(each)}
    return [_prune(each, unwanted) for each in tree] if is_list(tree) else tree


def _names(tree: Any, change: Callable[[str], str]) -> Any:
    """The tree with every member name changed."""
    if is_object(tree):
        return {change(name): _names(each, change) for name, each in tree.items()}
    return [_names(each, change) for each in tree] if is_list(tree) else tree


@fault(CHAPTER, WHOLE)
def metadata_lost(service: Service) -> None:
    """Metadata comes back as null, whatever was sent."""
    on_order(service, lambda order: order.update(metadata=None))


@fault(CHAPTER, WHOLE, "rare")
def metadata_lost_with_many_kits(service: Service) -> None:
    """Metadata of an order of three kits or more comes back as null."""
    on_order(service, lambda order: order.update(metadata=None) if len(order["kit_types"]) >= 3 else None)  # noqa: PLR2004 - the docstring says three.


@fault(CHAPTER, BIG, "rare", advice=True)
def big_integers_rounded(service: Service) -> None:
    """Integers beyond 2^53 pass through a float."""

    def change(value: Any) -> Any:
        if _is_integer(value) and len(value.text) < KEY_LENGTH * VALUE_LENGTH and abs(int(value.text)) > EXACT:
            rounded = float(value.text) if len(value.text) < 300 else 0.0  # noqa: PLR2004 - floats end at 10^308.
            return Number(str(int(rounded)))
        return value

    _scalars(service, change)


@fault(CHAPTER, VALUES, "rare")
def floats_rounded_to_two_places(service: Service) -> None:
    """Numbers with a fraction come back with two decimal places."""

    def change(value: Any) -> Any:
        if isinstance(value, Number) and "." in value.text and "e" not in value.text.lower():
            whole, _, fraction = value.text.partition(".")
            return Number(f"{whole}.{fraction[:2]}")
        return value

    _scalars(service, change)


@fault(CHAPTER, VALUES, "rare")
def floats_become_integers(service: Service) -> None:
    """Numbers with a fraction lose it."""

    def change(value: Any) -> Any:
        if isinstance(value, Number) and "." in value.text and "e" not in value.text.lower():
            return Number(value.text.partition(".")[0])
        return value

    _scalars(service, change)


@fault(CHAPTER, VALUES, "rare")
def negative_numbers_lose_the_sign(service: Service) -> None:
    """Negative numbers lose their sign."""
    _scalars(service, lambda value: Number(value.text.lstrip("-")) if isinstance(value, Number) else value)


@fault(CHAPTER, VALUES, "rare")
def true_becomes_1(service: Service) -> None:
    """The value true and false come back as 1 and 0."""
    _scalars(service, lambda value: Number(str(int(value))) if isinstance(value, bool) else value)


@fault(CHAPTER, VALUES, "rare")
def booleans_become_texts(service: Service) -> None:
    """The value true and false come back as the texts True and False."""
    _scalars(service, lambda value: str(value) if isinstance(value, bool) else value)


@fault(CHAPTER, VALUES, "rare")
def numbers_become_texts(service: Service) -> None:
    """Numbers come back as texts."""
    _scalars(service, lambda value: value.text if isinstance(value, Number) else value)


@fault(CHAPTER, VALUES, "rare")
def digit_texts_become_numbers(service: Service) -> None:
    """Texts of digits come back as numbers."""

    def change(value: Any) -> Any:
        digits = isinstance(value, str) and value.isascii() and value.isdigit()
        return Number(value.lstrip("0") or "0") if digits else value

    _scalars(service, change)


@fault(CHAPTER, VALUES, "rare")
def null_values_dropped(service: Service) -> None:
    """Members that are null are dropped."""
    _metadata(service, lambda metadata: _prune(metadata, lambda value: value is None))


@fault(CHAPTER, VALUES, "rare")
def null_values_become_empty(service: Service) -> None:
    """The value null comes back as an empty text."""
    _scalars(service, lambda value: "" if value is None else value)


@fault(CHAPTER, VALUES, "rare")
def false_values_dropped(service: Service) -> None:
    """Members that are false are dropped."""
    _metadata(service, lambda metadata: _prune(metadata, lambda value: value is False))


@fault(CHAPTER, VALUES, "rare")
def zero_values_become_null(service: Service) -> None:
    """0 comes back as null."""
    _scalars(service, lambda value: None if value == Number("0") else value)


@fault(CHAPTER, VALUES, "rare")
def empty_texts_dropped(service: Service) -> None:
    """Members that are an empty text are dropped."""
    _metadata(service, lambda metadata: _prune(metadata, lambda value: value == ""))


@fault(CHAPTER, NESTING, "rare")
def empty_objects_dropped(service: Service) -> None:
    """Members that are an empty object are dropped."""
    _metadata(service, lambda metadata: _prune(metadata, lambda value: value == {}))


@fault(CHAPTER, NESTING, "rare")
def empty_lists_dropped(service: Service) -> None:
    """Members that are an empty list are dropped."""
    _metadata(service, lambda metadata: _prune(metadata, lambda value: value == []))


@fault(CHAPTER, NESTING, "rare")
def nested_objects_become_texts(service: Service) -> None:
    """An object within metadata comes back as Python prints it."""

    def change(metadata: dict[str, Any]) -> dict[str, Any]:
        return {name: str(each) if is_object(each) else each for name, each in metadata.items()}

    _metadata(service, change)


@fault(CHAPTER, NESTING, "rare")
def nesting_cut_below_two_levels(service: Service) -> None:
    """Objects and lists three levels deep come back as null."""

    def cut(tree: Any, left: int) -> Any:
        if left or not (is_object(tree) or is_list(tree)):
            return each_value(tree, lambda each: cut(each, left - 1))
        return None

    _metadata(service, lambda metadata: cut(metadata, 2))


@fault(CHAPTER, NESTING, "rare")
def nesting_flattened(service: Service) -> None:
    """Members of an object within metadata come back with dotted names."""

    def change(metadata: dict[str, Any]) -> dict[str, Any]:
        flat: dict[str, Any] = {}
        for name, each in metadata.items():
            if is_object(each) and each:
                flat |= {f"{name}.{below}": value for below, value in each.items()}
            else:
                flat[name] = each
        return flat

    _metadata(service, change)


@fault(CHAPTER, NESTING, "rare")
def lists_of_one_unwrapped(service: Service) -> None:
    """A list of one item comes back as the item, as from XML."""

    def unwrap(tree: Any) -> Any:
        return unwrap(tree[0]) if is_list(tree) and len(tree) == 1 else each_value(tree, unwrap)

    _metadata(service, unwrap)


@fault(CHAPTER, NESTING, "rare")
def lists_sorted(service: Service) -> None:
    """Lists of texts come back sorted."""

    def sort(tree: Any) -> Any:
        if is_list(tree) and all(isinstance(each, str) for each in tree):
            return sorted(tree)
        return each_value(tree, sort)

    _metadata(service, sort)


@fault(CHAPTER, CHARACTERS, "rare")
def keys_lower_cased(service: Service) -> None:
    """Keys come back in lower case."""
    _metadata(service, lambda metadata: _names(metadata, str.lower))


@fault(CHAPTER, CHARACTERS, "rare")
def keys_in_snake_case(service: Service) -> None:
    """Blanks and hyphens of keys come back as underscores."""
    table = str.maketrans(" -", "__")
    _metadata(service, lambda metadata: _names(metadata, lambda name: name.translate(table)))


@fault(CHAPTER, CHARACTERS, "rare")
def keys_with_dots_nested(service: Service) -> None:
    """A key with a dot becomes an object within an object."""

    def change(metadata: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, each in metadata.items():
            head, dot, tail = name.partition(".")
            made[head] = {tail: each} if dot else each
        return made

    _metadata(service, change)


@fault(CHAPTER, CHARACTERS, "rare")
def keys_beyond_ascii_dropped(service: Service) -> None:
    """Members whose key is not in ASCII are dropped."""
    _metadata(service, lambda metadata: {name: each for name, each in metadata.items() if name.isascii()})


@fault(CHAPTER, CHARACTERS, "rare")
def values_cut_at_100(service: Service) -> None:
    """Texts are cut after 100 characters."""
    _scalars(service, lambda value: value[:VALUE_LENGTH] if isinstance(value, str) else value)


@fault(CHAPTER, CHARACTERS, "rare")
def values_trimmed(service: Service) -> None:
    """White space at the ends of texts in metadata is trimmed."""
    _scalars(service, lambda value: value.strip() if isinstance(value, str) else value)


@fault(CHAPTER, VALUES, "rare")
def sixth_member_dropped(service: Service) -> None:
    """Of more than five members five come back."""
    _metadata(service, lambda metadata: dict(list(metadata.items())[:5]))


@fault(CHAPTER, VALUES)
def metadata_as_text(service: Service) -> None:
    """Metadata comes back as a text that holds its JSON."""
    _metadata(service, lambda metadata: json.dumps(metadata, default=lambda number: number.text))
