"""Metadata that comes back changed; part of the chapter echo."""

import json
from collections.abc import Callable
from typing import Any

from spot_sandbox.faults.answers.echo import CHAPTER, WHOLE
from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import on_metadata, on_metadata_objects, on_metadata_values, on_order
from spot_sandbox.hooks.trees import Number, cut_below, each_value, is_list, is_object
from spot_sandbox.orders.service import Service

VALUES = "metadata comes back as sent: every number, boolean and null kept"
NESTING = "metadata comes back as sent: every nesting kept"
CHARACTERS = "metadata comes back as sent: every character kept"
BIG = "integers beyond 2^53 come back as sent"
EXACT = 2**53
MOST_DIGITS, VALUE_LENGTH = 2000, 100


def _drop_members(service: Service, unwanted: Callable[[Any], bool]) -> None:
    """Drop the members whose value is unwanted from metadata and the objects below it."""

    def pruned(tree: Any) -> Any:
        if is_object(tree):
            tree = {name: each for name, each in tree.items() if not unwanted(each)}
        return each_value(tree, pruned)

    on_metadata(service, pruned)


@fault(CHAPTER, WHOLE)
def metadata_lost(service: Service) -> None:
    """All metadata comes back as null."""
    on_order(service, lambda order: order.update(metadata=None))


@fault(CHAPTER, WHOLE, "rare")
def metadata_lost_with_many_kits(service: Service) -> None:
    """The metadata of an order with three or more kits comes back as null."""
    on_order(service, lambda order: order.update(metadata=None) if len(order["kit_types"]) >= 3 else None)  # noqa: PLR2004 - the docstring says three.


@fault(CHAPTER, BIG, "rare", advice=True, hook=on_metadata_values)
def big_integers_rounded(value: Any) -> Any:
    """Integers beyond 2^53 are rounded to a float."""
    digits = value.text if isinstance(value, Number) else ""
    if digits.lstrip("-").isdigit() and len(digits) < MOST_DIGITS and abs(int(digits)) > EXACT:
        rounded = float(digits) if len(digits) < 300 else 0.0  # noqa: PLR2004 - floats end at 10^308.
        return Number(str(int(rounded)))
    return value


def _cut_fractions(service: Service, places: int) -> None:
    """Keep only so many decimal places of the numbers in metadata; numbers with an exponent stay as they are."""

    def change(value: Any) -> Any:
        if isinstance(value, Number) and "." in value.text and "e" not in value.text.lower():
            whole, _, fraction = value.text.partition(".")
            return Number(f"{whole}.{fraction[:places]}" if places else whole)
        return value

    on_metadata_values(service, change)


@fault(CHAPTER, VALUES, "rare")
def floats_rounded_to_two_places(service: Service) -> None:
    """Fractions are cut to two decimal places."""
    _cut_fractions(service, 2)


@fault(CHAPTER, VALUES, "rare")
def floats_become_integers(service: Service) -> None:
    """Numbers lose their fraction."""
    _cut_fractions(service, 0)


@fault(CHAPTER, VALUES, "rare")
def negative_numbers_lose_the_sign(service: Service) -> None:
    """Negative numbers lose their sign."""
    on_metadata_values(service, lambda value: Number(value.text.lstrip("-")) if isinstance(value, Number) else value)


@fault(CHAPTER, VALUES, "rare")
def true_becomes_1(service: Service) -> None:
    """The values true and false come back as 1 and 0."""
    on_metadata_values(service, lambda value: Number(str(int(value))) if isinstance(value, bool) else value)


@fault(CHAPTER, VALUES, "rare")
def booleans_become_texts(service: Service) -> None:
    """The values true and false come back as the strings True and False."""
    on_metadata_values(service, lambda value: str(value) if isinstance(value, bool) else value)


@fault(CHAPTER, VALUES, "rare")
def numbers_become_texts(service: Service) -> None:
    """Numbers come back as strings."""
    on_metadata_values(service, lambda value: value.text if isinstance(value, Number) else value)


@fault(CHAPTER, VALUES, "rare", hook=on_metadata_values)
def digit_texts_become_numbers(value: Any) -> Any:
    """Strings of digits come back as numbers."""
    digits = isinstance(value, str) and value.isascii() and value.isdigit()
    return Number(value.lstrip("0") or "0") if digits else value


@fault(CHAPTER, VALUES, "rare")
def null_values_dropped(service: Service) -> None:
    """Members with the value null are lost."""
    _drop_members(service, lambda value: value is None)


@fault(CHAPTER, VALUES, "rare")
def null_values_become_empty(service: Service) -> None:
    """The value null comes back as an empty string."""
    on_metadata_values(service, lambda value: "" if value is None else value)


