"""The checkout, programs that use the client, and the packages of grown documents, under pyright in strict mode."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from programs import DOWNSTREAM, ROOT

PROGRAMS = "programs"
PACKAGES = ("kinds_3_0.yaml", "kinds_3_1.yaml", "grown")


def build(root: Path) -> None:
    """Build each package in the folder of its name."""
    import kinds  # noqa: PLC0415 - needs the generator, which is not installed where pyright is not
    import packages  # noqa: PLC0415
    from growing import WHOLE, Growth  # noqa: PLC0415

    for name in PACKAGES[:2]:
        (root / name).mkdir()
        kinds.build(name, root / name)
    (root / "growth").mkdir()
    document = Growth(root / "growth").reach(WHOLE).value
    packages.build(root / "grown", document, packages.HERE.config.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    """What pyright reports, by the program or package that it is about: starting it takes longer than checking each."""
    pytest.importorskip("pyright", reason="pyright is not installed here")
    root = tmp_path_factory.mktemp("pyright")
    build(root)
    (root / PROGRAMS).mkdir()
    for program in DOWNSTREAM:
        shutil.copy(program, root / PROGRAMS)
    # pyright ignores included paths that are not relative, and then checks nothing or everything.
    folders = {PROGRAMS: PROGRAMS, **{name: f"{name}/built" for name in PACKAGES}}
    environments = [{"root": folder} for folder in folders.values()]
    config = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "executionEnvironments": environments}
    (root / "pyrightconfig.json").write_text(json.dumps({**config, "include": [*folders.values()]}))
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    output = json.loads(done.stdout)
    files = [path for folder in folders.values() for path in (root / folder).rglob("*.py")]
    assert output["summary"]["filesAnalyzed"] == len(files)
    found = output["generalDiagnostics"]
    return {name: [one for one in found if Path(one["file"]).is_relative_to(root / name)] for name in folders}


def test_checkout_passes_pyright_strict():
    """What is checked is in pyproject.toml."""
    pytest.importorskip("pyright", reason="pyright is not installed here")
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", [PROGRAMS, *PACKAGES])
def test_pyright_strict_finds_nothing(findings, name):
    assert findings[name] == []
