"""What a stock server truly does wrong (its deviations.yaml), held against what the suite found on it."""

from collections.abc import Iterable, Mapping, Sequence
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
    """One true deviation, and as patterns the findings that it explains. Without places, encodings or ways: all."""

    name: str
    sentence: str
    level: str
    rules: tuple[str, ...]
    places: tuple[str, ...] = ()
    encodings: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    sought: bool = True

    def explains(self, finding: Finding) -> bool:
        """Whether all of the finding is this deviation. What the contract calls advice explains nothing broken."""
        return (
            (self.level == MUST or finding.verdict == ADVICE)
            and _fits([finding.rule], self.rules)
            and _fits(finding.places, self.places)
            and _fits(map(_family, finding.encodings), self.encodings)
            and _fits(finding.ways, self.ways)
        )


def _family(encoding: str) -> str:
    """An encoding or media type as deviations name it: json, form, multipart, or another one's own name."""
    families = {
        "json": ("JSON", "application/json"),
        "form": ("urlencoded", "application/x-www-form"),
        "multipart": ("multipart",),
    }
    return next((name for name, begins in families.items() if encoding.startswith(begins)), encoding)


def _fits(found: Iterable[str], patterns: Sequence[str]) -> bool:
    """Whether each text fits one of the patterns. Brackets are themselves in them, as in `kit_types[]`."""
    escaped = [pattern.replace("[", "[[]") for pattern in patterns]
    return not patterns or all(any(fnmatchcase(text, pattern) for pattern in escaped) for text in found)


@dataclass(frozen=True)
class Told:
    """What stands in a server's deviations.yaml."""

    made_of: str
    offers: tuple[str, ...]
    deviations: tuple[Deviation, ...]

    def deployment(self, form_types: Sequence[str]) -> str:
        """The conformance.toml of a server that does not offer each of these media types; empty where it does."""
        missing = [one for one in form_types if one not in self.offers]
        return "".join(["[forms]\n", *(f'"{one}" = "none"\n' for one in missing)]) if missing else ""


@dataclass(frozen=True)
class Assessment:
    """A stock server's run held against its deviations."""

    server: str
    told: Told
    judged: Judgement

    @property
    def sought(self) -> list[Deviation]:
        """The deviations from what the contract demands that the suite has to find."""
        return [one for one in self.told.deviations if one.sought and one.level == MUST]

    @property
    def findings(self) -> list[Finding]:
        """What the suite called broken."""
        return [one for one in self.judged.findings if one.verdict == "broken"]

    @property
    def advice(self) -> list[Finding]:
        """What the suite gave as advice."""
        return [one for one in self.judged.findings if one.verdict == ADVICE]

    @property
    def missed(self) -> list[Deviation]:
        """Deviations that were to be found, and that no broken finding shows."""
        return [one for one in self.sought if not any(one.explains(finding) for finding in self.findings)]

    @property
    def smear(self) -> list[Finding]:
        """Broken findings that no deviation explains."""
        return [one for one in self.findings if not self._is_explained(one)]

    @property
    def unexplained_advice(self) -> list[Finding]:
        """Advice that no deviation explains: not counted as smear, but its author did not see it."""
        return [one for one in self.advice if not self._is_explained(one)]

    @property
    def most_findings(self) -> int:
        """A finding for each cause, and one to spare. Causes that need not be found count where they were."""
        seen = [one for one in self.told.deviations if one.level == MUST and any(map(one.explains, self.findings))]
        return len({one.name for one in [*self.sought, *seen]}) + 1

    @property
    def right(self) -> bool:
        """Whether the suite could judge, found all, smeared nothing, and told no cause many times."""
        judged = self.judged.exit_status in {0, 1}
        return judged and not self.missed and not self.smear and len(self.findings) <= self.most_findings

    def _is_explained(self, finding: Finding) -> bool:
        return any(one.explains(finding) for one in self.told.deviations)


def read(path: Path) -> Told:
    """A server's deviations.yaml. Raises ToolError for anything that would be ignored otherwise."""
    name = f"{path.parent.name}/{path.name}"
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(raw, dict) or not {"made_of", "offers", "deviations"} <= raw.keys():
        raise ToolError(f"{name} needs made_of, offers and deviations.")
    told = cast("dict[str, Any]", raw)
    return Told(str(told["made_of"]), tuple(told["offers"]), tuple(_deviation(name, one) for one in told["deviations"]))


def _deviation(name: str, raw: Mapping[str, Any]) -> Deviation:
    keys = set(raw)
    if not keys >= _REQUIRED or keys - _REQUIRED - _OPTIONAL:
        raise ToolError(
            f"{name}: each deviation has {', '.join(sorted(_REQUIRED))}, and may have {', '.join(sorted(_OPTIONAL))}."
        )
    if raw["level"] not in {MUST, ADVICE}:
        raise ToolError(f"{name}: {raw['id']} has the level {raw['level']!r}; expected {MUST} or {ADVICE}.")
    patterns = {key: tuple(raw.get(key, ())) for key in ("rules", "places", "encodings", "ways")}
    return Deviation(
        str(raw["id"]), " ".join(raw["sentence"].split()), raw["level"], **patterns, sought=raw.get("sought", True)
    )
