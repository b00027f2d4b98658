"""The speed of the sandbox compared with Prism, Scalar's mock server and a bare uvicorn application.

Exit codes: 0 the sandbox in memory is as fast as Scalar's mock server, 1 it is not, 2 could not measure.
"""

import argparse
import contextlib
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

from spot_tools.environment import say
from spot_tools.errors import ToolError, exit_code

from . import load, peers

_START_SECONDS = 60
_TOKEN = "bench-token"  # noqa: S105 - made up, for servers on loopback
_CREATED = b"HTTP/1.1 201"


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
        found = _measure(_contenders(Path(name)), options.rounds, options.seconds, options.connections)
    _print(found)
    own, other = found["sandbox, memory"], found.get(peers.SCALAR)
    return 0 if other is None or max(own.rates) >= max(other.rates) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench sandbox", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="how often to measure each server (default: 3)")
    parser.add_argument("--seconds", type=float, default=3.0, help="duration of each measurement (default: 3)")
    parser.add_argument("--connections", type=int, default=8, help="number of connections (default: 8)")
    return parser


def _contenders(folder: Path) -> list[peers.Peer]:
    mine = peers.ours(_TOKEN, folder)
    with _running(mine[0]) as (port, _, _):
        answer = _order(port).partition(b"\r\n\r\n")[2].decode()
    return [*mine, peers.bare(answer), *peers.of_node()]


def _measure(contenders: list[peers.Peer], rounds: int, seconds: float, connections: int) -> dict[str, Figures]:
    """Measure all servers in turn, round by round, so that other work of the machine affects all of them."""
    found = {each.name: Figures() for each in contenders}
    for number in range(rounds):
        for each in contenders:
            say(f"round {number + 1} of {rounds}: {each.name}", aside=True)
            with _running(each) as (port, process, start):
                found[each.name].starts.append(start)
                before = _processor_seconds(process.pid)
                rate = load.orders_per_second(port, _TOKEN, connections, seconds)
                spent = _processor_seconds(process.pid) - before
                found[each.name].rates.append(rate)
                found[each.name].processor.append(spent / (rate * seconds) * 1e6)
                found[each.name].megabytes.append(_memory(process.pid))
    return found


def _print(found: dict[str, Figures]) -> None:
    """Print a table with the best of all rounds, which is the least disturbed by other work of the machine."""
    own = max(found["sandbox, memory"].rates)
    say(f"{'':18}{'orders/s':>10}{'ratio':>8}{'start, s':>10}{'memory, MB':>12}{'processor, µs/order':>22}")
    for name, each in found.items():
        rate = max(each.rates)
        cells = f"{rate:>10,.0f}{rate / own:>8.2f}{min(each.starts):>10.2f}{min(each.megabytes):>12.0f}"
        cells += f"{min(each.processor):>22.0f}"
        say(f"{name:18}{cells}")


@contextlib.contextmanager
def _running(peer: peers.Peer) -> Generator[tuple[int, subprocess.Popen[bytes], float]]:
    """Run a server on a free port; yield the port, the process and the seconds until it accepted an order."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, **peer.environment}
    begun = time.perf_counter()
    process = subprocess.Popen(
        peer.on(port), cwd=peer.folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not _order(port).startswith(_CREATED):
            if process.poll() is not None or time.perf_counter() - begun > _START_SECONDS:
                raise ToolError(f"{peer.name} did not start, or did not accept an order.")
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
