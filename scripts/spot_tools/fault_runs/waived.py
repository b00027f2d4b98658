"""Runs that prove that waivers hide nothing else: all deviations of a server are waived, then a fault is added.

Each server is the sandbox with faults that stock servers have. The suite drafts the waivers from a run, as an owner
would do.
"""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spot_tools.errors import ToolError
from spot_tools.processes.sandbox import running

from . import revision
from .judgement import Judgement, judgement
from .records import Key, Records
from .trial import trial

WAIVED = "waived server"


@dataclass(frozen=True)
class WaivedServer:
    """A server: the faults that are waived, and those that are added later, one at a time."""

    name: str
    waived: tuple[str, ...]
    later: tuple[str, ...]


# Where possible, an added fault breaks a rule that is already waived, at another place or in another way.
SERVERS = (
    WaivedServer(
        "coerces",
        ("numeric-zip-accepted", "boolean-state-accepted"),
        ("street2-number-accepted", "mixed-kit-types-accepted"),
    ),
    WaivedServer(
        "loses bodies in chunks, obeys Accept",
        ("chunked-forms-read-as-empty", "other-accept-gets-406", "lone-surrogate-fails"),
        ("large-chunks-cut", "browsers-refused-as-html"),
    ),
    WaivedServer(
        "answers as the error page says",
        ("refused-as-the-error-page-says",),
        ("mexico-accepted", "missing-scheme-fails"),
    ),
    WaivedServer(
        "lacks multipart", ("multipart-unsupported",), ("urlencoded-unsupported", "zips-of-forms-are-numbers")
    ),
    WaivedServer(
        "leaves JSON to a lax parser",
        ("large-floats-become-infinity", "invalid-utf8-fails", "deep-nesting-fails"),
        ("total-is-nan", "nul-fails"),
    ),
    WaivedServer(
        "breaks on broken multipart",
        ("broken-multipart-fails", "missing-boundary-fails"),
        ("scalar-bodies-fail", "invalid-utf8-in-forms-fails"),
    ),
    WaivedServer(
        "does not ship to one state", ("delaware-refused",), ("nunavut-refused", "names-beyond-ascii-refused")
    ),
    WaivedServer(
        "takes null and longer paths",
        ("null-first-name-accepted", "longer-paths-accepted"),
        ("kit-types-text-accepted", "path-case-ignored"),
    ),
    WaivedServer(
        "changes texts", ("emoji-lost", "postal-code-blank-lost"), ("zip-leading-zero-lost", "email-lower-cased")
    ),
    WaivedServer(
        "denies in its framework's form",
        ("denied-in-framework-form", "validation-before-authentication"),
        ("token-case-ignored", "token-prefix-accepted"),
    ),
)


@dataclass(frozen=True)
class WaivedRun:
    """The run on a waived server: the exit code with the drafted waivers, and whether each added fault is found."""

    server: WaivedServer
    findings: int
    exit_status: int
    later: Mapping[str, bool]

    @property
    def right(self) -> bool:
        """Whether the waivers cover the findings that they were drafted from, and nothing else."""
        return self.findings > 0 and self.exit_status == 0 and all(self.later.values())


def plan(names: Sequence[str]) -> list[WaivedServer]:
    """The waived servers, all or by name. Raises ToolError for an unknown name."""
    known = {one.name: one for one in SERVERS}
    if unknown := [name for name in names if name not in known]:
        raise ToolError(f"unknown waived server {unknown[0]!r}; expected {', '.join(known)}.")
    return [known[name] for name in names] or list(SERVERS)


def run(server: WaivedServer, seed: str, records: Records) -> WaivedRun:
    """Draft waivers for the server, judge it with them, then with each added fault; or read the recorded result."""
    key, now = Key(WAIVED, server.name, "quick", seed), revision.of_sandbox()
    known = records.get(key, now)
    if known is None:
        known = _measured(server, seed)
        records.put(key, now, known)
    return _waived_run(server, known)


def _measured(server: WaivedServer, seed: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        waivers = Path(name) / "conformance.toml"
        drafted = _run(server.waived, seed, ["--write-waivers", str(waivers)])
        if not drafted.is_caught:
            what = f"the sandbox with {', '.join(server.waived)} (exit {drafted.exit_status})"
            raise ToolError(f"the suite found nothing to waive on {what}.")
        text = waivers.read_text(encoding="utf-8")
        waivers.write_text(text.replace('reason = ""', 'reason = "Known, to be fixed."'), encoding="utf-8")
        chosen = ["--waivers", str(waivers)]
        status = _run(server.waived, seed, chosen).exit_status
        # The added fault comes first: faults of authentication work below those that change the form of a refusal.
        later = {fault: _run((fault, *server.waived), seed, chosen).as_json() for fault in server.later}
    return {"findings": len(drafted.findings), "exit_status": status, "later": later}


def _run(faults: Iterable[str], seed: str, options: list[str]) -> Judgement:
    with running(*faults) as (url, token):
        return trial(url, token, ["--profile", "quick", "--seed", seed, *options])


def waived_runs(records: Records) -> list[WaivedRun]:
    """The recorded runs on waived servers."""
    known = {one.name: one for one in SERVERS}
    return [_waived_run(known[key.name], raw) for key, raw in records.of(WAIVED) if key.name in known]


def _waived_run(server: WaivedServer, raw: dict[str, Any]) -> WaivedRun:
    later = {fault: judgement(one).is_caught for fault, one in raw["later"].items()}
    return WaivedRun(server, raw["findings"], raw["exit_status"], later)
