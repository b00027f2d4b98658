"""Differences between an accepted order and what was sent: the place, and the way in which it changed.

The description of the way does not depend on the value, so that equal changes have equal descriptions.
"""

import html
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from spot_contract.document import expectations, json_values
from spot_contract.document.json_values import is_list, is_object
from spot_contract.document.openapi import VENDORED, Document

_EXACT = 2**53  # Beyond it not every JSON reader keeps an integer (RFC 8259, 6).


class Change(Enum):
    """The kinds of change that different rules look at."""

    OTHER = auto()
    UNSENT = auto()
    WHITE_SPACE = auto()
    BIG_INTEGER = auto()
    NULL_LEFT_OUT = auto()


@dataclass(frozen=True)
class Difference:
    """One place where the response differs from the order."""

    change: Change
    place: str
    way: str
    sent: str
    got: str

    @property
    def top(self) -> str:
        """The top-level property of the order that contains the place."""
        return self.place.partition(".")[0]


def differences(sent: dict[str, Any], order: dict[str, Any]) -> Iterator[Difference]:
    """Every difference in properties that the document declares in both request and response."""
    required = expectations.required_of_order()
    for name in expectations.ECHOED:
        schema = expectations.echoed(name)
        got = order.get(name)
        if schema is None:
            continue
        if name not in sent:
            if got is not None and got != {}:
                yield Difference(Change.UNSENT, name, "came back although it was not sent", "(nothing)", _shown(got))
        elif name not in order:
            if name not in required and sent[name] is not None:
                yield Difference(Change.OTHER, name, "left out", _shown(sent[name]), "(nothing)")
        elif not (name == "metadata" and sent[name] is None and got == {}):
            yield from _at(schema, name, sent[name], got)


def _at(schema: dict[str, Any], place: str, sent: Any, got: Any) -> Iterator[Difference]:
    """Compare one value with its echo. Undeclared properties are ignored; declared ones must be as sent."""
    document = Document.load(VENDORED)
    resolved = document.resolve(schema)
    if is_object(sent) and is_object(got) and "properties" in resolved:
        for name, inner in resolved["properties"].items():
            where = f"{place}.{name}"
            if name in sent and name in got:
                yield from _at(inner, where, sent[name], got[name])
            elif name in sent:
                lost = Change.NULL_LEFT_OUT if sent[name] is None else Change.OTHER
                yield Difference(lost, where, "left out", _shown(sent[name]), "(nothing)")
            elif got.get(name) is not None:
                yield Difference(
                    Change.UNSENT, where, "came back although it was not sent", "(nothing)", _shown(got[name])
                )
        return
    found = json_values.difference(sent, got, place)
    if found is None:
        return
    where, wanted, came = found
    shown = place if place in {"metadata", "kit_types"} else where
    change = Change.OTHER
    if isinstance(wanted, int) and abs(wanted) > _EXACT and isinstance(came, int | float | Decimal):
        change = Change.BIG_INTEGER
    elif place != "metadata" and isinstance(wanted, str) and isinstance(came, str) and _trimmed(wanted, came):
        change = Change.WHITE_SPACE
    yield Difference(change, shown, _way(wanted, came), f"{where} {_shown(wanted)}", _shown(came))


def _trimmed(sent: str, got: str) -> bool:
    """Whether only white space at the ends was lost. Realistic texts have none there."""
    return got in sent and got.strip() == sent.strip()


def _shown(value: Any) -> str:
    return value if value == "(nothing)" else json_values.display(value)


_KINDS = {str: "a text", bool: "a boolean", int: "a number", float: "a number", Decimal: "a number", list: "a list"}


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, str) and value == "":
        return "an empty text"
    if is_list(value):
        return "a list" if value else "an empty list"
    if is_object(value):
        return "an object" if value else "an empty object"
    return next((name for kind, name in _KINDS.items() if isinstance(value, kind)), "another value")


def _way(sent: Any, got: Any) -> str:
    """How a value changed, in words that do not depend on the value."""
    if isinstance(got, str) and got == "(nothing)":
        return f"{_kind(sent)} left out"
    if isinstance(sent, str) and sent == "(nothing)":
        return "a name that was not sent came back"
    if isinstance(sent, str) and isinstance(got, str):
        return _way_of_text(sent, got)
    if is_list(sent) and is_list(got):
        return _way_of_list(sent, got)
    if _kind(sent) == _kind(got):
        return f"{_kind(sent)} came back as another one"
    return f"{_kind(sent)} came back as {_kind(got)}"


def _way_of_text(sent: str, got: str) -> str:
    checks = (
        (got.strip() == sent.strip(), "white space at its ends changed"),
        (
            unicodedata.normalize("NFKC", got) == unicodedata.normalize("NFKC", sent),
            "came back in another Unicode form",
        ),
        (got.casefold() == sent.casefold(), "came back in another letter case"),
        (_number(sent) is not None and _number(sent) == _number(got), "came back as another spelling of a number"),
        (bool(got) and (sent.startswith(got) or sent.encode().startswith(got.encode("utf-8", "replace"))), "cut short"),
        (html.unescape(got) == sent, "came back with markup escaped"),
        (html.unescape(sent) == got, "came back with markup unescaped"),
        (" ".join(got.split()) == " ".join(sent.split()), "white space inside changed"),
        (got == "", "came back empty"),
        (len(got) == len(sent) and any(char in "?\ufffd" for char in got), "characters came back replaced"),
        (_is_part(got, sent), "characters lost"),
        (_is_part(sent, got), "characters added"),
    )
    return next((way for holds, way in checks if holds), "came back as another text")


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except ArithmeticError:
        return None


def _is_part(part: str, whole: str) -> bool:
    """Whether one text is the other with some characters left out."""
    rest = iter(whole)
    return all(char in rest for char in part)


def _way_of_list(sent: list[Any], got: list[Any]) -> str:
    def keys(items: list[Any]) -> list[str]:
        return [json_values.display(item, 10_000) for item in items]

    first, second = keys(sent), keys(got)
    if sorted(first) == sorted(second):
        return "items came back in another order"
    if list(dict.fromkeys(first)) == second or sorted(set(first)) == sorted(second):
        return "repeated items lost"
    if len(second) < len(first):
        return "items lost"
    return "items added" if len(second) > len(first) else "an item came back as another one"
