"""The baseline: findings of an earlier run, read from its report.json, which do not fail the run."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator

from spot_contract.document.json_values import is_object
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
    if not _schema().is_valid(cast("Any", report)):
        raise CannotJudge(f"{path.name} is an incomplete or malformed report; make a new one.")
    return report


@cache
def _schema() -> Validator:
    """The schema of a report: beside the documents in the distribution, in docs in a checkout."""
    carried = VENDORED.with_name("report.schema.json")
    path = carried if carried.is_file() else VENDORED.parents[1] / "docs" / carried.name
    return Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))


def _cells(finding: dict[str, Any]) -> Iterator[Known]:
    if finding["verdict"] != "waived":
        for one in finding["cells"]:
            for place, encoding, way in product(one["places"], one["encodings"], one["ways"]):
                yield finding["rule"], str(place), str(encoding), str(way)
