"""The proposal for a release: the next version and a draft of the changelog entry."""

import io
import re
import subprocess
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from spot_tools.changes.findings import SEVERITIES, Change, Severity
from spot_tools.changes.operations import compare
from spot_tools.checkout.layout import Layout
from spot_tools.errors import ToolError
from spot_tools.openapi.documents import parse_openapi
from spot_tools.openapi.nodes import Document

from . import api_changes
from .api_changes import ApiChange

_PIN = re.compile(r"(?<=spot-sandbox==)\d+\.\d+\.\d+")
_VERSION = re.compile(r'^version = "(\d+)\.(\d+)\.(\d+)"$', re.MULTILINE)
_METHOD = re.compile(r"(?:the result of )?\w+Client\.(\w+)")
_OTHER_FORM = re.compile(r"(?:the result of )?(?:Async\w+Client|client\.\w+ClientWithResponse|api\.\w+)\.(\w+)")
_LABELS = {"breaking": "Breaking", "additive": "New", "docs": "Documentation"}


def before(layout: Layout, scratch: Path) -> Path:
    """A folder with package, effective document and pyproject.toml of the last commit.

    They are written into the scratch folder. Without a repository, the present checkout is returned.
    """
    if not (layout.root / ".git").exists():
        return layout.root
    names = [layout.name(path) for path in (layout.package, _effective(layout), layout.root / "pyproject.toml")]
    try:
        done = subprocess.run(["git", "archive", "HEAD", *names], cwd=layout.root, capture_output=True, check=False)
    except OSError:
        return layout.root
    if done.returncode:
        return layout.root
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(scratch, filter="data")
    return scratch


def _effective(layout: Layout) -> Path:
    return layout.effective / "client.yaml"


@dataclass(frozen=True)
class Release:
    """The changes since the last commit, and the version that follows from them."""

    document: Sequence[Change]
    python: Sequence[ApiChange]
    version: str
    """The next version."""

    @property
    def severity(self) -> Severity | None:
        """The highest severity of the changes of document and Python; None without changes."""
        found = {change.severity for change in self.document} | {change.severity for change in self.python}
        return next((severity for severity in SEVERITIES if severity in found), None)

    def entry(self) -> str:
        """A draft of the changelog entry."""
        lines = [f"## {self.version} (unreleased)", ""]
        for severity in SEVERITIES:
            lines += [f"- {_LABELS[severity]}: {c.message}" for c in self.document if c.severity == severity]
            python = [f"`{change.name}` {change.message}" for change in _drafted(self.python, severity)]
            lines += [f"- {_LABELS[severity]} in Python: {change}." for change in python]
        return "\n".join(lines) + "\n"

    def report(self) -> str:
        """The report for the terminal."""
        lines = ["", "Changes in Python since the last commit:"]
        lines += [f"  {change.severity}: {change.name} {change.message}" for change in self.python] or ["  none"]
        lines += ["", "Changes of the document (see scripts/changes for details):"]
        lines += [f"  {change.severity}: {change.message}" for change in self.document] or ["  none"]
        lines += ["", f"Next version: {self.version} ({self.severity}). Draft for CHANGELOG.md:", "", self.entry()]
        return "\n".join(lines)


def _drafted(changes: Sequence[ApiChange], severity: Severity) -> list[ApiChange]:
    """The changes of a severity, those of a method once: not again for its asynchronous and its other forms."""
    found = [change for change in changes if change.severity == severity]
    forms = [_OTHER_FORM.match(change.name) for change in found]
    methods = [None if form else _METHOD.match(change.name) for change, form in zip(found, forms, strict=True)]
    named = {method[1] for method in methods if method}
    return [change for change, form in zip(found, forms, strict=True) if form is None or form[1] not in named]


def propose(layout: Layout, old: Path, effective: bytes, package: Path) -> Release:
    """Compare the new effective document and package with those of the last commit, which `before` returned."""
    document: list[Change] = []
    former = old / layout.name(_effective(layout))
    if former.is_file():
        sides = [
            Document("client.yaml", parse_openapi(data, "client.yaml")) for data in (former.read_bytes(), effective)
        ]
        document = compare(sides[0], sides[1]).changes()
    python = api_changes.compare(old / layout.name(layout.package), package)
    found = Release(document, python, "")
    project = old / "pyproject.toml"
    version = _next(project.read_text(encoding="utf-8") if project.is_file() else "", found.severity)
    return Release(document, python, version)


def _next(pyproject: str, severity: Severity | None) -> str:
    match = _VERSION.search(pyproject)
    if match is None:
        return "0.1.0"
    major, minor, patch = (int(part) for part in match.groups())
    if severity is None:
        return f"{major}.{minor}.{patch}"
    if severity == "docs":
        return f"{major}.{minor}.{patch + 1}"
    # Before 1.0.0 breaking changes raise the second number.
    return f"{major + 1}.0.0" if severity == "breaking" and major else f"{major}.{minor + 1}.0"


def files(layout: Layout, release: Release) -> dict[Path, bytes]:
    """The changelog and the pyproject.toml of client, sandbox and suite, with the new version.

    Raises ToolError where a file has no place for it.
    """
    project, changelog = layout.root / "pyproject.toml", layout.root / "CHANGELOG.md"
    texts = [path.read_text(encoding="utf-8") if path.is_file() else "" for path in (project, changelog)]
    if not _VERSION.search(texts[0]):
        raise ToolError('pyproject.toml has no line version = "…" for the new version.')
    heading = re.search(r"^## ", texts[1], re.MULTILINE)
    if heading is None:
        raise ToolError("CHANGELOG.md has no entry (## …) to insert the new one before.")
    line = f'version = "{release.version}"'
    written = {project: _PIN.sub(release.version, _VERSION.sub(line, texts[0], count=1)).encode()}
    for folder in ("sandbox", "contract_tests"):
        other = layout.root / folder / "pyproject.toml"
        if other.is_file():
            written[other] = _VERSION.sub(line, other.read_text(encoding="utf-8"), count=1).encode()
    if not re.search(rf"^## {re.escape(release.version)}\b", texts[1], re.MULTILINE):
        at = heading.start()
        written[changelog] = f"{texts[1][:at]}{release.entry()}\n{texts[1][at:]}".encode()
    return written
