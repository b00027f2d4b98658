"""Texts and keys that are taken for something else because they look like it; of the chapter on echo."""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Any

from spot_sandbox.faults.answers.echo import CHAPTER
from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import on_order, on_problems, on_texts
from spot_sandbox.hooks.trees import Number, each_scalar, each_value, is_object, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from spot_sandbox.http.messages import Body, Request
    from spot_sandbox.orders.service import Service

VALUES = "a text is a text: what looks like a number, a date, JSON, a YAML word comes back unchanged"
SIGNS = "a text is a text: what looks like markup or a comment sign comes back unchanged"
KEYS = "a text is a text: what looks like something else comes back unchanged as metadata key"
REALISTIC = "a realistic order is answered with 201, always"


def _metadata_texts(service: Service, change: Callable[[str], Any]) -> None:
    """Change every text of metadata."""

    def rewrite(order: dict[str, Any]) -> None:
        order["metadata"] = each_scalar(order["metadata"], lambda each: change(each) if isinstance(each, str) else each)

    on_order(service, rewrite)


def _objects(service: Service, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change every object of metadata, the innermost first."""

    def below(tree: Any) -> Any:
        changed = each_value(tree, below)
        return change(changed) if is_object(changed) else changed

    on_order(service, lambda order: order.update(metadata=below(order["metadata"])))


@fault(CHAPTER, VALUES, "rare")
def yaml_words_become_booleans(service: Service) -> None:
    """The words of YAML 1.1 in metadata become true and false: no, off, yes, on."""
    words = {"yes": True, "on": True, "y": True, "no": False, "off": False, "n": False}
    _metadata_texts(service, lambda text: words.get(text.lower(), text))


@fault(CHAPTER, VALUES, "rare")
def ontario_becomes_true(service: Service) -> None:
    """The province ON comes back as true, as YAML 1.1 reads it."""

    def change(order: dict[str, Any]) -> None:
        address = order["recipient"]["address"]
        address["state"] = True if address["state"] == "ON" else address["state"]

    on_order(service, change)


@fault(CHAPTER, VALUES, "rare")
def words_for_nothing_become_null(service: Service) -> None:
    """The texts null, none, nil and undefined in metadata become null."""
    words = {"null", "none", "nil", "undefined", "~"}
    _metadata_texts(service, lambda text: None if text.lower() in words else text)


@fault("success", REALISTIC, "rare")
def surname_null_refused(service: Service) -> None:
    """Who is called Null is refused: the last name is missing."""

    def change(_request: Request, body: Body, found: dict[str, str]) -> dict[str, str] | None:
        if not found and body.tree["recipient"]["last_name"].lower() == "null":
            return {"recipient.last_name": "The recipient.last_name field is required."}
        return None

    on_problems(service, change)


@fault(CHAPTER, VALUES, "rare")
def dates_become_moments(service: Service) -> None:
    """A text of metadata that is a date gets a time of day and a zone."""
    _metadata_texts(service, lambda text: re.sub(r"^\d{4}-\d\d-\d\d$", r"\g<0>T00:00:00.000Z", text))


@fault(CHAPTER, VALUES, "rare")
def clock_times_become_numbers(service: Service) -> None:
    """A text of metadata like 9:45 becomes a number to the base of 60, as in YAML 1.1."""

    def change(text: str) -> Any:
        hours, _, minutes = text.partition(":")
        return Number(str(int(hours) * 60 + int(minutes))) if re.fullmatch(r"[1-9]\d?:[0-5]\d", text) else text

    _metadata_texts(service, change)


@fault(CHAPTER, VALUES, "rare")
def decimal_texts_become_numbers(service: Service) -> None:
    """A text of metadata like 2.50 becomes a number and loses its last zero."""

    def change(text: str) -> Any:
        return (
            Number(text.rstrip("0") + "0" * text.rstrip("0").endswith("."))
            if re.fullmatch(r"[1-9]\d{0,8}\.\d{1,8}", text)
            else text
        )

    _metadata_texts(service, change)


@fault(CHAPTER, VALUES, "rare")
def exponents_evaluated(service: Service) -> None:
    """A text of digits with an E within them becomes a number written out, as in spreadsheets."""

    def change(text: str) -> str:
        digits, _, power = text.upper().partition("E")
        return digits + "0" * int(power) if re.fullmatch(r"[1-9]\d{0,5}[eE][0-9]", text) else text

    on_texts(service, change)


@fault(CHAPTER, VALUES, "rare")
def json_within_texts_decoded(service: Service) -> None:
    """A text of metadata that holds a JSON object or list becomes one."""

    def change(text: str) -> Any:
        if text[:1] in {"{", "["}:
            with contextlib.suppress(json.JSONDecodeError, RecursionError):
                return parse(text)
        return text

    _metadata_texts(service, change)


@fault(CHAPTER, SIGNS, "rare")
def tags_stripped(service: Service) -> None:
    """What stands between < and > is cut from every text."""
    on_texts(service, lambda text: re.sub(r"<[^<>]*>", "", text))


@fault(CHAPTER, SIGNS, "rare")
def street2_cut_at_a_number_sign(service: Service) -> None:
    """What follows a # in street2 is cut, like a comment or a fragment: Apt #4 becomes Apt."""

    def change(order: dict[str, Any]) -> None:
        address = order["recipient"]["address"]
        if isinstance(address.get("street2"), str):
            address["street2"] = address["street2"].partition("#")[0]

    on_order(service, change)


@fault(CHAPTER, SIGNS, "rare")
def double_hyphens_cut(service: Service) -> None:
    """What follows two hyphens and a blank is cut, for fear of comments in SQL."""
    on_texts(service, lambda text: text.partition("-- ")[0])


@fault(CHAPTER, SIGNS, "rare")
def double_slashes_cut(service: Service) -> None:
    """What follows two slashes is cut, as where comments are cut from JSON before it is read."""
    on_texts(service, lambda text: text.partition("//")[0])


@fault(CHAPTER, SIGNS, "rare")
def block_comments_cut(service: Service) -> None:
    """What stands between /* and */ is cut from every text."""
    on_texts(service, lambda text: re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))


