"""The baseline: findings of an earlier run, read from its report.json, which do not fail the run."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from spot_contract.document.json_values import is_list, is_object
from spot_contract.document.openapi import VENDORED, Document
from spot_contract.errors import CannotJudge

REPORT_VERSION = 4
"""The version of report.json, which changes with docs/report.schema.json."""
_MOST = 100_000_000  # Bytes of a report.

Known = tuple[str, str, str, str]
"""A rule, and the place, encoding and way in which it was broken."""


@dataclass(frozen=True)
class Baseline:
    """Everything that an earlier run found broken, without waived findings."""

    name: str
    known: frozenset[Known]

    def gone(self, seen: set[Known], rules: set[str]) -> list[Known]:
        """The entries for these rules that were not seen again, sorted."""
        return sorted(one for one in self.known - seen if one[0] in rules)


def read(path: Path) -> Baseline:
    """Read a baseline. Raises CannotJudge unless it is a report by this version of the suite and the document."""
    report = read_report(path)
    if report["document"] != Document.load(VENDORED).fingerprint:
        raise CannotJudge(
            f"--baseline {path.name} was made with another version of the document; make a new one by a run without "
            "--baseline."
        )
    if report["shard"] is not None:
        raise CannotJudge(f"--baseline {path.name} is the report of one shard; give the merged report.")
    findings: list[dict[str, Any]] = report["findings"]
    return Baseline(path.name, frozenset(one for finding in findings for one in _cells(finding)))


def read_report(path: Path) -> dict[str, Any]:
    """Read a report.json of this version. Raises CannotJudge for anything else."""
    try:
        if path.stat().st_size > _MOST:
            raise CannotJudge(f"{path.name} is too large to be a report.json of this suite.")
        report = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CannotJudge(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise CannotJudge(f"{path.name} is not JSON; give a report.json of this suite.") from error
    if not is_object(report) or "version" not in report or "findings" not in report:
        raise CannotJudge(f"{path.name} is not a report of this suite; give a report.json that it wrote.")
    if report["version"] != REPORT_VERSION:
        raise CannotJudge(
            f"{path.name} is a report of version {report['version']!r}, but this suite reads version {REPORT_VERSION}; "
            "make a new one with this suite."
        )
    if not _is_whole(report):
        raise CannotJudge(f"{path.name} is an incomplete or malformed report; make a new one.")
    return report


def _is_whole(report: dict[str, Any]) -> bool:
    """Whether the parts that are read here and by `merge` are valid. The full schema is docs/report.schema.json."""
    kinds: dict[str, type | tuple[type, ...]] = {
        **dict.fromkeys(("document", "suite", "profile", "verdict", "server", "cut", "error"), str),
        **dict.fromkeys(("seed", "requests", "orders", "exit_status"), int),
        **dict.fromkeys(("rules", "findings", "dialects", "waivers", "waiver_problems", "reasons"), list),
        **dict.fromkeys(("not_judged", "skipped"), dict),
        "seconds": (int, float),
        "shard": (dict, type(None)),
    }
    if not all(name in report and isinstance(report[name], kind) for name, kind in kinds.items()):
        return False
    rules = all(is_object(one) and isinstance(one.get("id"), str) for one in report["rules"])
    return rules and all(is_object(one) and _has_cells(one) for one in report["findings"])


def _has_cells(finding: dict[str, Any]) -> bool:
    cells = finding.get("cells")
    texts = ("places", "encodings", "ways")
    return (
        isinstance(finding.get("rule"), str)
        and isinstance(finding.get("verdict"), str)
        and is_list(cells)
        and all(is_object(one) and all(is_list(one.get(name)) for name in texts) for one in cells)
    )


def _cells(finding: dict[str, Any]) -> Iterator[Known]:
    if finding["verdict"] != "waived":
        for one in finding["cells"]:
            for place, encoding, way in product(one["places"], one["encodings"], one["ways"]):
                yield finding["rule"], str(place), str(encoding), str(way)
