"""The programs that the README shows, run as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from spot_sandbox import SpotSandbox

PAGE = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def program(word):
    """The one program of the page that holds this word."""
    [found] = [text for text in PROGRAMS if word in text]
    return found


def test_the_order_in_five_lines_is_placed(tmp_path):
    with SpotSandbox() as sandbox:
        settings = {"SPOT_BASE_URL": sandbox.url, "SPOT_API_TOKEN": sandbox.token}
        done = subprocess.run(
            [sys.executable, "-c", program("print(order.order_id")],
            cwd=tmp_path,
            env=os.environ | settings,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.split()[:2] == [sandbox.orders[0].order_id, "pending"]


def test_the_first_test_passes(tmp_path):
    (tmp_path / "test_first.py").write_text(program("def test_lost_answer"), encoding="utf-8")
    # With the fixture alone: that pytest finds it by itself, test_wheel.py tries.
    options = ("-q", "-p", "no:cacheprovider", "-p", "spot_sandbox.testing.plugin", "--rootdir", tmp_path)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, tmp_path],
        cwd=tmp_path,
        env=clean | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)[^)]*\)", PAGE))))
def test_what_the_page_links_to_is_there(link):
    assert (Path(__file__).resolve().parents[2] / link).exists()
