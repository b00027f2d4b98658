"""The examples and the programs of the README run as they stand, and what the README links to is there."""

import os
import re
import subprocess
import sys

import httpx2
import pytest
from client_orders import ROOT, TOKEN, an_answer, an_order
from spot_api_client import SpotClient

EXAMPLES = ROOT / "examples"
README = (ROOT / "README.md").read_text(encoding="utf-8")


def run(*command, **variables):
    return subprocess.run(
        [sys.executable, *command], env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )


@pytest.fixture(autouse=True)
def _examples_on_the_path(monkeypatch):
    monkeypatch.syspath_prepend(str(EXAMPLES))


def of_the_readme(word):
    """The one program of the README that holds this word."""
    [found] = [text for text in re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL) if word in text]
    return found


def test_order_of_the_readme_is_placed(sandbox):
    done = run("-c", of_the_readme("print(order.order_id"), SPOT_API_TOKEN=TOKEN, SPOT_BASE_URL=sandbox)
    assert re.match(r"O\d{7} pending ", done.stdout), done.stderr


def test_order_one_kit(sandbox):
    done = run(EXAMPLES / "order_one_kit.py", SPOT_API_TOKEN=TOKEN, SPOT_BASE_URL=sandbox)
    assert done.stderr == ""
    assert " is pending since 20" in done.stdout


def test_order_one_kit_without_a_token_ends_with_advice():
    done = run(EXAMPLES / "order_one_kit.py")
    advice = done.stderr.splitlines()[-1]
    assert advice.startswith("ValueError: ")
    assert "token: pass token= or set SPOT_API_TOKEN" in advice


TABLE = """\
reference,kit_types,first_name,last_name,email,phone,street1,city,state,zip,country
r-1,health_kit_1,Ann,Lee,ann@example.com,555-0100,1 Elm St,Boston,MA,02134,US
r-2,health_kit_1 health_kit_2,Bo,Ray,bo@example.com,555-0101,2 Elm St,Boston,MA,02134,US
r-3,health_kit_1,Cy,Fox,cy@example.com,555-0102,3 Elm St,Springfield,ZZ,72000,ZZ
"""


def test_order_many_goes_on_where_it_ended(sandbox, tmp_path):
    pytest.importorskip("rich", reason="rich is not installed here")
    (tmp_path / "orders.csv").write_text(TABLE)
    command = [EXAMPLES / "order_many.py", tmp_path / "orders.csv", tmp_path / "orders.db"]
    for _ in range(2):
        done = run(*command, SPOT_API_TOKEN=TOKEN, SPOT_BASE_URL=sandbox)
        assert done.stderr == ""
        assert "{'ordered': 2, 'rejected': 1}" in done.stdout
        assert "r-3: rejected: create_order was rejected: 400 bad_request" in done.stdout


@pytest.mark.parametrize(
    ("answer", "identifier", "noted"),
    [
        (httpx2.Response(201, json=an_answer()), "O1234567", None),
        (httpx2.Response(201, json={"order_id": "O7"}), "O7", None),
        (httpx2.Response(201, content=b""), None, "check"),
        (httpx2.Response(503), None, "check"),
        (httpx2.ReadTimeout("text"), None, "check"),
        (httpx2.ConnectError("text"), None, "retry"),
        (httpx2.Response(429, headers={"Retry-After": "9000"}), None, "retry"),
        (httpx2.Response(400, json={"error": {"detail": "The zip field is required"}}), None, "correct"),
        (httpx2.Response(401), None, "stop"),
        (httpx2.Response(413), None, "correct"),
    ],
)
def test_handle_outcomes(answer, identifier, noted):
    from handle_outcomes import place  # noqa: PLC0415 - found on the path that the fixture sets

    def handle(_):
        if isinstance(answer, Exception):
            raise answer
        return answer

    notes = []
    with SpotClient(token=TOKEN, transport=httpx2.MockTransport(handle)) as client:
        assert place(client, lambda what, text: notes.append((what, text)), **an_order()) == identifier
    assert [what for what, _ in notes] == ([noted] if noted else [])


def assert_tests_pass(file, *options):
    # Other plugins of this environment take seconds to import.
    variables = {"PYTHONPATH": str(ROOT / "sandbox"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", *options, file, **variables)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def with_sandbox():
    """The option that gives tests the sandbox; that pytest finds it by itself, tests/distribution/installed tries."""
    pytest.importorskip("jsonschema_rs", reason="the sandbox's dependencies are not installed here")
    return "-p", "spot_sandbox.testing.plugin"


def test_example_of_a_test_without_a_server_passes():
    assert_tests_pass(EXAMPLES / "mock_transport.py")


def test_example_of_a_test_with_the_sandbox_passes(with_sandbox):
    assert_tests_pass(EXAMPLES / "test_with_sandbox.py", *with_sandbox)


def test_first_test_of_the_readme_passes(with_sandbox, tmp_path):
    (tmp_path / "test_first.py").write_text(of_the_readme("def test_lost_answer"), encoding="utf-8")
    assert_tests_pass(tmp_path / "test_first.py", *with_sandbox)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)[^)]*\)", README))))
def test_what_the_readme_links_to_is_there(link):
    assert (ROOT / link).exists()
