"""The checkout, a downstream program and the examples under mypy --strict; and that it finds mistakes."""

import subprocess
import sys

import pytest
from programs import DOWNSTREAM, MISTAKES, ROOT


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    """What mypy reports of all programs, run away from the checkout so that it sees the installed package."""
    pytest.importorskip("mypy", reason="mypy is not installed here")
    command = [sys.executable, "-m", "mypy", "--strict", "--warn-unused-ignores", "--scripts-are-modules"]
    done = subprocess.run(
        [*command, "--no-error-summary", "--show-absolute-path", *DOWNSTREAM, MISTAKES],
        cwd=tmp_path_factory.mktemp("mypy"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout.splitlines()


def test_checkout_passes_mypy_strict():
    """What is checked is in pyproject.toml."""
    pytest.importorskip("mypy", reason="mypy is not installed here")
    done = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_downstream_programs_pass_mypy_strict(findings):
    assert [line for line in findings if not line.startswith(str(MISTAKES))] == []


def test_mypy_finds_each_mistake(findings):
    assert [line for line in findings if line.startswith(str(MISTAKES))] == []
