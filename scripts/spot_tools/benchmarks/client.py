"""Compare the client with bare httpx2: the duration of a call, and of the import.

Exit codes: 0 both are within their limits, 1 one is not, 2 could not measure.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from typing import Any

import httpx2

from spot_tools.checkout.layout import Layout
from spot_tools.errors import ToolError, exit_code

from .load import ORDER, PATH

MOST_PER_CALL = 1.10
"""The limit for the duration of a call, as a multiple of the same call by bare httpx2."""

MOST_FOR_IMPORT = 0.040
"""The limit for the import, in seconds beyond the import of httpx2."""

_ROUNDS = 300
_CALLS = 10
_IMPORTS = 7

_TOKEN = "bench-token"  # noqa: S105 - made up, for a server that ignores it
_ANSWER: dict[str, Any] = {
    "order_id": "O1234567",
    "created": "2023-01-01T04:30:11.222Z",
    "status": "pending",
    "kits": [],
    **ORDER,
}

# Runs in a separate process, so that its work is not measured.
_SERVER = """
import socket, sys, threading
answer = sys.stdin.buffer.read()
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
def serve(connection):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    data = b""
    while chunk := connection.recv(65536):
        data += chunk
        head, mark, body = data.partition(b"\\r\\n\\r\\n")
        if mark and len(body) >= int(head.lower().partition(b"content-length:")[2].split()[0]):
            connection.sendall(answer)
            data = b""
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
"""


def main(arguments: list[str]) -> int:
    """Run the command; return its exit code."""
    argparse.ArgumentParser(prog="scripts/bench client", description=(__doc__ or "").splitlines()[0]).parse_args(
        arguments
    )
    return exit_code("scripts/bench client", _run)


def _run() -> int:
    bare, ours = per_call()
    ratio = ours / bare
    beyond, whole = per_import()
    print(f"one call: bare httpx2 {bare * 1e6:.0f} µs, the client {ours * 1e6:.0f} µs, ratio {ratio:.3f}")
    print(f"import: {whole * 1e3:.0f} ms, of which {beyond * 1e3:.0f} ms beyond httpx2's own")
    slow = ratio > MOST_PER_CALL or beyond > MOST_FOR_IMPORT
    print(f"limits: ratio {MOST_PER_CALL:.2f}, {MOST_FOR_IMPORT * 1e3:.0f} ms: {'TOO SLOW' if slow else 'OK'}")
    return 1 if slow else 0


def per_call() -> tuple[float, float]:
    """The seconds of a call by bare httpx2 and by the client, from the fastest round of each."""
    sys.path.insert(0, str(Layout.here().package.parent))
    from spot_api_client import Address, AddressCountry, Recipient, SpotClient  # noqa: PLC0415 - needs the path above

    person = ORDER["recipient"]
    address = {name: value for name, value in person["address"].items() if name not in ("country", "zip")}
    recipient = Recipient(
        **{name: value for name, value in person.items() if name != "address"},
        address=Address(**address, country=AddressCountry.US, zip_="02134"),
    )
    with _server() as base_url, httpx2.Client() as http, SpotClient(token=_TOKEN, base_url=base_url) as client:
        headers = {"Authorization": f"Token {_TOKEN}", "Accept": "application/json"}

        def bare() -> None:
            response = http.post(f"{base_url}{PATH}", json=ORDER, headers=headers, timeout=30)
            response.raise_for_status()
            response.json()

        def ours() -> None:
            client.create_order(kit_types=ORDER["kit_types"], recipient=recipient, metadata=ORDER["metadata"])

        pairs = [(_time(bare), _time(ours)) for _ in range(_ROUNDS)]
    # The fastest of many short rounds is the least disturbed by other work of the machine.
    return min(first for first, _ in pairs), min(second for _, second in pairs)


def per_import() -> tuple[float, float]:
    """Processor seconds of importing the client, beyond httpx2 and in all; the minimum of several runs."""
    with tempfile.TemporaryDirectory() as compiled:
        # Installed packages are compiled, so the checkout is compiled as well.
        environment = {**os.environ, "PYTHONPATH": str(Layout.here().package.parent), "PYTHONPYCACHEPREFIX": compiled}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        pairs = [
            (_import_seconds("httpx2", environment), _import_seconds("spot_api_client", environment))
            for _ in range(_IMPORTS)
        ]
    httpx_alone, whole = min(first for first, _ in pairs), min(second for _, second in pairs)
    return max(0.0, whole - httpx_alone), whole


def _import_seconds(module: str, environment: dict[str, str]) -> float:
    program = f"import time; start = time.process_time(); import {module}; print(time.process_time() - start)"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ToolError(f"{module} cannot be imported: {done.stderr.strip().splitlines()[-1]}")
    return float(done.stdout)


def _time(call: Callable[[], None]) -> float:
    start = time.perf_counter()
    for _ in range(_CALLS):
        call()
    return (time.perf_counter() - start) / _CALLS


@contextlib.contextmanager
def _server() -> Generator[str]:
    """Run a server that responds to every order with the same 201; yield its address."""
    body = json.dumps(_ANSWER).encode()
    head = f"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    process = subprocess.Popen([sys.executable, "-c", _SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdin is not None  # noqa: S101 - for the type checker
        assert process.stdout is not None  # noqa: S101 - for the type checker
        process.stdin.write(head.encode() + body)
        process.stdin.close()
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()
