"""Servers for the client, and nothing of the environment or of waiting in its way."""

import os
import sys

import pytest
from client_orders import KIT_TYPES, ROOT, TOKEN
from client_wire import WireServer, answer_each
from spot_api_client._runtime.transport import engine
from spot_tools.processes.serving import serving


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch):
    for name in list(os.environ):
        if name.startswith("SPOT_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    """Pauses between attempts are noted instead of waited out, in `pauses`."""
    engine_pauses = []

    async def note(seconds):
        engine_pauses.append(seconds)

    monkeypatch.setattr(engine, "sleep", engine_pauses.append)
    monkeypatch.setattr(engine, "sleep_in_task", note)
    return engine_pauses


@pytest.fixture
def pauses(_no_waiting):
    return _no_waiting


@pytest.fixture
def wire():
    with WireServer() as server:
        yield server


@pytest.fixture
def orders(wire):
    """A server that keeps connections, and answers each order by a 201 that repeats it."""
    wire.script = [answer_each]
    return wire


def running_sandbox(database):
    pytest.importorskip("jsonschema_rs", reason="the sandbox's dependencies are not installed here")
    command = [sys.executable, "-m", "spot_sandbox", "--port", "0", "--database", str(database)]
    return serving(command, TOKEN, {"PYTHONPATH": str(ROOT / "sandbox")}, "The sandbox")


@pytest.fixture(scope="session")
def sandbox():
    """The address of a sandbox, started as a process."""
    with running_sandbox(":memory:") as address:
        yield address


@pytest.fixture(scope="session")
def sandbox_rows(tmp_path_factory):
    """The address of a sandbox, and the file that its orders are in."""
    database = tmp_path_factory.mktemp("sandbox") / "orders.db"
    with running_sandbox(database) as address:
        yield address, database


@pytest.fixture(scope="session")
def drf():
    """The address of a real Django REST Framework service, started as a process."""
    pytest.importorskip("rest_framework", reason="Django REST Framework is not installed here")
    known = [option for kit_type in KIT_TYPES for option in ("--kit-type", kit_type)]
    script = ROOT / "tests" / "servers" / "drf" / "serve.py"
    with serving([sys.executable, script, "--port", "0", *known], TOKEN, {}, "The service") as address:
        yield address
