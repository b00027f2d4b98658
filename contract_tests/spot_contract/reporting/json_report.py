"""The report as JSON. The schema is docs/report.schema.json; `version` changes with it."""

from collections.abc import Sequence
from importlib import metadata
from typing import Any

from spot_contract.configuration.baseline import REPORT_VERSION
from spot_contract.document.openapi import VENDORED, Document
from spot_contract.rules.rule import Rule
from spot_contract.session.run import Run

from . import figures, shard
from .display import DisplayedFinding, clean
from .masking import masking


def document(run: Run, status: int, findings: Sequence[DisplayedFinding]) -> dict[str, Any]:
    """The content of report.json, masked."""
    return {
        "version": REPORT_VERSION,
        "suite": suite_version(),
        "document": Document.load(VENDORED).fingerprint,
        "exit_status": status,
        "verdict": figures.verdict_words(run, status),
        "reasons": figures.reasons(run) if status >= 2 else [],
        "server": figures.server(run),
        "profile": run.settings.profile.name,
        "seed": run.settings.seed,
        "strict": run.settings.is_strict,
        "connections": run.engine.connections,
        "seconds": round(run.seconds, 3),
        "requests": run.count.requests,
        "orders": run.count.orders,
        "dialects": [_clean(run, one) for one in run.dialects.notes],
        "findings": [_finding(one) for one in findings],
        "rules": [_rule(run, rule) for rule in run.rules()],
        "not_judged": {rule: _clean(run, why) for rule, why in run.not_judged().items()},
        "cut": _clean(run, run.engine.cut),
        "skipped": {name: _clean(run, why) for name, why in (run.engine.skipped | run.engine.ended).items()},
        "error": _clean(run, run.error),
        "interrupted": run.is_interrupted,
        "waivers": [
            {
                "rule": one.rule,
                "reason": _clean(run, one.reason),
                "until": one.until.isoformat(),
                "place": [_clean(run, text) for text in one.place],
                "encoding": [_clean(run, text) for text in one.encoding],
                "way": [_clean(run, text) for text in one.way],
            }
            for one in run.settings.waivers
        ],
        "waiver_problems": [_clean(run, one) for one in run.waiver_problems()],
        "baseline": _baseline(run),
        "shard": shard.section(run),
    }


def suite_version() -> str:
    """The version of the distribution, or "checkout" if it is not installed."""
    try:
        return metadata.version("spot-contract")
    except metadata.PackageNotFoundError:
        return "checkout"


def _baseline(run: Run) -> dict[str, Any] | None:
    if run.settings.baseline is None:
        return None
    words = ("rule", "place", "encoding", "way")
    return {
        "name": _clean(run, run.settings.baseline.name),
        "new": len(run.broken()),
        "known": sum(one.is_known for one in run.findings),
        "gone": [dict(zip(words, one, strict=True)) for one in run.gone()],
    }


def _rule(run: Run, rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "chapter": rule.chapter,
        "sentence": rule.sentence,
        "source": rule.source,
        "level": "advice" if rule.is_advice else "must",
        "verdict": run.verdict(rule).lower(),
        "gone": rule.gone or None,
        "cases": run.cases(rule),
    }


def _finding(one: DisplayedFinding) -> dict[str, Any]:
    return {
        "rule": one.rule.id,
        "verdict": one.verdict.lower(),
        "places": list(one.places),
        "ways": list(one.ways),
        "encodings": list(one.encodings),
        "count": one.count,
        "recurs": one.recurs,
        "what": one.what,
        "expected": one.expected,
        "got": one.got,
        "request": one.request,
        "answer": one.answer,
        "curl": one.curl,
        "waived_for": one.waived_for or None,
        "cells": [part._asdict() for part in one.cells],
    }


def _clean(run: Run, value: str) -> str:
    return clean(value, masking(run))
