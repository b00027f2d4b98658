"""The HTML report, looked at in a real browser."""

import re
import shutil
import subprocess
from datetime import date

import pytest
from spot_contract import report_html, report_json, report_junit
from spot_contract.results import Finding
from spot_contract.run import Run, bench_for
from spot_contract.secrets import Secret
from spot_contract.settings import PROFILES, Settings
from spot_contract.waivers import Waiver

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
HOSTILE = "</pre><script>document.title='taken over'</script> \x00 \ud800"


def run():
    settings = Settings(
        Secret("Abc-123-secret"),
        "http://127.0.0.1:1",
        PROFILES["ci"],
        seed=7,
        waivers=(Waiver("methods.allow", "an old proxy", date(2999, 1, 1)),),
    )
    found = Run(settings, bench_for(settings, "http://127.0.0.1:1"), None)
    for rule in ("success.status", "methods.allow", "echo.recipient", "limits.envelope"):
        found.judged.add(rule)
        found.tally.count(rule, 3 if rule != "limits.envelope" else 0)
    for rule in ("methods.allow", "echo.recipient"):
        found.tally.findings[rule] = Finding(
            rule, "an order", "a zip", "no zip", f"POST / {HOSTILE}", HOSTILE, "curl --include x", "a test", count=2
        )
    found.finished = found.started + 2
    return found


def test_page_stands_alone():
    page = report_html.page(run(), 1)
    assert not re.search(r"<script|<link|<img|@import|url\(|src=", page)
    assert "&lt;/pre&gt;&lt;script&gt;" in page


def test_page_says_each_verdict():
    page = report_html.page(run(), 1)
    for text in ("Does not conform", "✓ kept", "✗ broken", "≈ waived", "○ not judged", "an old proxy"):
        assert text in page


def test_junit_tells_failure_from_skip_and_is_sound_xml():
    text = report_junit.text(run())
    assert 'failures="1"' in text
    assert 'skipped="2"' in text
    assert "\x00" not in text


def test_json_holds_the_verdict_of_each_rule():
    found = report_json.document(run(), 1)
    assert {rule["id"]: rule["verdict"] for rule in found["rules"]} == {
        "success.status": "kept",
        "echo.recipient": "broken",
        "methods.allow": "waived",
        "limits.envelope": "not judged",
    }


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine: the page was not looked at")
def test_browser_shows_the_page_and_runs_nothing_in_it(tmp_path):
    file = tmp_path / "report.html"
    file.write_text(report_html.page(run(), 1), encoding="utf-8", errors="backslashreplace")
    picture = tmp_path / "page.png"
    browser = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    folder = f"--user-data-dir={tmp_path / 'profile'}"
    dom = subprocess.run(
        [*browser, folder, "--dump-dom", file.as_uri()], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    assert "<title>Spot API contract: Does not conform</title>" in dom
    assert dom.count("<details") == 2
    subprocess.run(
        [*browser, folder, "--window-size=1000,1400", f"--screenshot={picture}", file.as_uri()],
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert picture.stat().st_size > 20_000
