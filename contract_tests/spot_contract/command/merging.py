"""`spot-contract merge`: one verdict from the reports of all shards of a run.

The results of the shards are added up and grouped into findings as in a single run. Two rules need all shards: an
order_id may not appear in two shards, nor the canary of an order in an answer of another shard.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from spot_contract.configuration.baseline import read_report
from spot_contract.configuration.waivers import Waiver
from spot_contract.errors import CannotJudge
from spot_contract.exchanges.intent import Circumstance
from spot_contract.rules.registry import all_rules
from spot_contract.rules.rule import Rule
from spot_contract.session.findings import Cell, groups, products
from spot_contract.session.run import NOT_SENT

from .outcome import Outcome

_SAME = {
    "suite": "versions of spot-contract",
    "document": "documents",
    "seed": "seeds",
    "profile": "profiles",
    "strict": "judgements of advice",
    "waivers": "waivers",
}
Report = dict[str, Any]
"""The content of a report.json, or a part of it."""
_OWN_ID, _NO_LEAK = "identity.own_id", "identity.no_leak"
_VERDICTS = {"new": "broken", "known": "known", "waived": "waived"}


def merge(paths: Sequence[Path]) -> Outcome:
    """The outcome of all shards. Raises CannotJudge unless the reports are all shards of one run."""
    reports = sorted(_read(paths), key=lambda one: one["shard"]["part"])
    records = _added(reports)
    for rule, cell, finding in (*_identifiers(reports), *_leaks(reports)):
        if rule in {one["id"] for one in reports[0]["rules"]}:
            waived = any(one.forgives(rule, cell.place, cell.encoding, cell.full_way) for one in _waivers(reports[0]))
            records.setdefault(rule, _Record()).add(cell, 1, "waived" if waived else "new", finding)
    return _outcome(reports, records)


def _read(paths: Sequence[Path]) -> list[Report]:
    reports = [read_report(path) for path in paths]
    for path, report in zip(paths, reports, strict=True):
        if report["shard"] is None:
            raise CannotJudge(f"{path} is not the report of a shard; give reports of runs with --shard.")
        for name, what in _SAME.items():
            if report.get(name) != reports[0].get(name):
                raise CannotJudge(f"{paths[0]} and {path} are of different {what}; merge the shards of one run.")
    parts = sorted(report["shard"]["part"] for report in reports)
    total = {report["shard"]["parts"] for report in reports}
    if len(total) > 1:
        counts = " and ".join(map(str, sorted(total)))
        raise CannotJudge(f"The shards belong to runs with {counts} shards; merge the shards of one run.")
    wanted = list(range(1, total.pop() + 1))
    if missing := [str(one) for one in wanted if one not in parts]:
        raise CannotJudge(f"Shard {', '.join(missing)} of {len(wanted)} is missing; give the reports of all of them.")
    if doubled := sorted({str(one) for one in parts if parts.count(one) > 1}):
        raise CannotJudge(f"Shard {', '.join(doubled)} of {len(wanted)} is there twice; give each report once.")
    return reports


@dataclass
class _Record:
    """The results of all shards for one rule. Each cell has one state: new, known or waived."""

    cases: int = 0
    tried: Counter[Cell] = field(default_factory=Counter[Cell])
    broken: dict[str, Counter[Cell]] = field(default_factory=dict[str, Counter[Cell]])
    shown: dict[Cell, Report] = field(default_factory=dict[Cell, Report])

    def add(self, cell: Cell, count: int, state: str, finding: Report | None) -> None:
        """Add a broken cell, and keep the finding with the smallest request."""
        self.broken.setdefault(state, Counter())[cell] += count
        if finding and (cell not in self.shown or _size(finding) < _size(self.shown[cell])):
            self.shown[cell] = finding


def _size(finding: Report) -> int:
    return len(finding["request"]) or 1_000_000


def _added(reports: Sequence[Report]) -> dict[str, _Record]:
    found: dict[str, _Record] = {}
    try:
        for report in reports:
            for name, own in report["shard"]["records"].items():
                record = found.setdefault(name, _Record())
                record.cases += own["cases"]
                for *words, count in own["tried"]:
                    record.tried[_cell(words)] += count
                for *words, count, state in own["broken"]:
                    cell = _cell(words)
                    record.add(cell, count, state, _finding_with(cell, name, report))
    except (TypeError, ValueError) as error:
        raise CannotJudge("The report of a shard is incomplete or malformed; run the shard again.") from error
    return found


def _cell(words: Sequence[str]) -> Cell:
    place, way, circumstance, encoding = words
    return Cell(place, way, Circumstance(circumstance), encoding)


def _finding_with(cell: Cell, rule: str, report: Report) -> Report | None:
    """The finding of a shard that contains a cell."""
    return next(
        (
            one
            for one in report["findings"]
            if one["rule"] == rule
            for part in one["cells"]
            if cell.place in part["places"] and cell.encoding in part["encodings"] and cell.full_way in part["ways"]
        ),
        None,
    )


_Across = tuple[str, Cell, Report]


def _identifiers(reports: Sequence[Report]) -> Iterator[_Across]:
    """An order_id that two shards of one server received."""
    given: dict[tuple[str, str], int] = {}
    for shard in (one["shard"] for one in reports):
        reported: set[str] = set()
        for identifier, encoding, what in shard["ids"]:
            earlier = given.setdefault((shard["server"], identifier), shard["part"])
            if earlier != shard["part"] and identifier not in reported:
                reported.add(identifier)
                cell = Cell("order_id", "the id of another order", Circumstance.ORDINARY, encoding)
                got = f"{identifier!r} again, which shard {earlier} got, too"
                yield _OWN_ID, cell, _across(what, "an order_id of its own", got)


def _leaks(reports: Sequence[Report]) -> Iterator[_Across]:
    """Canaries of one shard's orders in the answers to another shard."""
    shards = [one["shard"] for one in reports]
    sent = {(one["server"], canary): one["part"] for one in shards for canary in one["sent"]}
    for shard in shards:
        for canary, encoding, what, status in shard["foreign"]:
            if (source := sent.get((shard["server"], canary))) is not None:
                cell = Cell("", f"in a {status}", Circumstance.ORDINARY, encoding)
                got = f"{canary!r}, sent in an order of shard {source}"
                yield _NO_LEAK, cell, _across(what, "nothing of another order", got)


