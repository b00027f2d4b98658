"""The wheels of client and sandbox, each in an empty environment, as a user gets them."""

import re
import tomllib
import zipfile
from pathlib import Path

import pytest
from installation import UV, environment_with, packages, run
from suite_process import ROOT

IMPORT_ALL = """
import importlib, pkgutil, {package} as root
for module in pkgutil.walk_packages(root.__path__, root.__name__ + "."):
    if not module.name.endswith(("__main__", "testing.plugin", "testing.transports", "store.postgresql")):
        importlib.import_module(module.name)
"""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory) -> dict[str, Path]:
    """The wheels of client and sandbox, in one folder."""
    folder = tmp_path_factory.mktemp("wheels")
    for project in (ROOT, ROOT / "sandbox"):
        run(*UV, "build", "--quiet", "--wheel", "--out-dir", folder, project)
    [client], [sandbox] = folder.glob("spot_api_client-*.whl"), folder.glob("spot_sandbox-*.whl")
    return {"client": client, "sandbox": sandbox}


def opened(wheel: Path, folder: Path) -> tuple[zipfile.ZipFile, Path]:
    """A wheel, and the interpreter of an environment with it alone."""
    return zipfile.ZipFile(wheel), environment_with(folder / "environment", wheel)


@pytest.fixture(scope="module")
def client(wheels, tmp_path_factory):
    return opened(wheels["client"], tmp_path_factory.mktemp("client"))


@pytest.fixture(scope="module")
def sandbox(wheels, tmp_path_factory):
    return opened(wheels["sandbox"], tmp_path_factory.mktemp("sandbox"))


def test_each_wheel_carries_the_licence(wheels, installation):
    for wheel in (*wheels.values(), installation.wheel):
        archive = zipfile.ZipFile(wheel)
        held = [archive.read(name) for name in archive.namelist() if name.endswith(".dist-info/licenses/LICENSE")]
        assert held == [(ROOT / "LICENSE").read_bytes()]


def test_every_module_of_the_client_imports(client):
    run(client[1], "-W", "error", "-c", IMPORT_ALL.format(package="spot_api_client"))


def test_the_client_needs_httpx2_and_attrs_alone(client):
    metadata = next(name for name in client[0].namelist() if name.endswith("METADATA"))
    text = client[0].read(metadata).decode()
    assert set(re.findall(r"^Requires-Dist: ([a-z0-9-]+)(?!.*extra)", text, re.MULTILINE)) == {"httpx2", "attrs"}


def test_the_client_brings_nothing_but_its_dependencies_and_theirs(client):
    of_httpx2 = {"anyio", "h11", "httpcore2", "idna", "truststore", "typing-extensions"}
    names = packages(client[1])
    assert {"spot-api-client", "httpx2", "attrs"} <= names <= {"spot-api-client", "httpx2", "attrs", *of_httpx2}


def test_the_clients_wheel_is_typed_and_holds_the_client_alone(client):
    names = client[0].namelist()
    assert "spot_api_client/py.typed" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"spot_api_client"}
    assert not [name for name in names if "__pycache__" in name or ".draft" in name]


def test_the_wheel_holds_the_committed_files(client):
    for path in (ROOT / "generated" / "spot_api_client").rglob("*.py"):
        assert client[0].read(path.relative_to(ROOT / "generated").as_posix()) == path.read_bytes()


def test_every_module_of_the_sandbox_imports(sandbox):
    run(sandbox[1], "-c", IMPORT_ALL.format(package="spot_sandbox"))


def test_the_sandboxs_wheel_carries_the_corrected_document(sandbox):
    archive = sandbox[0]
    document = (ROOT / "openapi" / "effective" / "contract.yaml").read_bytes()
    assert [name for name in archive.namelist() if archive.read(name) == document]


def test_the_sandbox_installs_its_command(sandbox):
    assert "--port" in run(sandbox[1].with_name("spot-sandbox"), "--help")


def test_the_sandbox_asks_for_the_same_in_both_places():
    own = tomllib.loads((ROOT / "sandbox" / "pyproject.toml").read_text())["project"]["dependencies"]
    group = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["sandbox"]
    assert sorted(own) == sorted(group)


FIRST_TEST = """
from spot_api_client import Address, AddressCountry, OutcomeUnknownError, Recipient
import pytest

def test_lost_answer_is_no_reason_to_order_again(spot_sandbox):
    home = Address(street1="1 Main St", city="Springfield", state="IL", country=AddressCountry.US, zip_="62704")
    alice = Recipient(first_name="Alice", last_name="Smith", email="a@example.com", phone="555-0100", address=home)
    spot_sandbox.fail_next("drop after commit")
    with pytest.raises(OutcomeUnknownError):
        spot_sandbox.client.create_order(kit_types=["health_kit_1"], recipient=alice)
    assert len(spot_sandbox.orders) == 1
"""


def test_extra_installs_the_sandbox_of_the_same_release_and_its_fixture(wheels, tmp_path):
    found = ("--find-links", wheels["client"].parent)
    python = environment_with(tmp_path / "venv", *found, "spot-api-client[sandbox]", "pytest")
    (tmp_path / "test_first.py").write_text(FIRST_TEST)
    assert "1 passed" in run(
        python, "-m", "pytest", "-W", "error", "-p", "no:cacheprovider", tmp_path / "test_first.py"
    )


def test_distributions_of_one_release_have_one_version():
    projects = {
        folder: tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        for folder in (".", "sandbox", "contract_tests")
    }
    [version] = {project["version"] for project in projects.values()}
    assert projects["."]["optional-dependencies"]["sandbox"] == [f"spot-sandbox=={version}"]
