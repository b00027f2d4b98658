"""The examples run as they stand."""

import asyncio
import os
import subprocess
import sys

import httpx2
import pytest
from client_orders import ROOT, TOKEN, a_recipient, an_address, an_answer, an_order
from spot_api_client import AddressCountry, AsyncSpotClient, SpotClient

EXAMPLES = ROOT / "examples"


def run(*command, **variables):
    return subprocess.run(
        [sys.executable, *command], env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )


@pytest.fixture(autouse=True)
def _examples_on_the_path(monkeypatch):
    monkeypatch.syspath_prepend(str(EXAMPLES))


def test_order_one_kit(sandbox):
    done = run(EXAMPLES / "order_one_kit.py", SPOT_API_TOKEN=TOKEN, SPOT_BASE_URL=sandbox)
    assert done.stderr == ""
    assert " is pending since 20" in done.stdout


def test_order_one_kit_without_a_token_says_what_to_do():
    done = run(EXAMPLES / "order_one_kit.py")
    assert done.stderr.splitlines()[-1].startswith("ValueError: There is no token: pass token= or set SPOT_API_TOKEN")


def test_order_many_sums_up_the_outcomes(sandbox):
    from order_many import order_many  # noqa: PLC0415 - found on the path that the fixture sets

    mexico = a_recipient(address=an_address(country=AddressCountry("MX")))

    async def go():
        async with AsyncSpotClient(token=TOKEN, base_url=sandbox) as client:
            return await order_many(client, [a_recipient()] * 5 + [mexico], kit_types=["health_kit_1"], at_a_time=3)

    made, summary = asyncio.run(go())
    assert len(set(made)) == 5
    assert summary == {"made": 5, "rejected (400)": 1}


@pytest.mark.parametrize("at_a_time", [1, 4])
def test_order_many_is_bounded(at_a_time):
    from order_many import order_many  # noqa: PLC0415 - found on the path that the fixture sets

    under_way, most = 0, 0

    async def handle(_):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        raise [httpx2.ConnectError, httpx2.ReadTimeout][most % 2]("text")

    async def go():
        transport = httpx2.MockTransport(handle)
        async with AsyncSpotClient(token=TOKEN, transport=transport, max_retries=0) as client:
            return await order_many(client, [a_recipient()] * 12, kit_types=["k"], at_a_time=at_a_time)

    made, summary = asyncio.run(go())
    assert (made, most, sum(summary.values())) == ([], at_a_time, 12)
    assert set(summary) <= {"not sent", "unknown"}


@pytest.mark.parametrize(
    ("answer", "identifier", "noted"),
    [
        (httpx2.Response(201, json=an_answer()), "O1234567", None),
        (httpx2.Response(201, json={"order_id": "O7"}), "O7", None),
        (httpx2.Response(201, content=b""), None, "ask"),
        (httpx2.Response(503), None, "ask"),
        (httpx2.ReadTimeout("text"), None, "ask"),
        (httpx2.ConnectError("text"), None, "again"),
        (httpx2.Response(429, headers={"Retry-After": "9000"}), None, "again"),
        (httpx2.Response(400, json={"error": {"detail": "The zip field is required"}}), None, "mend"),
        (httpx2.Response(401), None, "stop"),
        (httpx2.Response(413), None, "mend"),
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


@pytest.mark.parametrize("name", ["mock_transport.py", "test_with_sandbox.py"])
def test_test_suites_of_others_pass(name):
    if name == "test_with_sandbox.py":
        pytest.importorskip("jsonschema_rs", reason="the sandbox's dependencies are not installed here")
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", EXAMPLES / name, PYTHONPATH=str(ROOT / "sandbox"))
    assert done.returncode == 0, done.stdout + done.stderr
