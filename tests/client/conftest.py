import contextlib
import os
import re
import subprocess
import sys

import pytest
from client_orders import KIT_TYPES, ROOT, TOKEN
from client_wire import WireServer, answer_each
from spot_api_client._runtime.transport import engine


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


@pytest.fixture(scope="session")
def sandbox():
    """The address of a sandbox, started as a process."""
    with _running_sandbox(":memory:") as address:
        yield address


@pytest.fixture(scope="session")
def sandbox_rows(tmp_path_factory):
    """The address of a sandbox, and the file that its orders are in."""
    database = tmp_path_factory.mktemp("sandbox") / "orders.db"
    with _running_sandbox(database) as address:
        yield address, database


@contextlib.contextmanager
def _running_sandbox(database):
    pytest.importorskip("jsonschema_rs", reason="the sandbox's dependencies are not installed here")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "sandbox"), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "spot_sandbox", "--port", "0", "--token", TOKEN, "--database", str(database)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield _address(process)
    process.terminate()
    process.communicate(timeout=10)


@pytest.fixture(scope="session")
def drf():
    """The address of a real Django REST Framework service, started as a process."""
    pytest.importorskip("rest_framework", reason="Django REST Framework is not installed here")
    script = ROOT / "tests" / "servers" / "drf" / "serve.py"
    known = [option for kit_type in KIT_TYPES for option in ("--kit-type", kit_type)]
    process = subprocess.Popen(
        [sys.executable, str(script), "--port", "0", "--token", TOKEN, *known], stdout=subprocess.PIPE, text=True
    )
    address = _address(process)
    yield address
    process.terminate()
    process.communicate(timeout=10)


def _address(process):
    for line in process.stdout:
        if found := re.search(r"http://[\d.]+:\d+", line):
            return found.group()
    raise AssertionError("the server ended without telling its address")
