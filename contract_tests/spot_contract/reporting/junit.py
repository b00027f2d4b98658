"""The report as JUnit XML: findings are failures, what could not be judged is an error."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence

from spot_contract.rules.rule import Rule
from spot_contract.session.run import BROKEN, GONE, KEPT, NOT_JUDGED, WAIVED, Run

from . import figures
from .display import DisplayedFinding, clean
from .masking import masking

# Characters that XML 1.0 cannot contain, although requests and answers may.
_UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_Case = tuple[str, str, str, str]  # Name; failure, error, skipped or nothing for passed; message; text.
_KINDS = {"failure": "failures", "error": "errors", "skipped": "skipped"}


def text(run: Run, status: int, findings: Sequence[DisplayedFinding]) -> str:
    """The text of junit.xml."""
    suite = ET.Element("testsuite", name="Spot API contract", time=f"{run.seconds:.3f}")
    properties = ET.SubElement(suite, "properties")
    for name, value in (
        ("profile", run.settings.profile.name),
        ("seed", str(run.settings.seed)),
        ("server", figures.server(run)),
    ):
        ET.SubElement(properties, "property", name=name, value=_sayable(value))
    not_judged, mask = run.not_judged(), masking(run)
    for rule in run.rules():
        own = [one for one in findings if one.rule.id == rule.id]
        for made in _cases(run.verdict(rule), rule, own, clean(not_judged.get(rule.id, ""), mask)):
            _add(suite, rule.chapter, made)
    for problem in run.waiver_problems():
        _add(suite, "waivers", (clean(problem, mask), "failure", clean(problem, mask), ""))
    for reason in figures.reasons(run):
        _add(suite, "suite", ("all was judged", "error" if status >= 2 else "skipped", reason, ""))
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for kind, name in _KINDS.items():
        suite.set(name, str(sum(case.find(kind) is not None for case in cases)))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _cases(verdict: str, rule: Rule, findings: Sequence[DisplayedFinding], why_not: str) -> Iterator[_Case]:
    """The test cases of one rule."""
    if verdict == KEPT:
        yield rule.id, "", "", ""
    elif verdict == NOT_JUDGED:
        yield rule.id, "skipped", f"{NOT_JUDGED}: {why_not}", ""
    elif verdict == GONE:
        yield rule.id, "skipped", f"{GONE}: {rule.gone}", ""
    for one in findings:
        yield _finding(one, is_only=len(findings) == 1)


def _finding(one: DisplayedFinding, *, is_only: bool) -> _Case:
    where = "; ".join([*one.places[:3], *one.ways[:3], *one.encodings[:3]])
    name = one.rule.id if is_only or not where else f"{one.rule.id} [{where}]"
    if one.verdict == BROKEN:
        return name, "failure", f"{one.rule.sentence} Expected {one.expected}, got {one.got}", _text(one)
    why = one.waived_for if one.verdict == WAIVED else f"expected {one.expected}, got {one.got}"
    return name, "skipped", f"{one.verdict}: {why}", ""


def _text(one: DisplayedFinding) -> str:
    lines = [
        f"{label}: {'; '.join(values)}"
        for label, values in (("where", one.places), ("how", one.ways), ("in", one.encodings))
        if values
    ]
    return "\n".join([*lines, f"cases: {one.cases}", "", one.request, "", one.answer, "", one.curl])


def _add(suite: ET.Element, chapter: str, made: _Case) -> None:
    name, kind, message, body = made
    taken = {case.get("name") for case in suite.findall("testcase")}
    own = _sayable(name)
    number = 2
    while own in taken:
        own, number = f"{_sayable(name)} ({number})", number + 1
    case = ET.SubElement(suite, "testcase", classname=chapter, name=own)
    if kind:
        ET.SubElement(case, kind, message=_sayable(message)).text = _sayable(body) or None


def _sayable(value: str) -> str:
    return _UNSAYABLE.sub("\ufffd", value)