@fault(CHAPTER, SIGNS, "rare")
def formula_signs_quoted(service: Service) -> None:
    """A text that begins with =, + or @ gets an apostrophe before it, as for spreadsheets."""
    on_texts(service, lambda text: "'" + text if text[:1] in {"=", "+", "@"} else text)


@fault(CHAPTER, SIGNS, "rare")
def entities_decoded(service: Service) -> None:
    """The entities of HTML come back as the signs that they stand for."""
    table = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&nbsp;": "\u00a0"}
    on_texts(service, lambda text: re.sub("|".join(table), lambda found: table[found[0]], text))


@fault(CHAPTER, SIGNS, "rare")
def percent_signs_decoded(service: Service) -> None:
    """A percent sign with two digits behind it is decoded once more, in JSON, too."""
    on_texts(service, lambda text: re.sub(r"%([2-7][0-9A-Fa-f])", lambda found: chr(int(found[1], 16)), text))


@fault(CHAPTER, SIGNS, "rare")
def backslashes_lost(service: Service) -> None:
    """Backslashes are cut from every text, as where quotes were escaped once."""
    on_texts(service, lambda text: text.replace("\\", ""))


@fault(CHAPTER, KEYS, "rare")
def index_keys_become_lists(service: Service) -> None:
    """An object whose keys are 0, 1 and so on becomes a list, as in PHP."""

    def change(tree: dict[str, Any]) -> Any:
        return list(tree.values()) if tree and list(tree) == [str(number) for number in range(len(tree))] else tree

    _objects(service, change)


@fault(CHAPTER, KEYS, "rare")
def prototype_keys_dropped(service: Service) -> None:
    """The keys __proto__, constructor and prototype are dropped, as libraries of JavaScript drop them."""
    dropped = {"__proto__", "constructor", "prototype"}
    _objects(service, lambda tree: {name: each for name, each in tree.items() if name not in dropped})


@fault(CHAPTER, KEYS, "rare")
def dollar_keys_dropped(service: Service) -> None:
    """Keys that begin with a dollar sign are dropped, for fear of MongoDB's operators."""
    _objects(service, lambda tree: {name: each for name, each in tree.items() if not name.startswith("$")})


@fault(CHAPTER, KEYS, "rare")
def keys_with_brackets_nested(service: Service) -> None:
    """A key like a[b] becomes an object within an object, in JSON, too."""

    def change(tree: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, each in tree.items():
            found = re.fullmatch(r"([^\[\]]+)\[([^\[\]]+)\]", name)
            made |= {found[1]: {found[2]: each}} if found else {name: each}
        return made

    _objects(service, change)


@fault(CHAPTER, KEYS, "rare")
def keys_that_differ_in_case_merged(service: Service) -> None:
    """Of keys that differ in letter case alone the last one is left, as in a collation without case."""

    def change(tree: dict[str, Any]) -> dict[str, Any]:
        last = {name.casefold(): name for name in tree}
        return {name: each for name, each in tree.items() if last[name.casefold()] == name}

    _objects(service, change)
