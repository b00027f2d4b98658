"""Writes the reports of a run into a folder."""

from pathlib import Path

from . import report_html, report_json, report_junit
from .run import Run


def write(run: Run, status: int, folder: Path) -> None:
    """Write report.html, report.json and junit.xml, each whole or not at all. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("report.html", report_html.page(run, status)),
        ("report.json", report_json.text(run, status)),
        ("junit.xml", report_junit.text(run)),
    ):
        draft = folder / f".{name}.draft"
        draft.write_text(text, encoding="utf-8", errors="backslashreplace")
        draft.replace(folder / name)
