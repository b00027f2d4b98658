"""The run as JSON. Its schema is docs/report.schema.json; `version` changes with it."""

import json
from dataclasses import asdict
from typing import Any

from .run import Run

VERSION = 2


def document(run: Run, status: int) -> dict[str, Any]:
    """Everything the run found, masked."""
    tally = run.tally
    return {
        "version": VERSION,
        "exit_status": status,
        "verdict": {0: "conforms", 1: "does not conform"}.get(status, "could not judge"),
        "server": "a sandbox of the suite's own" if run.sandbox else run.bench.desk.target.url,
        "profile": run.settings.profile.name,
        "seed": run.settings.seed,
        "strict": run.settings.strict,
        "seconds": round(run.seconds, 3),
        "requests": tally.requests,
        "orders": tally.orders,
        "rules": [
            {
                "id": rule.id,
                "chapter": rule.chapter,
                "sentence": rule.sentence,
                "source": rule.source,
                "advice": rule.advice,
                "verdict": run.verdict(rule).lower(),
                "gone": run.settings.gone.get(rule.id),
                "cases": tally.cases.get(rule.id, 0),
                "seconds": round(tally.seconds.get(rule.id, 0.0), 3),
                "finding": asdict(tally.findings[rule.id]) if rule.id in tally.findings else None,
            }
            for rule in run.rules()
        ],
        "not_judged": tally.not_judged,
        "cut_short": tally.cut_short,
        "errors": run.errors,
        "waivers": [
            {"rule": one.rule, "reason": one.reason, "until": one.until.isoformat()} for one in run.settings.waivers
        ],
        "waiver_problems": run.waiver_problems(),
        "fingerprints": tally.fingerprints,
    }


def text(run: Run, status: int) -> str:
    """The document as text."""
    return json.dumps(document(run, status), ensure_ascii=False, indent=2) + "\n"