def _across(what: str, expected: str, got: str) -> Report:
    shown = {"what": what, "expected": expected, "got": got, "request": "", "answer": "", "curl": ""}
    return {**shown, "recurs": None, "waived_for": None}


def _outcome(reports: Sequence[Report], records: Mapping[str, _Record]) -> Outcome:
    first = reports[0]
    findings: list[Report] = []
    rules: list[Report] = []
    for row in first["rules"]:
        rule = all_rules()[row["id"]]
        record = records.get(rule.id, _Record())
        own = list(_findings(rule, record, is_strict=first["strict"]))
        findings += own
        rules.append({**row, "cases": record.cases, "verdict": _verdict(rule, record, own)})
    problems = _waiver_problems(reports)
    not_judged = [one["id"] for one in rules if one["verdict"] == "not judged"]
    reasons = _reasons(reports, rules, not_judged)
    error = next((one["error"] for one in reports if one["error"]), "")
    is_broken = bool(problems) or any(one["verdict"] == "broken" for one in findings)
    status = 3 if error else 1 if is_broken else 2 if reasons else 0
    merged = {
        **first,
        "exit_status": status,
        "verdict": ("conforms", "does not conform")[status] if status < 2 else "could not judge",
        "reasons": reasons if status >= 2 else [],
        "server": ", ".join(dict.fromkeys(one["server"] for one in reports)),
        "seconds": max(one["seconds"] for one in reports),
        "requests": sum(one["requests"] for one in reports),
        "orders": sum(one["orders"] for one in reports),
        "findings": findings,
        "rules": rules,
        "not_judged": {name: _why_not(name, reports) for name in not_judged},
        "cut": next((one["cut"] for one in reports if one["cut"]), ""),
        "skipped": {name: why for one in reports for name, why in one["skipped"].items()},
        "error": error,
        "interrupted": any(one["interrupted"] for one in reports),
        "waiver_problems": problems,
        "baseline": _baseline(first, findings),
        "shard": None,
    }
    return Outcome(status, merged)


