"""The figures that commands write into the README, and what makes them stale."""

import pytest
from spot_tools.errors import ToolError
from spot_tools.release import figures

README = """# Title

<!-- conformance: written by scripts/readme -->
```text
CONFORMS: 98 rules judged, 0 broken, 2 not judged; 1,000 requests, 500 orders, 9.1 s, profile ci, seed 1
```
<!-- end of conformance -->
Text.
<!-- trust: written by scripts/readme -->
- 9 of 9 faulty servers caught.
<!-- end of trust -->
"""
TABLE = "# Table\n\n- **9 of 9 faulty servers caught.**\n\n| chapter |\n"


def report(*, kept=98, broken=0, left=2, requests=1000, orders=500):
    verdicts = ["kept"] * kept + ["broken"] * broken + ["not judged"] * left
    return {
        "rules": [{"verdict": verdict} for verdict in verdicts],
        "not_judged": {f"rule.{number}": "why" for number in range(left)},
        "requests": requests,
        "orders": orders,
    }


def test_figures_that_hold_are_not_stale():
    assert list(figures.stale(README, report(), TABLE)) == []


@pytest.mark.parametrize(
    "measured",
    [report(kept=99), report(kept=97, broken=1), report(left=3), report(requests=1200), report(orders=400)],
    ids=["judged", "broken", "not judged", "requests", "orders"],
)
def test_a_figure_that_is_no_longer_so_is_stale(measured):
    assert [sentence for sentence in figures.stale(README, measured, TABLE) if "run scripts/readme" in sentence]


def test_a_few_requests_more_are_not_stale():
    assert list(figures.stale(README, report(requests=1050, orders=520), TABLE)) == []


def test_other_figures_of_trust_are_stale():
    assert list(figures.stale(README, report(), TABLE.replace("9 of 9", "8 of 9")))


def test_a_readme_without_a_verdict_is_stale():
    assert list(figures.stale(figures.with_block(README, "conformance", "nothing\n"), report(), TABLE))


def test_a_block_is_replaced_and_the_rest_is_kept():
    changed = figures.with_block(README, "trust", "- new\n")
    assert figures.block(changed, "trust") == "- new\n"
    assert changed.replace("- new\n", "- 9 of 9 faulty servers caught.\n") == README


def test_missing_marks_are_an_error():
    with pytest.raises(ToolError, match="no block 'trust'"):
        figures.block("# Title\n", "trust")
