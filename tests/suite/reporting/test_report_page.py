"""The HTML report, also in a real browser."""

import re
import shutil
import subprocess
from datetime import date

import pytest
from reported_run import answer, conclude, invalid, new_run, refusal, request, show
from spot_contract.configuration.waivers import Waiver
from spot_contract.exchanges.intent import Flaw
from spot_contract.reporting import files

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
HOSTILE = "</pre><script>document.title='taken over'</script> \x00 \ud800"


def page(folder):
    """The HTML file of a run with a broken rule, a waived rule and advice."""
    run = new_run(waivers=(Waiver("refusal.null", "an old proxy", date(2999, 1, 1)),))
    hostile = HOSTILE.encode("utf-8", "surrogatepass")
    in_head = HOSTILE.removesuffix("\ud800")  # A lone surrogate cannot be sent there.
    sent = request(hostile, path=f"/{in_head}", headers=(("X-A", in_head),))
    show(run, answer(200, hostile), invalid("kit_types", HOSTILE), sent)
    show(run, answer(200, {}), invalid("recipient", "null", flaw=Flaw.NULL))
    show(run, answer(200, {}), invalid("", "NaN", flaw=Flaw.EXTENSION))
    show(run, refusal(), invalid(flaw=Flaw.MISSING))
    files.write(conclude(run), 1, folder)
    return folder / "report.html"


def test_page_stands_alone(tmp_path):
    text = page(tmp_path).read_text(encoding="utf-8")
    assert not re.search(r"<script|<link|<img|@import|url\(|src=", text)
    assert "&lt;/pre&gt;&lt;script&gt;" in text


def test_page_contains_each_verdict(tmp_path):
    text = page(tmp_path).read_text(encoding="utf-8")
    for words in ("Does not conform", "✓ kept", "✗ broken", "≈ waived", "○ not judged", "! advice", "an old proxy"):
        assert words in text


def test_rule_links_to_its_finding(tmp_path):
    text = page(tmp_path).read_text(encoding="utf-8")
    links = re.findall(r'href="#(finding-\d+)"', text)
    assert sorted(links) == sorted(re.findall(r'<details id="(finding-\d+)"', text))
    assert len(links) == 3


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine: the page was not opened")
def test_browser_shows_the_page_and_runs_nothing_in_it(tmp_path):
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--dump-dom"]
    command = [BROWSER, *options, f"--user-data-dir={tmp_path / 'profile'}", page(tmp_path).as_uri()]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert "<title>Spot API contract: does not conform</title>" in dom
    assert dom.count("<details") == 3
