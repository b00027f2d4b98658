"""Strings and keys that are converted because they look like something else; part of the chapter echo."""

import contextlib
import json
import re
from collections.abc import Callable
from typing import Any

from spot_sandbox.faults.answers.echo import CHAPTER
from spot_sandbox.faults.answers.limits import REALISTIC
from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import on_metadata_objects, on_metadata_values, on_recipient_text, on_texts, refuse_field
from spot_sandbox.hooks.trees import Number, parse
from spot_sandbox.orders.service import Service

VALUES = "a text is a text: what looks like a number, a date, JSON, a YAML word comes back unchanged"
SIGNS = "a text is a text: what looks like markup or a comment sign comes back unchanged"
KEYS = "a text is a text: what looks like something else comes back unchanged as metadata key"


def _metadata_texts(service: Service, change: Callable[[str], Any]) -> None:
    """Change every string of metadata, possibly to a value of another type."""
    on_metadata_values(service, lambda value: change(value) if isinstance(value, str) else value)


@fault(CHAPTER, VALUES, "rare")
def yaml_words_become_booleans(service: Service) -> None:
    """Strings in metadata that are booleans in YAML 1.1, such as no, off, yes and on, become true or false."""
    words = {"yes": True, "on": True, "y": True, "no": False, "off": False, "n": False}
    _metadata_texts(service, lambda text: words.get(text.lower(), text))


@fault(CHAPTER, VALUES, "rare")
def ontario_becomes_true(service: Service) -> None:
    """The province ON comes back as true, its value in YAML 1.1."""
    on_recipient_text(service, "address.state", lambda text: True if text == "ON" else text)


@fault(CHAPTER, VALUES, "rare")
def words_for_nothing_become_null(service: Service) -> None:
    """The strings null, none, nil and undefined in metadata become null."""
    words = {"null", "none", "nil", "undefined", "~"}
    _metadata_texts(service, lambda text: None if text.lower() in words else text)


@fault("success", REALISTIC, "rare")
def surname_null_refused(service: Service) -> None:
    """The last name Null is refused as missing."""
    refuse_field(service, "recipient.last_name", lambda name: name.lower() == "null", "is required")


@fault(CHAPTER, VALUES, "rare")
def dates_become_moments(service: Service) -> None:
    """A date in metadata comes back with a time and an offset."""
    _metadata_texts(service, lambda text: re.sub(r"^\d{4}-\d\d-\d\d$", r"\g<0>T00:00:00.000Z", text))


@fault(CHAPTER, VALUES, "rare", hook=_metadata_texts)
def clock_times_become_numbers(text: str) -> Any:
    """A time of day in metadata, such as 9:45, becomes a number in base 60, as in YAML 1.1."""
    hours, _, minutes = text.partition(":")
    return Number(str(int(hours) * 60 + int(minutes))) if re.fullmatch(r"[1-9]\d?:[0-5]\d", text) else text


@fault(CHAPTER, VALUES, "rare", hook=_metadata_texts)
def decimal_texts_become_numbers(text: str) -> Any:
    """A decimal string in metadata, such as 2.50, becomes a number and loses its trailing zero."""
    if re.fullmatch(r"[1-9]\d{0,8}\.\d{1,8}", text) is None:
        return text
    short = text.rstrip("0")
    return Number(short + "0" if short.endswith(".") else short)


@fault(CHAPTER, VALUES, "rare", hook=on_texts)
def exponents_evaluated(text: str) -> str:
    """A string of digits with an E, such as 1E5, comes back written out, as in a spreadsheet."""
    digits, _, power = text.upper().partition("E")
    return digits + "0" * int(power) if re.fullmatch(r"[1-9]\d{0,5}[eE][0-9]", text) else text


@fault(CHAPTER, VALUES, "rare", hook=_metadata_texts)
def json_within_texts_decoded(text: str) -> Any:
    """A string in metadata that contains a JSON object or list comes back as that object or list."""
    if text[:1] in {"{", "["}:
        with contextlib.suppress(json.JSONDecodeError, RecursionError):
            return parse(text)
    return text


