"""The run as JUnit XML: a broken rule is a failure, what the suite could not judge is an error; never mixed up."""

import re
import xml.etree.ElementTree as ET

from .results import Finding
from .run import ADVICE, BROKEN, GONE, NOT_JUDGED, WAIVED, Run

# What XML 1.0 cannot say, although a request or an answer may hold it.
_UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(run: Run) -> str:
    """The document as text."""
    rules = run.rules()
    suite = ET.Element("testsuite", name="Spot API contract", time=f"{run.seconds:.3f}")
    counts = {"failures": 0, "errors": 0, "skipped": 0}
    for rule in rules:
        case = ET.SubElement(suite, "testcase", classname=rule.chapter, name=rule.id)
        case.set("time", f"{run.tally.seconds.get(rule.id, 0.0):.3f}")
        verdict = run.verdict(rule)
        finding = run.tally.findings.get(rule.id)
        if verdict == BROKEN and finding is not None:
            counts["failures"] += 1
            ET.SubElement(case, "failure", message=_sayable(rule.sentence)).text = _sayable(_shown(finding))
        elif verdict in {NOT_JUDGED, WAIVED, ADVICE}:
            counts["skipped"] += 1
            ET.SubElement(case, "skipped", message=verdict)
        elif verdict == GONE:
            counts["skipped"] += 1
            ET.SubElement(case, "skipped", message=f"{verdict}: {run.settings.gone[rule.id]}")
    for problem in run.waiver_problems():
        counts["failures"] += 1
        ET.SubElement(ET.SubElement(suite, "testcase", classname="waivers", name=problem), "failure", message=problem)
    for what, why in {**run.errors, **run.tally.not_judged}.items():
        counts["errors"] += 1
        ET.SubElement(ET.SubElement(suite, "testcase", classname="suite", name=what), "error", message=_sayable(why))
    suite.set("tests", str(len(suite)))
    for name, number in counts.items():
        suite.set(name, str(number))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _shown(finding: Finding) -> str:
    return (
        f"{finding.what}\nexpected {finding.expected}\ngot {finding.got}\n\n{finding.request}\n\n"
        f"{finding.answer}\n\n{finding.curl}"
    )


def _sayable(value: str) -> str:
    return _UNSAYABLE.sub("\ufffd", value)
