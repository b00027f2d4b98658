"""The package, a downstream program and the examples under strict type checkers; and that mistakes are found."""

import json
import subprocess
import sys

import pytest
from client_orders import ROOT

PROGRAMS = [
    "tests/typing/downstream.py",
    *(f"examples/{path.name}" for path in sorted((ROOT / "examples").glob("*.py"))),
]


def check(*command, folder):
    return subprocess.run([sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def mypy(tmp_path_factory):
    """Run mypy away from the checkout, so that the installed package is what it sees."""
    pytest.importorskip("mypy", reason="mypy is not installed here")
    folder = tmp_path_factory.mktemp("mypy")

    def run(*files):
        paths = [str(ROOT / file) for file in files]
        return check("mypy", "--strict", "--warn-unused-ignores", "--scripts-are-modules", *paths, folder=folder)

    return run


def test_downstream_programs_pass_mypy_strict(mypy):
    done = mypy(*PROGRAMS)
    assert done.returncode == 0, done.stdout


def test_mypy_finds_each_mistake(mypy):
    done = mypy("tests/typing/mistakes.py")
    assert done.returncode == 0, done.stdout


def test_downstream_programs_pass_pyright_strict(tmp_path):
    pytest.importorskip("pyright", reason="pyright is not installed here")
    included = [str(ROOT / file) for file in PROGRAMS]
    (tmp_path / "pyrightconfig.json").write_text(
        json.dumps({"typeCheckingMode": "strict", "pythonVersion": "3.11", "include": included})
    )
    done = check("pyright", "--pythonpath", sys.executable, folder=tmp_path)
    assert done.returncode == 0, done.stdout
