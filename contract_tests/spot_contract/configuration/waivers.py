"""Waivers: rules that a deployment knowingly breaks, each with a reason and a last day.

A waiver may be restricted to places, encodings and ways of being wrong.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from spot_contract.document.json_values import is_list, is_object
from spot_contract.document.media_types import JSON, MULTIPART, URLENCODED
from spot_contract.document.openapi import VENDORED, Document
from spot_contract.document.positions import as_text, places
from spot_contract.errors import CannotJudge

_NARROWING = ("place", "encoding", "way")
_HEADERS = {"Allow", "Retry-After", "WWW-Authenticate"}
_DAYS = 90  # How long a drafted waiver lasts.
_SHORT = {JSON: "JSON", URLENCODED: "urlencoded", MULTIPART: "multipart"}  # How encodings are named in reports.


@dataclass(frozen=True)
class Waiver:
    """A rule that may be broken until and including a day, optionally only at these places, encodings and ways."""

    rule: str
    reason: str
    until: date
    place: tuple[str, ...] = ()
    encoding: tuple[str, ...] = ()
    way: tuple[str, ...] = ()

    @property
    def is_past(self) -> bool:
        """Whether its last day has passed."""
        return datetime.now(UTC).date() > self.until

    def forgives(self, rule: str, place: str, encoding: str, way: str) -> bool:
        """Whether it covers a rule broken at this place, in this encoding and way."""
        return (
            self.rule == rule
            and not self.is_past
            and (not self.place or any(place == one or place.startswith((f"{one}.", f"{one}[")) for one in self.place))
            and (not self.encoding or any(_is_within(encoding, one) for one in self.encoding))
            and (not self.way or way in self.way)
        )

    def __str__(self) -> str:
        narrowed = [f"{name} {', '.join(value)}" for name in _NARROWING if (value := getattr(self, name))]
        return f"{self.rule} ({'; '.join(narrowed)})" if narrowed else self.rule


def _is_within(encoding: str, named: str) -> bool:
    """Whether an encoding is the named one, or belongs to the named media type."""
    shown = _SHORT.get(named, named)
    return encoding in {shown, named} or encoding.startswith(f"{shown} (")


def waivers(name: str, raw: Mapping[str, Any], known: Collection[str]) -> tuple[Waiver, ...]:
    """Read the waivers of a conformance.toml. Raises CannotJudge for unknown or invalid entries."""
    entries = raw.get("waiver", [])
    if not is_list(entries):
        raise CannotJudge(f"{name}: waivers must be [[waiver]] tables, with two brackets on each side.")
    found = tuple(_waiver(name, entry, known) for entry in entries)
    for number, one in enumerate(found):
        if any(
            (one.rule, one.place, one.encoding, one.way) == (o.rule, o.place, o.encoding, o.way) for o in found[:number]
        ):
            raise CannotJudge(f"{name}: {one} is waived twice; keep one.")
    return found


def _waiver(name: str, entry: Any, known: Collection[str]) -> Waiver:
    required = {"rule", "reason", "until"}
    if not is_object(entry) or not required <= set(entry):
        raise CannotJudge(f"{name}: each waiver needs rule, reason and until.")
    if unknown := sorted(set(entry) - required - set(_NARROWING)):
        raise CannotJudge(
            f"{name}: unknown key {unknown[0]!r} in a waiver; expected rule, reason, until, place, encoding and way."
        )
    rule, reason = entry["rule"], entry["reason"]
    if not isinstance(rule, str) or rule not in known:
        raise CannotJudge(f"{name}: there is no rule {rule!r}; --rules lists them.")
    if not isinstance(reason, str) or not reason.strip():
        raise CannotJudge(
            f"{name}: the waiver of {rule} gives no reason; add a sentence that says why the server differs."
        )
    texts = {key: _texts(name, rule, key, entry.get(key, [])) for key in _NARROWING}
    for place in texts["place"]:
        _check_place(name, rule, place)
    for encoding in texts["encoding"]:
        if encoding.partition(" (")[0] not in {"", *_SHORT.values()} and "/" not in encoding:
            raise CannotJudge(f"{name}: unknown encoding {encoding!r} in the waiver of {rule}; expected one like JSON.")
    return Waiver(rule, reason.strip(), _last_day(name, rule, entry["until"]), **texts)


def _texts(name: str, rule: str, key: str, value: object) -> tuple[str, ...]:
    texts = [value] if isinstance(value, str) else value
    if not is_list(texts) or not all(isinstance(one, str) for one in texts):
        raise CannotJudge(f"{name}: {key} in the waiver of {rule} must be a text or a list of texts.")
    return tuple(texts)


def _check_place(name: str, rule: str, place: str) -> None:
    """Raise CannotJudge unless the place exists: in an order, its answer, an error, or a header that rules name."""
    document = Document.load(VENDORED)
    answered = document.resolve(document.accepted_schema).get("properties", {})
    known = {as_text(path) for path in places()} | set(answered) | _HEADERS | {""}
    of_metadata = place.startswith("metadata.") and "metadata" in known
    if place not in known and not of_metadata and not place.startswith("error") and " " not in place:
        raise CannotJudge(f"{name}: the document has no place {place!r}, which the waiver of {rule} names.")


def _last_day(name: str, rule: str, until: object) -> date:
    if isinstance(until, str):
        try:
            until = date.fromisoformat(until)
        except ValueError:
            until = None
    if not isinstance(until, date) or isinstance(until, datetime):
        raise CannotJudge(f"{name}: the waiver of {rule} needs a last day, such as until = 2027-01-31.")
    return until


def draft(entries: Sequence[tuple[str, Sequence[str], Sequence[str], Sequence[str], str]]) -> str:
    """A conformance.toml with these waivers: rule, places, encodings, ways and a comment each.

    The reasons are empty, which the next run refuses until an owner fills them in.
    """
    until = datetime.now(UTC).date() + timedelta(days=_DAYS)
    lines = ["# Drafted from a run. Add a reason to each waiver, and remove those that you fix."]
    for rule, where, encodings, ways, comment in entries:
        lines += ["", *(f"# {line}" for line in comment.splitlines()), "[[waiver]]", f"rule = {_toml(rule)}"]
        lines += [
            f"{key} = [{', '.join(map(_toml, values))}]"
            for key, values in (("place", where), ("encoding", encodings), ("way", ways))
            if values
        ]
        lines += ['reason = ""', f"until = {until.isoformat()}"]
    return "\n".join(lines) + "\n"


def _toml(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\U{ord(char):08X}" for char in escaped) + '"'