def _findings(rule: Rule, record: _Record, *, is_strict: bool) -> Iterator[Report]:
    for state in ("new", "known", "waived"):
        counts = record.broken.get(state, Counter())
        for group in groups(rule, record.tried, counts):
            shown = min((record.shown[cell] for cell in group if cell in record.shown), key=_size)
            is_advice = state == "new" and rule.is_advice and not is_strict
            yield {
                **shown,
                "rule": rule.id,
                "verdict": "advice" if is_advice else _VERDICTS[state],
                "places": [one for one in dict.fromkeys(cell.place for cell in group) if one],
                "ways": [one for one in dict.fromkeys(cell.full_way for cell in group) if one],
                "encodings": [one for one in dict.fromkeys(cell.encoding for cell in group) if one],
                "count": sum(counts[cell] for cell in group),
                "cells": [part._asdict() for part in products(group)],
            }


def _verdict(rule: Rule, record: _Record, findings: Sequence[Report]) -> str:
    if rule.gone:
        return "no longer applies"
    verdicts = {one["verdict"] for one in findings}
    found = next((one for one in ("broken", "advice", "known", "waived") if one in verdicts), None)
    return found or ("kept" if record.cases else "not judged")


def _reasons(reports: Sequence[Report], rules: Sequence[Report], left: list[str]) -> list[str]:
    """Why the shards together could not judge everything."""
    found = [f"shard {one['shard']['part']}: {one['cut']}" for one in reports if one["cut"]]
    found += [f"shard {one['shard']['part']} was interrupted" for one in reports if one["interrupted"]]
    found += [f"the suite itself failed: {one['error']}" for one in reports if one["error"]]
    if any(one["skipped"] for one in reports) and any(not _is_excused(name, reports) for name in left):
        found.append("scenarios were left out or ended early, for the reasons in `skipped`")
    if all(one["verdict"] in {"not judged", "no longer applies"} for one in rules):
        found.append("nothing was judged")
    return found


def _why_not(rule: str, reports: Sequence[Report]) -> str:
    """The reason that a shard gives, if it is more specific than that nothing exercised the rule."""
    reasons = [str(one["not_judged"][rule]) for one in reports if rule in one["not_judged"]]
    return next((why for why in reasons if why != NOT_SENT), "nothing that these runs sent exercises it")


def _is_excused(rule: str, reports: Sequence[Report]) -> bool:
    """Whether no shard had to exercise a rule that none of them judged."""
    return all(rule in one["shard"]["excused"] for one in reports)


def _waivers(report: Report) -> list[Waiver]:
    return [
        Waiver(
            one["rule"],
            one["reason"],
            date.fromisoformat(one["until"]),
            **{name: tuple(one[name]) for name in ("place", "encoding", "way")},
        )
        for one in report["waivers"]
    ]


def _waiver_problems(reports: Sequence[Report]) -> list[str]:
    """The problems of all shards and, if all are complete, the waivers that forgave nothing in any of them."""
    found = list(dict.fromkeys(problem for one in reports for problem in one["waiver_problems"]))
    if any(one["cut"] or one["skipped"] or one["interrupted"] or one["error"] for one in reports):
        return found
    used = {number for one in reports for number in one["shard"]["used_waivers"]}
    judged = {one["id"] for one in reports[0]["rules"]}
    if len(judged) < len(all_rules()):
        return found
    for number, waiver in enumerate(_waivers(reports[0])):
        if number not in used and not waiver.is_past and not all_rules()[waiver.rule].gone:
            found.append(f"the waiver of {waiver} forgave nothing; remove it")
    return found


def _baseline(first: Report, findings: Sequence[Report]) -> Report | None:
    if first["baseline"] is None:
        return None
    verdicts = [one["verdict"] for one in findings]
    return {**first["baseline"], "new": verdicts.count("broken"), "known": verdicts.count("known")}
