"""The proxy with a delay, over which the suite's speed is measured, and the sender on it."""

import socket
import threading
import time
from urllib.parse import urlsplit

from fake_server import FakeServer, accept_all, order, serving, statuses
from spot_contract.transport.flow import Flow, connections_for
from spot_contract.transport.sender import Sender
from spot_contract.transport.target import Target
from spot_tools.processes.delay_proxy import slow_line


def test_line_hands_on_all_bytes_in_order_and_late():
    def echo(peer):
        while data := peer.read():
            peer.connection.sendall(data)

    sent = bytes(range(256)) * 4096
    server = FakeServer(echo)
    with slow_line(server.target.url, 60) as url, socket.create_connection(("127.0.0.1", urlsplit(url).port)) as near:
        start = time.monotonic()
        near.sendall(b"a")
        assert near.recv(9) == b"a"
        assert 0.06 <= time.monotonic() - start < 1
        threading.Thread(target=near.sendall, args=(sent,), daemon=True).start()
        received = b""
        while len(received) < len(sent):
            received += near.recv(65536)
        assert received == sent
        near.shutdown(socket.SHUT_WR)
        assert near.recv(9) == b""
    server.close()


def test_answer_before_a_reset_gets_through_the_line():
    with (
        serving(lambda peer: (peer.head(), peer.answer(413), time.sleep(0.1))) as (server, _),
        slow_line(server.target.url, 40) as url,
    ):
        sender = Sender(Target.of(urlsplit(url)), timeout=5.0)
        assert statuses(sender.exchange([order(b"x" * 10_000_000)])) == [413]
        sender.close()


def test_line_without_a_server_ends_what_it_took():
    server = FakeServer(accept_all)
    server.close()
    with slow_line(server.target.url, 10) as url, socket.create_connection(("127.0.0.1", urlsplit(url).port)) as near:
        near.settimeout(5)
        assert near.recv(9) == b""


def test_round_trip_over_a_line_is_told_by_answers():
    with serving() as (server, _), slow_line(server.target.url, 40) as url:
        sender = Sender(Target.of(urlsplit(url)), timeout=5.0)
        assert statuses(sender.exchange([order()])) == [201]
        sender.close()
        assert sender.round_trip() >= 0.04
        assert connections_for(sender.round_trip()) >= 8
        flow = Flow(sender, 8)
        results = list(flow.results(range(40), lambda unit: [order(b"%d" % unit)]))
        flow.close()
    assert [unit for unit, _ in results] == list(range(40))
    assert {answer.status for _, (answer,) in results} == {201}
