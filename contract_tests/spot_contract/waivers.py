"""conformance.toml: rules that a deployment knowingly breaks, each with a reason and a last day."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from .errors import CannotJudge
from .jsontext import is_list, is_object

NAME = "conformance.toml"


@dataclass(frozen=True)
class Waiver:
    """A rule that may be broken until a day, that day included."""

    rule: str
    reason: str
    until: date

    @property
    def past(self) -> bool:
        """Whether its last day is over."""
        return datetime.now(UTC).date() > self.until


def load(path: Path, known: Collection[str]) -> tuple[Waiver, ...]:
    """The waivers of a file. Raises CannotJudge for anything in it that would be ignored otherwise."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise CannotJudge(f"{path.name} cannot be read: {error}.") from error
    if unknown := sorted(raw.keys() - {"waiver"}):
        raise CannotJudge(f"{path.name}: unknown entry {unknown[0]!r}; it holds [[waiver]] tables alone.")
    entries = raw.get("waiver", [])
    if not is_list(entries):
        raise CannotJudge(f"{path.name}: waivers are [[waiver]] tables, with two brackets on each side.")
    waivers = tuple(_waiver(path.name, entry, known) for entry in entries)
    rules = [waiver.rule for waiver in waivers]
    if repeated := sorted({rule for rule in rules if rules.count(rule) > 1}):
        raise CannotJudge(f"{path.name}: {repeated[0]} is waived twice; keep one.")
    return waivers


def _waiver(name: str, entry: Any, known: Collection[str]) -> Waiver:
    if not is_object(entry) or set(entry) != {"rule", "reason", "until"}:
        raise CannotJudge(f"{name}: each waiver has exactly rule, reason and until.")
    rule, reason, until = entry["rule"], entry["reason"], entry["until"]
    if rule not in known:
        raise CannotJudge(f"{name}: there is no rule {rule!r}; --rules lists them.")
    if not isinstance(reason, str) or not reason.strip():
        raise CannotJudge(f"{name}: the waiver of {rule} gives no reason.")
    if isinstance(until, str):
        try:
            until = date.fromisoformat(until)
        except ValueError:
            until = None
    if not isinstance(until, date) or isinstance(until, datetime):
        raise CannotJudge(f"{name}: the waiver of {rule} needs a last day, such as until = 2027-01-31.")
    return Waiver(str(rule), reason.strip(), until)
