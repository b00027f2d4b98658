"""The wheel in an empty environment: its files, its requirements, and that it judges servers without the checkout."""

import re
import sys
import tomllib
import zipfile

import pytest
from console import clean
from installation import call, megabytes, packages, run
from spot_tools.processes.serving import serving
from spot_tools.processes.stock_servers import StockServer
from suite_process import ROOT, TOKEN

_MEGABYTES = 80


@pytest.fixture(scope="module")
def python(installation):
    return installation.python


def test_the_wheel_holds_the_files_of_the_checkout(installation):
    archive = zipfile.ZipFile(installation.wheel)
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


def test_neither_client_nor_sandbox_nor_generator_is_installed(python):
    assert packages(python) & {"spot-api-client", "spot-sandbox", "openapi-python-client", "httpx2", "uvicorn"} == set()


def test_the_environment_is_small(python):
    assert megabytes(python.parents[1]) < _MEGABYTES


def test_the_distribution_requires_what_the_suite_requires_here():
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


def test_the_command_is_installed_under_its_name_and_as_a_module(installation, tmp_path):
    version = tomllib.loads((ROOT / "contract_tests" / "pyproject.toml").read_text())["project"]["version"]
    for command in ([installation.command], [installation.python, "-m", "spot_contract"]):
        assert call(*command, "--version", cwd=tmp_path) == (0, f"spot-contract {version}\n")


def test_without_an_address_it_says_what_to_do(installation, tmp_path):
    status, output = call(installation.command, cwd=tmp_path)
    assert status == 2
    assert "--base-url" in output


@pytest.mark.parametrize(
    ("name", "rule", "expected"), [("fastapi", "authentication", 0), ("drf_jsonfield", "refusal.type", 1)]
)
def test_stock_servers_are_judged_without_the_checkout(installation, tmp_path, name, rule, expected):
    server = StockServer(name)
    if (why := server.why_skipped()) is not None:
        pytest.skip(why)
    (tmp_path / "conformance.toml").write_text('forms = "none"')
    with serving(server.command(sys.executable), TOKEN, {}, name) as url:
        options = ("--base-url", url, "--profile", "quick", "--report-dir", tmp_path, "--rule", rule)
        status, output = call(installation.command, *options, cwd=tmp_path)
    assert status == expected, output[-2000:]
    verdict = r"^DOES NOT CONFORM: \d+ findings? in \d+ rules?" if expected else "^CONFORMS: "
    assert re.search(verdict, output, re.MULTILINE)
    assert {path.name for path in tmp_path.iterdir()} >= {"report.html", "report.json", "junit.xml"}
