"""The known deviations of a stock server (deviations.yaml), compared with the findings of the suite."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

import yaml

from spot_tools.errors import ToolError

from .judgement import Finding, Judgement

MUST, ADVICE = "must", "advice"
_REQUIRED = {"id", "sentence", "level", "rules"}
_OPTIONAL = {"places", "encodings", "ways", "sought"}


@dataclass(frozen=True)
class Deviation:
    """A known deviation, with patterns of the findings that it causes; empty patterns match everything."""

    name: str
    sentence: str
    level: str
    rules: tuple[str, ...]
    places: tuple[str, ...] = ()
    encodings: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    sought: bool = True

    def shows_in(self, finding: Finding) -> bool:
        """Whether a part of the finding is this deviation. A deviation from advice is never broken."""
        return (
            (self.level == MUST or finding.verdict == ADVICE)
            and _fits(finding.rule, self.rules)
            and all(any(_fits(part, patterns) for part in parts) for parts, patterns in self._compared(finding))
        )

    def covers(self, finding: Finding) -> list[set[str]]:
        """The places, encodings and ways of the finding that the deviation explains."""
        return [{part for part in parts if _fits(part, patterns)} for parts, patterns in self._compared(finding)]

    def _compared(self, finding: Finding) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
        return zip(_parts(finding), (self.places, self.encodings, self.ways), strict=True)


def explained(finding: Finding, deviations: Iterable[Deviation]) -> bool:
    """Whether the deviations explain every place, encoding and way of the finding."""
    showing = [one.covers(finding) for one in deviations if one.shows_in(finding)]
    return bool(showing) and all(
        set(parts) == set().union(*(covered[number] for covered in showing))
        for number, parts in enumerate(_parts(finding))
    )


def _parts(finding: Finding) -> list[Sequence[str]]:
    return [finding.places or [""], [_family(one) for one in finding.encodings] or [""], finding.ways or [""]]


def _family(encoding: str) -> str:
    """An encoding or media type as deviations.yaml names it: json, form, multipart, or its own name."""
    families = {
        "json": ("JSON", "application/json"),
        "form": ("urlencoded", "application/x-www-form"),
        "multipart": ("multipart",),
    }
    return next((name for name, begins in families.items() if encoding.startswith(begins)), encoding)


def _fits(text: str, patterns: Sequence[str]) -> bool:
    """Whether a text matches a pattern, or there are none. Brackets in patterns are literal."""
    return not patterns or any(fnmatchcase(text, pattern.replace("[", "[[]")) for pattern in patterns)


@dataclass(frozen=True)
class Declaration:
    """The content of a deviations.yaml."""

    made_of: str
    offers: tuple[str, ...]
    deviations: tuple[Deviation, ...]

    def deployment(self, form_types: Sequence[str]) -> str:
        """The conformance.toml that excludes the media types that the server lacks; empty where it lacks none."""
        missing = [one for one in form_types if one not in self.offers]
        return "".join(["[forms]\n", *(f'"{one}" = "none"\n' for one in missing)]) if missing else ""


@dataclass(frozen=True)
class Assessment:
    """A run on a stock server, compared with its deviations."""

    server: str
    declared: Declaration
    judged: Judgement

    @property
    def sought(self) -> list[Deviation]:
        """The deviations from requirements that the suite must find."""
        return [one for one in self.declared.deviations if one.sought and one.level == MUST]

    @property
    def findings(self) -> list[Finding]:
        """The findings that break a rule."""
        return [one for one in self.judged.findings if one.verdict == "broken"]

    @property
    def advice(self) -> list[Finding]:
        """The findings that are advice."""
        return [one for one in self.judged.findings if one.verdict == ADVICE]

    @property
    def missed(self) -> list[Deviation]:
        """The deviations that the suite must find and did not."""
        return [one for one in self.sought if not any(map(one.shows_in, self.findings))]

    @property
    def unexplained(self) -> list[Finding]:
        """The findings that break a rule and that no deviation explains."""
        return [one for one in self.findings if not explained(one, self.declared.deviations)]

    @property
    def unexplained_advice(self) -> list[Finding]:
        """Advice that no deviation explains; reported, but not counted as wrong."""
        return [one for one in self.advice if not explained(one, self.declared.deviations)]

    @property
    def most_findings(self) -> int:
        """The most findings allowed: one per cause, and one more. Optional causes count only where they were found."""
        seen = [one for one in self.declared.deviations if one.level == MUST and any(map(one.shows_in, self.findings))]
        return len({one.name for one in [*self.sought, *seen]}) + 1

    @property
    def right(self) -> bool:
        """Whether the suite could judge, found everything, and reported neither unexplained nor too many findings."""
        judged = self.judged.exit_status in {0, 1}
        return judged and not self.missed and not self.unexplained and len(self.findings) <= self.most_findings


def read(path: Path) -> Declaration:
    """Read a deviations.yaml. Raises ToolError for missing and unknown keys."""
    name = f"{path.parent.name}/{path.name}"
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(raw, dict) or not {"made_of", "offers", "deviations"} <= raw.keys():
        raise ToolError(f"{name} needs made_of, offers and deviations.")
    found = cast("dict[str, Any]", raw)
    deviations = tuple(_deviation(name, one) for one in found["deviations"])
    return Declaration(str(found["made_of"]), tuple(found["offers"]), deviations)


def _deviation(name: str, raw: Mapping[str, Any]) -> Deviation:
    keys = set(raw)
    if not keys >= _REQUIRED or keys - _REQUIRED - _OPTIONAL:
        raise ToolError(
            f"{name}: each deviation needs {', '.join(sorted(_REQUIRED))}, and may have {', '.join(sorted(_OPTIONAL))}."
        )
    if raw["level"] not in {MUST, ADVICE}:
        raise ToolError(f"{name}: {raw['id']} has the level {raw['level']!r}; expected {MUST} or {ADVICE}.")
    patterns = {key: tuple(raw.get(key, ())) for key in ("rules", "places", "encodings", "ways")}
    return Deviation(
        str(raw["id"]), " ".join(raw["sentence"].split()), raw["level"], **patterns, sought=raw.get("sought", True)
    )
