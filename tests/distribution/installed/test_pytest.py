"""pytest users: the suite within a run of theirs, and applications judged from within their tests."""

import pytest
import users_project
from installation import call, environment_with

SUITE = ("--pyargs", "spot_contract", "--rule", "methods", "--spot-profile", "quick", "--base-url")


@pytest.fixture(scope="module")
def python(installation, tmp_path_factory):
    """An environment with spot-contract, its extras, and plugins that have options of the same names."""
    others = ("pytest-timeout", "pytest-base-url", "pytest-xdist")
    # Most modules are never imported, so they are compiled when they are.
    return environment_with(
        tmp_path_factory.mktemp("user") / "environment",
        f"{installation.wheel}[asgi,wsgi]",
        *others,
    )


@pytest.fixture
def project(tmp_path):
    (tmp_path / "pytest.ini").write_text(users_project.PYTEST_INI)
    (tmp_path / "conftest.py").write_text(users_project.CONFTEST)
    (tmp_path / "check_own.py").write_text(users_project.OWN_TESTS)
    (tmp_path / "conformance.toml").write_text('forms = "none"')
    return tmp_path


def pytest_run(python, project, *arguments):
    return call(python, "-m", "pytest", *arguments, cwd=project, PYTHONDONTWRITEBYTECODE="")


def test_a_run_that_does_not_ask_for_the_suite_is_unchanged(python, project):
    (project / "check_options.py").write_text(users_project.NO_OPTIONS_OF_THE_SUITE)
    status, output = pytest_run(python, project, "check_own.py", "check_options.py")
    assert status == 0, output
    assert "2 passed" in output
    assert "contract suite" not in output


def test_the_suite_runs_beside_tests_options_and_settings_of_the_user(python, project, correct_server):
    status, output = pytest_run(python, project, *SUITE, correct_server, "check_own.py")
    assert status == 0, output
    assert "5 passed" in output
    assert "CONFORMS: 4 rules judged" in output


def test_processes_of_xdist_become_connections_and_a_failure_of_the_user_fails_the_run(python, project, correct_server):
    (project / "check_bad.py").write_text(users_project.OWN_FAILURE)
    status, output = pytest_run(python, project, *SUITE, correct_server, "-n", "2", "check_bad.py")
    assert status == 1
    assert "2 connections" in output
    assert "CONFORMS: 4 rules judged" in output
    assert "their own failure" in output


def test_a_broken_rule_fails_the_users_run(python, project, faulty_server):
    status, output = pytest_run(python, project, *SUITE, faulty_server, "check_own.py")
    assert status == 1
    assert "methods.refused" in output


def test_applications_are_judged_by_the_fixture(python, project):
    (project / "check_in.py").write_text(users_project.IN_PROCESS)
    status, output = pytest_run(python, project, "check_in.py")
    assert status == 0, output
    assert "3 passed" in output
