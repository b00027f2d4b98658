"""The speed of the sandbox beside a bare uvicorn application that gives every request the same response.

Exit codes: 0 the sandbox in memory has at least a quarter of its speed, 1 it has not, 2 could not measure.
"""

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path

from spot_tools.environment import ROOT, say
from spot_tools.errors import ToolError, exit_code

from . import load

_START_SECONDS = 60
_TOKEN = "bench-token"  # noqa: S105 - made up, for servers on loopback
_CREATED = b"HTTP/1.1 201"
_LEAST = 0.25  # Of the orders per second of the bare application.
_MEMORY, _FILE, _BARE = "sandbox, memory", "sandbox, file", "bare uvicorn"

# Only reads the body and responds, with the same settings as the sandbox.
_BARE_PROGRAM = """
import sys, uvicorn
answer = sys.argv[2].encode()
headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
async def app(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": answer})
uvicorn.run(app, port=int(sys.argv[1]), http="httptools", loop="asyncio", ws="none", lifespan="off",
            access_log=False, log_config=None, server_header=False, proxy_headers=False)
"""

Command = Callable[[int], list[str]]
"""The command that starts a server on a port."""


@dataclass
class Figures:
    """The measurements of one server, one value per round."""

    rates: list[float] = field(default_factory=list[float])
    starts: list[float] = field(default_factory=list[float])
    megabytes: list[float] = field(default_factory=list[float])
    processor: list[float] = field(default_factory=list[float])  # Microseconds of processor time per order.


def main(arguments: list[str]) -> int:
    """Measure and compare; return the exit code."""
    options = _parser().parse_args(arguments)
    return exit_code("scripts/bench sandbox", lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as name:
        found = _measure(_servers(Path(name)), options.rounds, options.seconds, options.connections)
    _print(found)
    return 0 if max(found[_MEMORY].rates) >= _LEAST * max(found[_BARE].rates) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench sandbox", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="how often to measure each server (default: 3)")
    parser.add_argument("--seconds", type=float, default=3.0, help="duration of each measurement (default: 3)")
    parser.add_argument("--connections", type=int, default=8, help="number of connections (default: 8)")
    return parser


def _servers(folder: Path) -> dict[str, Command]:
    """The sandbox, with orders in memory and in a file, and the bare application with one of its responses."""

    def sandbox(*options: str) -> Command:
        return lambda port: [sys.executable, "-m", "spot_sandbox", "--port", str(port), "--token", _TOKEN, *options]

    memory = sandbox()
    with _running(_MEMORY, memory) as (port, _, _):
        answer = _order(port).partition(b"\r\n\r\n")[2].decode()
    return {
        _MEMORY: memory,
        _FILE: sandbox("--database", str(folder / "orders.db")),
        _BARE: lambda port: [sys.executable, "-c", _BARE_PROGRAM, str(port), answer],
    }


def _measure(servers: dict[str, Command], rounds: int, seconds: float, connections: int) -> dict[str, Figures]:
    """Measure all servers in turn, round by round, so that other work of the machine affects all of them."""
    found = {name: Figures() for name in servers}
    for number in range(rounds):
        for name, command in servers.items():
            say(f"round {number + 1} of {rounds}: {name}", aside=True)
            with _running(name, command) as (port, process, start):
                found[name].starts.append(start)
                before = _processor_seconds(process.pid)
                rate = load.orders_per_second(port, _TOKEN, connections, seconds)
                spent = _processor_seconds(process.pid) - before
                found[name].rates.append(rate)
                found[name].processor.append(spent / (rate * seconds) * 1e6)
                found[name].megabytes.append(_memory(process.pid))
    return found


def _print(found: dict[str, Figures]) -> None:
    """Print a table with the best of all rounds, which is the least disturbed by other work of the machine."""
    own = max(found[_MEMORY].rates)
    say(f"{'':18}{'orders/s':>10}{'ratio':>8}{'start, s':>10}{'memory, MB':>12}{'processor, µs/order':>22}")
    for name, each in found.items():
        rate = max(each.rates)
        cells = f"{rate:>10,.0f}{rate / own:>8.2f}{min(each.starts):>10.2f}{min(each.megabytes):>12.0f}"
        cells += f"{min(each.processor):>22.0f}"
        say(f"{name:18}{cells}")


@contextlib.contextmanager
def _running(name: str, command: Command) -> Generator[tuple[int, subprocess.Popen[bytes], float]]:
    """Run a server on a free port; yield the port, the process and the seconds until it accepted an order."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "sandbox")}
    begun = time.perf_counter()
    process = subprocess.Popen(command(port), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _order(port).startswith(_CREATED):
            if process.poll() is not None or time.perf_counter() - begun > _START_SECONDS:
                raise ToolError(f"{name} did not start, or did not accept an order.")
            time.sleep(0.005)
        yield port, process, time.perf_counter() - begun
    finally:
        process.kill()
        process.wait()


def _order(port: int) -> bytes:
    """The response to one order; empty where no server listens."""
    response = b""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(load.request(_TOKEN))
        while not load.is_complete(response) and (data := connection.recv(65536)):
            response += data
    return response


def _processor_seconds(pid: int) -> float:
    """The processor time of a process; 0 where the system has no /proc."""
    file = Path(f"/proc/{pid}/stat")
    if not file.exists():
        return 0.0
    user, system = file.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> float:
    """The resident memory of a process, in megabytes."""
    done = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return int(done.stdout.strip() or 0) / 1024
