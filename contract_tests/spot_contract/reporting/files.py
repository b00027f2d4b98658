"""Writes the reports of a run to a folder, and drafts waivers."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from spot_contract.configuration.waivers import draft
from spot_contract.session.findings import Finding, products
from spot_contract.session.run import Run

from . import html_page, json_report, junit
from .display import clean, cut, displayed
from .masking import masking

_FOLDER = "conformance-report"  # The folder for long bodies, unless --report-dir names another.


def write(run: Run, status: int, folder: Path) -> None:
    """Write report.html, report.json, junit.xml and the bodies for curl lines, each atomically.

    Raises OSError.
    """
    findings = displayed(run, folder)
    _write(folder / "report.html", html_page.page(run, status, findings))
    write_report(json_report.document(run, status, findings), folder)
    _write(folder / "junit.xml", junit.text(run, status, findings))


def write_requested(run: Run, option: Any) -> Path:
    """Write what `report_dir` and `write_waivers` ask for. Returns the folder for long bodies. Raises OSError."""
    folder = Path(option.report_dir or _FOLDER)
    if option.report_dir:
        write(run, run.exit_status(), folder)
    if option.write_waivers:
        write_waivers(run, Path(option.write_waivers))
    return folder


def write_report(report: Mapping[str, Any], folder: Path) -> None:
    """Write report.json atomically. Raises OSError."""
    _write(folder / "report.json", json.dumps(report, ensure_ascii=False, indent=2) + "\n")


def write_waivers(run: Run, path: Path) -> None:
    """Draft a waiver, without a reason, for each finding that fails the run. Raises OSError."""
    found = run.broken()
    if not found:
        _write(path, "# Drafted from a run that broke no rule: there is nothing to waive.\n")
        return
    entries: dict[tuple[object, ...], _Entry] = {}
    for finding in found:
        for entry in _entries(run, finding):
            earlier = entries.get(entry[:4])
            # Findings that need the same waiver share it.
            entries[entry[:4]] = entry if earlier is None else (*entry[:4], f"{earlier[4]}\n{entry[4]}")
    _write(path, draft(list(entries.values())))


_Entry = tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...], str]


def _entries(run: Run, finding: Finding) -> Iterator[_Entry]:
    """Waivers for exactly the cells of a finding: combinations that were not seen stay broken."""
    mask = masking(run)
    got = cut(clean(finding.seen.problem.got, mask).replace("\n", " "), 300)
    for places, encodings, ways in products(finding.cells):
        comment = f"{finding.rule.sentence}\nGot {got}"
        yield finding.rule.id, tuple(map(mask, places)), encodings, tuple(map(mask, ways)), comment


def _write(path: Path, text: str) -> None:
    """Write a file atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        unfinished.write_text(text, encoding="utf-8", errors="backslashreplace")
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
