"""The wheel in an empty environment: what it holds, what it brings, and that it judges servers it has never seen."""

import contextlib
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from console import ROOT, TOKEN
from installed import build, clean, environment_with, judge, megabytes, packages, run
from spot_tools.processes.stock_servers import StockServer

STOCK = ROOT / "tests" / "servers" / "stock"
_MEGABYTES = 80


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    return environment_with(tmp_path_factory.mktemp("empty") / "venv", wheel)


def test_the_wheel_holds_the_files_of_the_checkout(wheel):
    archive = zipfile.ZipFile(wheel)
    held = {name for name in archive.namelist() if ".dist-info" not in name}
    source = ROOT / "contract_tests" / "spot_contract"
    own = [path for path in source.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    documents = {
        "spot_contract/openapi/spot-api-v2.yaml": ROOT / "openapi" / "spot-api-v2.yaml",
        "spot_contract/openapi/effective/contract.yaml": ROOT / "openapi" / "effective" / "contract.yaml",
        "spot_contract/openapi/contract.md": ROOT / "docs" / "contract.md",
        "spot_contract/openapi/report.schema.json": ROOT / "docs" / "report.schema.json",
    }
    expected = {path.relative_to(source.parent).as_posix(): path for path in own} | documents
    assert held == set(expected)
    assert [name for name, path in expected.items() if archive.read(name) != path.read_bytes()] == []


def test_neither_client_nor_sandbox_nor_generator_comes_along(python):
    assert packages(python) & {"spot-api-client", "spot-sandbox", "openapi-python-client", "httpx2", "uvicorn"} == set()


def test_the_environment_is_small(python):
    size = megabytes(Path(python).parents[1])
    print(f"the environment has {size:.0f} MB")
    assert size < _MEGABYTES


def test_the_distribution_asks_for_what_the_suite_has_here():
    own = tomllib.loads((ROOT / "contract_tests" / "pyproject.toml").read_text())["project"]["dependencies"]
    group = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["suite"]
    assert set(own) <= set(group)


def test_every_module_imports(python, tmp_path):
    every = (
        "import importlib, pkgutil, spot_contract as root\n"
        "for module in pkgutil.walk_packages(root.__path__, 'spot_contract.'):\n"
        "    importlib.import_module(module.name)\n"
    )
    run(python, "-c", every, cwd=tmp_path, env=clean())


def test_the_command_is_there_under_its_name_and_as_a_module(python, tmp_path):
    version = tomllib.loads((ROOT / "contract_tests" / "pyproject.toml").read_text())["project"]["version"]
    for command in ([python.with_name("spot-contract")], [python, "-m", "spot_contract"]):
        assert judge(command, "--version", cwd=tmp_path) == (0, f"spot-contract {version}\n")


def test_without_an_address_it_says_what_to_do(python, tmp_path):
    status, told = judge([python.with_name("spot-contract")], cwd=tmp_path)
    assert status == 2
    assert "--base-url" in told


@contextlib.contextmanager
def stock(name):
    """A stock server of that name; its address."""
    server = StockServer(name)
    if (why := server.why_skipped()) is not None:
        pytest.skip(why)
    process = subprocess.Popen(
        server.command(sys.executable),
        cwd=STOCK,
        env=clean(SPOT_API_TOKEN=TOKEN),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield re.search(r"http://\S+", process.stdout.readline()).group()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@pytest.mark.parametrize(
    ("name", "expected", "rules"),
    [("fastapi", 0, ()), ("drf_jsonfield", 1, ("--rule", "robustness")), ("express", 1, ("--rule", "methods"))],
)
def test_stock_servers_are_judged_with_no_checkout_in_reach(python, tmp_path, name, expected, rules):
    with stock(name) as url:
        options = ("--base-url", url, "--profile", "quick", "--report-dir", tmp_path, *rules)
        status, told = judge([python.with_name("spot-contract")], *options, cwd=tmp_path)
    print(told.rstrip().splitlines()[-1])
    assert status == expected, told[-2000:]
    verdict = r"^DOES NOT CONFORM: \d+ findings? in \d+ rules?" if expected else "^CONFORMS: "
    assert re.search(verdict, told, re.MULTILINE)
    assert {path.name for path in tmp_path.iterdir()} >= {"report.html", "report.json", "junit.xml"}
