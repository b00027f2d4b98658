"""Start-up time and orders per second: python tests/sandbox/bench_sandbox.py [--connections 8] [--seconds 5]."""

from __future__ import annotations

import argparse
import selectors
import signal
import socket
import tempfile
import time
from pathlib import Path

from sandbox_process import Process
from sandbox_talk import PATH, TOKEN, Talk, text_of


def startup(*options):
    """Seconds from the command to the address, and the running process."""
    begun = time.perf_counter()
    process = Process(*options)
    return time.perf_counter() - begun, process


def throughput(port, connections, seconds):
    """Orders per second and median latency in milliseconds: each connection sends as soon as it is answered."""
    body = text_of(Talk(port).draft()).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {TOKEN}\r\nContent-Type: application/json\r\n"
    )
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request)
        selector.register(connection, selectors.EVENT_READ, [time.perf_counter(), b""])
    latencies = []
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds:
        for key, _ in selector.select(1):
            key.data[1] += key.fileobj.recv(65536)
            if not key.data[1].endswith(b"}}"):
                continue
            if not key.data[1].startswith(b"HTTP/1.1 201"):
                raise SystemExit("an order was refused")
            latencies.append(time.perf_counter() - key.data[0])
            key.data[:] = [time.perf_counter(), b""]
            key.fileobj.sendall(request)
    elapsed = time.perf_counter() - begun
    for key in list(selector.get_map().values()):
        key.fileobj.close()
    return len(latencies) / elapsed, sorted(latencies)[len(latencies) // 2] * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for database in (":memory:", Path(folder) / "orders.db"):
            took, process = startup("--database", database)
            rate, median = throughput(process.port, chosen.connections, chosen.seconds)
            process.end(signal.SIGTERM)
            kind = "memory" if database == ":memory:" else "file"
            print(f"{kind}: {took:.2f} s to start, {rate:,.0f} orders/s, median {median:.2f} ms")


if __name__ == "__main__":
    main()