@fault(CHAPTER, VALUES, "rare")
def false_values_dropped(service: Service) -> None:
    """Members with the value false are lost."""
    _drop_members(service, lambda value: value is False)


@fault(CHAPTER, VALUES, "rare")
def zero_values_become_null(service: Service) -> None:
    """0 comes back as null."""
    on_metadata_values(service, lambda value: None if value == Number("0") else value)


@fault(CHAPTER, VALUES, "rare")
def empty_texts_dropped(service: Service) -> None:
    """Members with an empty string are lost."""
    _drop_members(service, lambda value: value == "")


@fault(CHAPTER, NESTING, "rare")
def empty_objects_dropped(service: Service) -> None:
    """Members with an empty object are lost."""
    _drop_members(service, lambda value: value == {})


@fault(CHAPTER, NESTING, "rare")
def empty_lists_dropped(service: Service) -> None:
    """Members with an empty list are lost."""
    _drop_members(service, lambda value: value == [])


@fault(CHAPTER, NESTING, "rare", hook=on_metadata)
def nested_objects_become_texts(metadata: dict[str, Any]) -> dict[str, Any]:
    """An object within metadata comes back as its Python representation."""
    return {name: str(each) if is_object(each) else each for name, each in metadata.items()}


@fault(CHAPTER, NESTING, "rare")
def nesting_cut_below_two_levels(service: Service) -> None:
    """Objects and lists three levels deep come back as null."""
    on_metadata(service, lambda metadata: cut_below(metadata, 2))


@fault(CHAPTER, NESTING, "rare", hook=on_metadata)
def nesting_flattened(metadata: dict[str, Any]) -> dict[str, Any]:
    """The members of an object within metadata come back with dotted names."""
    flat: dict[str, Any] = {}
    for name, each in metadata.items():
        if is_object(each) and each:
            flat |= {f"{name}.{below}": value for below, value in each.items()}
        else:
            flat[name] = each
    return flat


@fault(CHAPTER, NESTING, "rare", hook=on_metadata)
def lists_of_one_unwrapped(tree: Any) -> Any:
    """A list with one item comes back as that item, as from XML."""
    if is_list(tree) and len(tree) == 1:
        return lists_of_one_unwrapped(tree[0])
    return each_value(tree, lists_of_one_unwrapped)


@fault(CHAPTER, NESTING, "rare", hook=on_metadata)
def lists_sorted(tree: Any) -> Any:
    """Lists of strings come back sorted."""
    if is_list(tree) and all(isinstance(each, str) for each in tree):
        return sorted(tree)
    return each_value(tree, lists_sorted)


@fault(CHAPTER, CHARACTERS, "rare")
def keys_lower_cased(service: Service) -> None:
    """Keys come back in lower case."""
    on_metadata_objects(service, lambda tree: {name.lower(): each for name, each in tree.items()})


@fault(CHAPTER, CHARACTERS, "rare")
def keys_in_snake_case(service: Service) -> None:
    """Spaces and hyphens in keys come back as underscores."""
    table = str.maketrans(" -", "__")
    on_metadata_objects(service, lambda tree: {name.translate(table): each for name, each in tree.items()})


@fault(CHAPTER, CHARACTERS, "rare", hook=on_metadata)
def keys_with_dots_nested(metadata: dict[str, Any]) -> dict[str, Any]:
    """A key with a dot comes back as nested objects."""
    nested: dict[str, Any] = {}
    for name, each in metadata.items():
        head, dot, tail = name.partition(".")
        nested[head] = {tail: each} if dot else each
    return nested


@fault(CHAPTER, CHARACTERS, "rare")
def keys_beyond_ascii_dropped(service: Service) -> None:
    """Members with a key outside ASCII are lost."""
    on_metadata(service, lambda metadata: {name: each for name, each in metadata.items() if name.isascii()})


@fault(CHAPTER, CHARACTERS, "rare")
def values_cut_at_100(service: Service) -> None:
    """Strings are cut after 100 characters."""
    on_metadata_values(service, lambda value: value[:VALUE_LENGTH] if isinstance(value, str) else value)


@fault(CHAPTER, CHARACTERS, "rare")
def values_trimmed(service: Service) -> None:
    """White space at the ends of strings in metadata is trimmed."""
    on_metadata_values(service, lambda value: value.strip() if isinstance(value, str) else value)


@fault(CHAPTER, VALUES, "rare")
def sixth_member_dropped(service: Service) -> None:
    """At most five members of metadata come back."""
    on_metadata(service, lambda metadata: dict(list(metadata.items())[:5]))


@fault(CHAPTER, VALUES)
def metadata_as_text(service: Service) -> None:
    """Metadata comes back as a string that contains its JSON."""
    on_metadata(service, lambda metadata: json.dumps(metadata, default=lambda number: number.text))
