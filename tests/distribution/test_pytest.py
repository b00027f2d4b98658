"""pytest users: the suite within a run of theirs, and applications judged from within their tests."""

import subprocess

import pytest
import users_project
from console import TOKEN
from installed import build, clean, environment_with
from suite_process import sandbox

ASKED = ("--pyargs", "spot_contract", "--rule", "methods")


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """An environment with spot-contract, its extras, and plugins that have options of the same names."""
    folder = tmp_path_factory.mktemp("user")
    wheel = build(folder)
    others = ("pytest-timeout", "pytest-base-url", "pytest-xdist")
    return environment_with(folder / "venv", f"{wheel}[asgi,wsgi]", *others)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "pytest.ini").write_text(users_project.PYTEST_INI)
    (tmp_path / "conftest.py").write_text(users_project.CONFTEST)
    (tmp_path / "check_own.py").write_text(users_project.OWN_TESTS)
    (tmp_path / "conformance.toml").write_text('forms = "none"')
    return tmp_path


@pytest.fixture(scope="module")
def url():
    with sandbox() as address:
        yield address


def pytest_run(python, project, *arguments):
    done = subprocess.run(
        [python, "-m", "pytest", *arguments],
        cwd=project,
        env=clean(SPOT_API_TOKEN=TOKEN),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_run_that_does_not_ask_for_the_suite_is_as_it_was(python, project):
    status, told = pytest_run(python, project, "check_own.py")
    assert status == 0, told
    assert "1 passed" in told
    assert "contract suite" not in told
    _, options = pytest_run(python, project, "--help")
    assert "--allow-orders" not in options


def test_the_suite_runs_beside_options_and_settings_of_the_same_names(python, project, url):
    status, told = pytest_run(python, project, *ASKED, "--base-url", url, "--spot-profile", "quick")
    assert status == 0, told
    assert told.rstrip().splitlines()[-1].startswith("CONFORMS: 4 rules judged")


def test_rules_and_tests_of_the_user_run_together(python, project, url):
    options = ("--base-url", url, "--spot-profile", "quick")
    status, told = pytest_run(python, project, *ASKED, *options, "check_own.py")
    assert status == 0, told
    assert "5 passed" in told


def test_a_failure_of_the_users_own_is_shown_and_fails_the_run(python, project, url):
    (project / "check_bad.py").write_text(users_project.OWN_FAILURE)
    options = ("--base-url", url, "--spot-profile", "quick")
    status, told = pytest_run(python, project, *ASKED, *options, "check_bad.py")
    assert status == 1
    assert "their own failure" in told


def test_xdist_is_taken_for_connections(python, project, url):
    status, told = pytest_run(python, project, *ASKED, "--base-url", url, "--spot-profile", "quick", "-n", "2")
    assert status == 0, told
    assert "2 connections" in told


def test_a_broken_rule_fails_the_users_run(python, project):
    with sandbox("--fault", "put-accepted") as faulty:
        status, told = pytest_run(
            python, project, *ASKED, "--base-url", faulty, "--spot-profile", "quick", "check_own.py"
        )
    assert status == 1
    assert "methods.refused" in told


def test_applications_are_judged_by_the_fixture(python, project):
    (project / "check_in.py").write_text(users_project.IN_PROCESS)
    status, told = pytest_run(python, project, "check_in.py")
    assert status == 0, told
    assert "3 passed" in told
