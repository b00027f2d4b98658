"""What a server holds and waits for has limits: orders, journal, connections, heads, bodies."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sandbox_process import ENVIRONMENT
from sandbox_talk import PATH, TOKEN, Talk, encode

# The full sizes are 10000 and 1000000.
IDLE = int(os.environ.get("SPOT_IDLE_CONNECTIONS", "500"))
MANY = int(os.environ.get("SPOT_MANY_ORDERS", "20000"))
HEAD = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Token {TOKEN}\r\nContent-Type: application/json\r\n"
BODY = "application/json"


@pytest.fixture
def start_with():
    """Start sandboxes whose limits are others, given as module.NAME=value."""
    started = []

    def run(*limits):
        # The module is named in lower case, what it holds is not.
        modules = [re.match(r"[a-z_]+(\.[a-z_]+)*(?=\.)", limit)[0] for limit in limits]
        lines = [f"import {module}\n{limit}" for module, limit in zip(modules, limits, strict=True)]
        code = "\n".join([*lines, "from spot_sandbox.serving.cli import main", "import sys", "main(sys.argv[1:])"])
        popen = subprocess.Popen(
            [sys.executable, "-c", code, "--port", "0", "--token", TOKEN],
            stdout=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )
        started.append(popen)
        return Talk(int(popen.stdout.readline().rpartition(":")[2]))

    yield run
    for popen in started:
        popen.kill()
        popen.communicate()


def memory(pid):
    """The resident memory of a process, in megabytes."""
    if sys.platform != "linux":
        pytest.skip("the memory of a process is read from /proc, which only Linux has")
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


class TestOrders:
    def row(self, text="{}"):
        from spot_sandbox.store.orders import Row  # noqa: PLC0415 - found once sandbox_process was imported.

        return Row("2026-01-01T00:00:00.000Z", text, "[]", None)

    def database(self, monkeypatch, **limits):
        from spot_sandbox.store import sqlite, store  # noqa: PLC0415 - as above.

        for name, value in limits.items():
            monkeypatch.setattr(sqlite, name, value)
        return store.open_store(":memory:").database

    def test_oldest_in_memory_go_first(self, monkeypatch):
        database = self.database(monkeypatch, MOST_ORDERS=200)
        for number in range(1000):
            database.insert([self.row(f"[{number}]")], [])
        kept = [int(order.recipient[1:-1]) for order in database.orders(limit=1000)]
        assert 190 <= len(kept) <= 200
        assert kept == list(range(1000 - len(kept), 1000))
        assert database.orders(limit=1000)[-1].order_id == "O1001000"
        database.close()

    def test_large_ones_in_memory_make_room_sooner(self, monkeypatch):
        database = self.database(monkeypatch, MOST_BYTES=1_000_000)
        for _ in range(100):
            database.insert([self.row("x" * 100_000)], [])
        assert 8 <= database.count() <= 10
        database.clear()
        for _ in range(9):
            database.insert([self.row("x" * 100_000)], [])
        assert database.count() == 9
        database.close()

    def test_file_keeps_all_and_goes_on_answering(self, start, tmp_path):
        from spot_sandbox.store.store import open_store  # noqa: PLC0415 - as above.

        database = open_store(str(tmp_path / "orders.db")).database
        for _ in range(MANY // 1000):
            database.insert([self.row('{"first_name": "Ann", "note": "%s"}' % ("x" * 200))] * 1000, [])
        database.close()
        talk = Talk(start("--database", tmp_path / "orders.db").port)
        for path in ("count", "orders?last=500", "orders?after=O1000100", "requests"):
            begun = time.monotonic()
            assert talk.call(method="GET", path=f"/_sandbox/api/{path}").status == 200
            print(f"{path}: {(time.monotonic() - begun) * 1000:.1f} ms with {MANY} orders")
        talk.place(talk.draft())
        assert talk.ids == {f"O{1_000_001 + MANY}"}


class TestConnections:
    def test_idle_ones_keep_nobody_out(self, start):
        resource = pytest.importorskip("resource", reason="this system has no limit of open files to raise")
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard < IDLE + 100:
            pytest.skip(f"a process may open {hard} files here, fewer than {IDLE} connections need")
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        process = start()
        talk = Talk(process.port)
        before = memory(process.popen.pid)
        with contextlib.ExitStack() as stack:
            stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
            for _ in range(IDLE):
                stack.enter_context(socket.create_connection(("127.0.0.1", process.port), timeout=10))
            begun = time.monotonic()
            talk.place(talk.draft())
            took = time.monotonic() - begun
            held = memory(process.popen.pid) - before
            print(f"{IDLE} idle connections: an order in {took * 1000:.0f} ms, {held:.0f} MB")
            assert held < 20 + IDLE * 0.02
        talk.place(talk.draft())

    def test_connection_without_a_request_is_closed(self, start_with):
        talk = start_with("spot_sandbox.http.protocol.HEAD_WAIT = 0.3")
        with socket.create_connection(("127.0.0.1", talk.port), timeout=10) as connection:
            assert connection.recv(1) == b""

    def test_head_that_comes_byte_by_byte_is_not_waited_for(self, start_with):
        talk = start_with("spot_sandbox.http.protocol.HEAD_WAIT = 0.5")
        with socket.create_connection(("127.0.0.1", talk.port), timeout=10) as connection:
            connection.sendall(HEAD.encode())
            begun = time.monotonic()
            with contextlib.suppress(ConnectionError):
                while time.monotonic() - begun < 10:
                    connection.sendall(b"X-More: 1\r\n")
                    time.sleep(0.05)
            assert time.monotonic() - begun < 10, "the head is still read"
        talk.place(talk.draft())

    @pytest.mark.parametrize("is_chunked", [False, True])
    def test_body_may_take_longer_than_a_head(self, start_with, is_chunked):
        talk = start_with("spot_sandbox.http.protocol.HEAD_WAIT = 0.3")
        order = encode(talk.draft(), BODY, "json")
        stated = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {len(order)}"
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(order), order) if is_chunked else order
        with socket.create_connection(("127.0.0.1", talk.port), timeout=10) as connection:
            for _ in range(2):
                connection.sendall(f"{HEAD}{stated}\r\n\r\n".encode())
                time.sleep(0.7)
                connection.sendall(body)
                answer = b""
                while not answer.endswith(b"}}") and (came := connection.recv(65536)):
                    answer += came
                assert answer.startswith(b"HTTP/1.1 201")

    def test_body_that_comes_slowly_is_told_408(self, start_with):
        talk = start_with("spot_sandbox.orders.bodies.BODY_WAIT = 0.5")
        with socket.create_connection(("127.0.0.1", talk.port), timeout=10) as connection:
            connection.sendall(f"{HEAD}Content-Length: 100\r\n\r\n".encode() + b"{")
            assert connection.recv(65536).startswith(b"HTTP/1.1 408")

    @pytest.mark.parametrize("kind", ["chunks", "length"])
    def test_endless_body_is_told_413_and_cut_off(self, start, kind):
        process = start()
        before = memory(process.popen.pid)
        stated = "Transfer-Encoding: chunked" if kind == "chunks" else f"Content-Length: {10**15}"
        piece = b"10000\r\n" + b"x" * 65536 + b"\r\n" if kind == "chunks" else b"x" * 65536
        answer = b""
        sent = 0
        with socket.create_connection(("127.0.0.1", process.port), timeout=10) as connection:
            connection.sendall(f"{HEAD}{stated}\r\n\r\n".encode())
            with contextlib.suppress(ConnectionError, TimeoutError):
                while sent < 500 * 1024 * 1024:
                    connection.sendall(piece)
                    sent += len(piece)
                    if not answer and sent > 4 * 1024 * 1024:
                        answer = connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 413")
        assert sent < 100 * 1024 * 1024, "the body is still read"
        assert memory(process.popen.pid) - before < 30
        Talk(process.port).place(Talk(process.port).draft())

    def test_answers_that_nobody_reads_do_not_pile_up(self, start):
        process = start()
        talk = Talk(process.port)
        order = encode(talk.draft({"metadata": {"note": "x" * 30_000}}), BODY, "json")
        request = f"{HEAD}Content-Length: {len(order)}\r\n\r\n".encode() + order
        before = memory(process.popen.pid)
        with socket.create_connection(("127.0.0.1", process.port)) as connection:
            connection.settimeout(0.5)
            sent = 0
            with contextlib.suppress(TimeoutError):
                while sent < 200 * 1024 * 1024:
                    sent += connection.send(request * 10)
            assert sent < 200 * 1024 * 1024, "requests are read although no answer is"
            assert memory(process.popen.pid) - before < 60
        talk.place(talk.draft())


class TestJournal:
    def test_oldest_entries_go_first(self, start_with):
        talk = start_with("spot_sandbox.journal.journal.Journal.__init__.__kwdefaults__['most_entries'] = 5")
        for _ in range(12):
            talk.place(talk.draft())
        entries = json.loads(talk.call(method="GET", path="/_sandbox/api/requests").body)
        assert [entry["number"] for entry in entries] == [8, 9, 10, 11, 12]
