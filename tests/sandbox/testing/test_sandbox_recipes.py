"""The recipes of docs/sandbox.md, unmodified, run as its readers run them."""

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec

import pytest
import yaml
from sandbox_process import ENVIRONMENT, ROOT
from spot_sandbox.scenarios.catalogue import SCENARIOS
from spot_sandbox.serving.cli import main

PAGE = (ROOT / "docs" / "sandbox.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
RECIPES = {text.split("\n", 1)[0].removeprefix("# "): text for kind, text in BLOCKS if kind == "python"}
NEEDED = {"test_async.py": "pytest_asyncio", "test_django.py": "django", "test_fastapi.py": "fastapi"}
PLUGIN = "spot_sandbox.testing.plugin"
MANY = """
import pytest

@pytest.mark.parametrize("number", range(8))
def test_only_its_own_orders(spot_sandbox, number):
    body = {"recipient": {}, "kit_types": [str(number)]}
    import http.client, json
    connection = http.client.HTTPConnection(spot_sandbox.url.removeprefix("http://"))
    address = dict(street1="1", city="a", state="IL", country="US", zip="62704")
    body["recipient"] = dict(first_name="A", last_name="B", email="a@example.com", phone="1", address=address)
    headers = {"Authorization": f"Token {spot_sandbox.token}", "Content-Type": "application/json"}
    connection.request("POST", "/api/v2/orders/", json.dumps(body), headers)
    assert connection.getresponse().status == 201
    connection.close()
    assert [each.kit_types for each in spot_sandbox.orders] == [[str(number)]]
    assert [each.json()["kit_types"] for each in spot_sandbox.requests] == [[str(number)]]
"""


def run(folder, *arguments, plugins=()):
    """Run pytest in a folder, with the fixture and these plugins alone; the exit code and what it output.

    That pytest finds the fixture by itself, tests/distribution/installed tries.
    """
    # pytest-asyncio warns of a setting that it wants to be made.
    options = ("-q", "-W", "error", "-W", "ignore:The configuration option", "-p", "no:cacheprovider")
    chosen = [part for each in (PLUGIN, *plugins) for part in ("-p", each)]
    clean = {name: value for name, value in ENVIRONMENT.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--rootdir", folder, *chosen, *arguments],
        cwd=folder,
        env=clean | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_every_recipe_in_python_runs(tmp_path):
    assert set(NEEDED) < set(RECIPES)
    missing = [name for name, package in NEEDED.items() if find_spec(package) is None]
    for name, text in RECIPES.items():
        if name not in missing:
            (tmp_path / name).write_text(text, "utf-8")
    code, output = run(tmp_path, plugins=["pytest_asyncio.plugin"] if find_spec("pytest_asyncio") else [])
    assert code == 0, output
    if missing:
        pytest.skip(f"not installed, so not run: {', '.join(missing)}")


def test_tests_of_several_processes_see_only_their_own_orders(tmp_path):
    (tmp_path / "test_many.py").write_text(MANY)
    code, output = run(tmp_path, "-n", "2", plugins=["xdist.plugin"])
    assert (code, "8 passed" in output) == (0, True), output


def test_recipe_in_javascript_runs(tmp_path, start):
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node")
    [text] = [text for kind, text in BLOCKS if kind == "js"]
    file = tmp_path / "orders.test.mjs"
    file.write_text(text, "utf-8")
    environment = ENVIRONMENT | {"SPOT_SANDBOX_URL": f"http://127.0.0.1:{start().port}"}
    done = subprocess.run([node, "--test", file], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_scenario_file_is_taken(start, tmp_path):
    [text] = [text for kind, text in BLOCKS if kind == "yaml" and "--scenario" in text]
    file = tmp_path / "failures.yaml"
    file.write_text(text, "utf-8")
    assert start("--scenario", file).port


def test_snippets_of_yaml_are_yaml():
    assert all(yaml.safe_load(text) for kind, text in BLOCKS if kind == "yaml")


def test_every_scenario_is_explained():
    table = PAGE.partition("## Failures")[2].partition("## The server")[0]
    rows = re.findall(r"^\| (`[^|]*`) \|", table, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(.*?)`", row)} == set(SCENARIOS)


def test_plugin_loads_nothing_before_the_fixture_is_used():
    code = "import sys, spot_sandbox.testing.plugin; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    packages = ("spot_sandbox", "spot_api_client", "httpx2", "uvicorn")
    loaded = {name for name in done.stdout.split() if name.startswith(packages)}
    assert loaded == {"spot_sandbox", "spot_sandbox.testing", "spot_sandbox.testing.plugin"}


def test_scenarios_are_listed(capsys):
    assert main(["scenarios"]) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")] == list(SCENARIOS)
