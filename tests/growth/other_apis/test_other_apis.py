"""Documents of other APIs: what their clients ask for, how they are called, and that nothing else must be touched."""

import contextlib
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from packages import HERE, build, checkout
from spot_tools.commands import regenerate, vendor
from spot_tools.errors import ToolError
from spot_tools.openapi.documents import parse

PROGRAM = Path(__file__).with_name("other_apis_program.py")
CASES = parse(Path(__file__).with_name("other_apis.yaml").read_bytes(), "other_apis.yaml")
CONFIG = f"package_name_override: small_client\nx-written-for: {HERE.package.name}\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of each case's package, and what building it printed; cases of one document share both."""
    found, packages = [], {}
    for case in CASES:
        data = json.dumps(case["document"])
        if data not in packages:
            with contextlib.redirect_stdout(io.StringIO()) as output:
                folder = build(tmp_path_factory.mktemp("other_api"), case["document"], CONFIG)
            packages[data] = str(folder), output.getvalue()
        found.append(packages[data])
    return found


@pytest.fixture(scope="module")
def results(built):
    """What came of the call of each case."""
    cases = [{**case, "folder": folder} for case, (folder, _) in zip(CASES, built, strict=True)]
    done = subprocess.run(
        [sys.executable, PROGRAM],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case["kind"] for case in CASES])
def test_a_client_asks_for_what_its_document_leaves_open_and_no_more(built, results, number):
    case, result = CASES[number], results[number]
    assert result["problem"] == case.get("problem")
    assert result["sent"] == case.get("sent")
    for name, value in case.get("headers", {}).items():
        assert result["headers"].get(name) == value, name
    for note in case.get("notes", []):
        assert note in built[number][1]


def test_no_name_of_ours_stays_in_the_package_of_another_api(built):
    for path in (Path(built[0][0]) / "small_client").rglob("*.py"):
        text = re.sub(r"__spot_[a-z]+__", "", path.read_text(encoding="utf-8"))
        assert not re.findall(r"spot|SPOT|Spot", text), path


def test_another_api_is_taken_and_built_without_overlays(tmp_path, capsys):
    layout = checkout(tmp_path, CONFIG)
    shutil.copyfile(HERE.lock, layout.lock)
    source = tmp_path / "small.yaml"
    source.write_text(json.dumps(CASES[0]["document"]))
    vendor.run(layout, [str(source)], dry_run=False)
    assert regenerate.run(layout, check=False) == 0
    assert (tmp_path / "generated" / "small_client" / "client.py").is_file()
    assert regenerate.run(layout, check=True) == 0
    assert "The client is current." in capsys.readouterr().out


def test_a_document_may_have_any_name_but_no_second_one_beside_it(tmp_path):
    layout = checkout(tmp_path, CONFIG)
    assert layout.document.name == "document.yaml"
    (layout.openapi / "shop.yaml").write_text("")
    assert layout.document.name == "shop.yaml"
    (layout.openapi / "stop.yaml").write_text("")
    with pytest.raises(ToolError, match=r"shop\.yaml and stop\.yaml, where one document is expected"):
        _ = layout.document


@pytest.mark.parametrize("config", ["{}", "package_name_override: Small", "package_name_override: client"])
def test_a_package_without_a_name_is_refused(tmp_path, config):
    with pytest.raises(ToolError, match="needs package_name_override: a package name in lower case"):
        _ = checkout(tmp_path, config).package