@fault(CHAPTER, SIGNS, "rare")
def tags_stripped(service: Service) -> None:
    """Text between < and > is removed from every string."""
    on_texts(service, lambda text: re.sub(r"<[^<>]*>", "", text))


@fault(CHAPTER, SIGNS, "rare")
def street2_cut_at_a_number_sign(service: Service) -> None:
    """street2 is cut at a #, as if a comment or fragment began there: Apt #4 becomes Apt."""
    on_recipient_text(service, "address.street2", lambda text: text.partition("#")[0])


@fault(CHAPTER, SIGNS, "rare")
def double_hyphens_cut(service: Service) -> None:
    """Strings are cut at two hyphens and a space, the start of an SQL comment."""
    on_texts(service, lambda text: text.partition("-- ")[0])


@fault(CHAPTER, SIGNS, "rare")
def double_slashes_cut(service: Service) -> None:
    """Strings are cut at two slashes, as if a comment began there."""
    on_texts(service, lambda text: text.partition("//")[0])


@fault(CHAPTER, SIGNS, "rare")
def block_comments_cut(service: Service) -> None:
    """Text between /* and */ is removed from every string."""
    on_texts(service, lambda text: re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))


@fault(CHAPTER, SIGNS, "rare")
def formula_signs_quoted(service: Service) -> None:
    """A string that starts with =, + or @ comes back with an apostrophe before it, as in a spreadsheet."""
    on_texts(service, lambda text: "'" + text if text[:1] in {"=", "+", "@"} else text)


@fault(CHAPTER, SIGNS, "rare")
def entities_decoded(service: Service) -> None:
    """HTML entities come back decoded."""
    table = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&nbsp;": "\u00a0"}
    on_texts(service, lambda text: re.sub("|".join(table), lambda found: table[found[0]], text))


@fault(CHAPTER, SIGNS, "rare")
def percent_signs_decoded(service: Service) -> None:
    """Percent-encoded characters are decoded once too often, in JSON, too."""
    on_texts(service, lambda text: re.sub(r"%([2-7][0-9A-Fa-f])", lambda found: chr(int(found[1], 16)), text))


@fault(CHAPTER, SIGNS, "rare")
def backslashes_lost(service: Service) -> None:
    """Backslashes are removed from every string."""
    on_texts(service, lambda text: text.replace("\\", ""))


@fault(CHAPTER, KEYS, "rare", hook=on_metadata_objects)
def index_keys_become_lists(tree: dict[str, Any]) -> Any:
    """An object with the keys 0, 1 and so on comes back as a list, as in PHP."""
    return list(tree.values()) if tree and list(tree) == [str(number) for number in range(len(tree))] else tree


@fault(CHAPTER, KEYS, "rare")
def prototype_keys_dropped(service: Service) -> None:
    """The keys __proto__, constructor and prototype are lost, as with some JavaScript libraries."""
    dropped = {"__proto__", "constructor", "prototype"}
    on_metadata_objects(service, lambda tree: {name: each for name, each in tree.items() if name not in dropped})


@fault(CHAPTER, KEYS, "rare")
def dollar_keys_dropped(service: Service) -> None:
    """Keys that start with a dollar sign are lost, as in a filter against MongoDB operators."""
    on_metadata_objects(service, lambda tree: {name: each for name, each in tree.items() if not name.startswith("$")})


@fault(CHAPTER, KEYS, "rare", hook=on_metadata_objects)
def keys_with_brackets_nested(tree: dict[str, Any]) -> dict[str, Any]:
    """A key such as a[b] comes back as nested objects, in JSON, too."""
    nested: dict[str, Any] = {}
    for name, each in tree.items():
        found = re.fullmatch(r"([^\[\]]+)\[([^\[\]]+)\]", name)
        nested |= {found[1]: {found[2]: each}} if found else {name: each}
    return nested


@fault(CHAPTER, KEYS, "rare", hook=on_metadata_objects)
def keys_that_differ_in_case_merged(tree: dict[str, Any]) -> dict[str, Any]:
    """If keys differ only in letter case, only the last one comes back, as in a case-insensitive collation."""
    last = {name.casefold(): name for name in tree}
    return {name: each for name, each in tree.items() if last[name.casefold()] == name}
