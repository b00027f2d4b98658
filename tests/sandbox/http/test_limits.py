"""The limits of connections: how many, how long they may take, how much they may send."""

import contextlib
import os
import socket
import sys
import time
from pathlib import Path

import pytest
from sandbox_process import Process
from sandbox_talk import PATH, TOKEN, Talk, encode

# The full size is 10000.
IDLE = int(os.environ.get("SPOT_IDLE_CONNECTIONS", "500"))
HEAD = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Token {TOKEN}\r\nContent-Type: application/json\r\n"
BODY = "application/json"


def memory(pid):
    """The resident memory of a process, in megabytes."""
    if sys.platform != "linux":
        pytest.skip("the memory of a process is read from /proc, which only Linux has")
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


@pytest.fixture(scope="module")
def impatient():
    """A server that waits for the head of a request for 0.3 seconds only."""
    process = Process(settings={"spot_sandbox.http.protocol.HEAD_WAIT": 0.3})
    yield Talk(process.port)
    process.kill()


class TestConnections:
    def test_idle_ones_keep_nobody_out(self, start):
        resource = pytest.importorskip("resource", reason="this system has no limit of open files to raise")
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard < IDLE + 100:
            pytest.skip(f"a process may open {hard} files here, fewer than {IDLE} connections need")
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        process = start()
        talk = Talk(process.port)
        before = memory(process.pid)
        with contextlib.ExitStack() as stack:
            stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
            for _ in range(IDLE):
                stack.enter_context(socket.create_connection(("127.0.0.1", process.port), timeout=10))
            begun = time.monotonic()
            talk.place(talk.draft())
            took = time.monotonic() - begun
            held = memory(process.pid) - before
            print(f"{IDLE} idle connections: an order in {took * 1000:.0f} ms, {held:.0f} MB")
            assert held < 20 + IDLE * 0.02
        talk.place(talk.draft())

    def test_connection_without_a_request_is_closed(self, impatient):
        with socket.create_connection(("127.0.0.1", impatient.port), timeout=10) as connection:
            assert connection.recv(1) == b""

    def test_head_that_comes_byte_by_byte_is_not_waited_for(self, impatient):
        with socket.create_connection(("127.0.0.1", impatient.port), timeout=10) as connection:
            connection.sendall(HEAD.encode())
            begun = time.monotonic()
            with contextlib.suppress(ConnectionError):
                while time.monotonic() - begun < 10:
                    connection.sendall(b"X-More: 1\r\n")
                    time.sleep(0.02)
            assert time.monotonic() - begun < 10, "the head is still read"
        impatient.place(impatient.draft())

    @pytest.mark.parametrize("is_chunked", [False, True])
    def test_body_may_take_longer_than_a_head(self, impatient, is_chunked):
        order = encode(impatient.draft(), BODY, "json")
        stated = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {len(order)}"
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(order), order) if is_chunked else order
        with socket.create_connection(("127.0.0.1", impatient.port), timeout=10) as connection:
            for _ in range(2):
                connection.sendall(f"{HEAD}{stated}\r\n\r\n".encode())
                time.sleep(0.5)
                connection.sendall(body)
                answer = b""
                while not answer.endswith(b"}}") and (came := connection.recv(65536)):
                    answer += came
                assert answer.startswith(b"HTTP/1.1 201")

    def test_slow_body_is_answered_with_408(self, start):
        talk = Talk(start(settings={"spot_sandbox.orders.bodies.BODY_WAIT": 0.3}).port)
        with socket.create_connection(("127.0.0.1", talk.port), timeout=10) as connection:
            connection.sendall(f"{HEAD}Content-Length: 100\r\n\r\n".encode() + b"{")
            assert connection.recv(65536).startswith(b"HTTP/1.1 408")

    @pytest.mark.parametrize("kind", ["chunks", "length"])
    def test_endless_body_is_answered_with_413_and_cut_off(self, start, kind):
        process = start()
        before = memory(process.pid)
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
                    if not answer and sent > 2 * 1024 * 1024:
                        answer = connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 413")
        assert sent < 100 * 1024 * 1024, "the body is still read"
        assert memory(process.pid) - before < 30
        Talk(process.port).place(Talk(process.port).draft())

    def test_answers_that_nobody_reads_do_not_pile_up(self, start):
        process = start()
        talk = Talk(process.port)
        order = encode(talk.draft({"metadata": {"note": "x" * 30_000}}), BODY, "json")
        request = f"{HEAD}Content-Length: {len(order)}\r\n\r\n".encode() + order
        before = memory(process.pid)
        with socket.create_connection(("127.0.0.1", process.port)) as connection:
            connection.settimeout(0.5)
            sent = 0
            with contextlib.suppress(TimeoutError):
                while sent < 200 * 1024 * 1024:
                    sent += connection.send(request * 10)
            assert sent < 200 * 1024 * 1024, "requests are read although no answer is"
            assert memory(process.pid) - before < 60
        talk.place(talk.draft())
