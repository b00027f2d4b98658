"""The sender: connections, order count and budget, rate, deadline and stop."""

import threading
import time

import pytest
from fake_server import FakeServer, accept_all, only, order, serving, statuses
from spot_contract.errors import BudgetSpent, CutShort, NotJudged, OutOfTime, ServerGone, TimedOut
from spot_contract.transport.sender import Sender


def test_connection_is_kept_between_requests():
    with serving() as (server, sender):
        assert statuses(sender.exchange([order()] * 3) + sender.exchange([order()])) == [201] * 4
    assert len(server.used) == 1


def test_kept_connection_that_the_server_closed_is_replaced_before_anything_is_sent():
    def handle(peer):
        peer.request()
        peer.answer()

    with serving(handle) as (server, sender):
        assert statuses(sender.exchange([order()])) == [201]
        assert server.peers[0].ended.wait(5)
        assert statuses(sender.exchange([order()])) == [201]
        assert (sender.count.requests, sender.count.orders) == (2, 2)
    assert len(server.used) == 2


def close_at_the_second_request(peer):
    peer.request()
    peer.answer()
    peer.request()


def test_request_is_sent_once_more_where_a_kept_connection_gave_no_byte():
    with serving(close_at_the_second_request) as (server, sender):
        assert statuses(sender.exchange([order(), order()])) == [201, 201]
        assert (sender.count.requests, sender.count.orders) == (3, 3)
    assert len(server.used) == 2


def test_request_that_is_no_order_counts_as_none_when_sent_once_more():
    with serving(close_at_the_second_request) as (_, sender):
        sender.exchange([order(), order(b"", method="GET")])
        assert (sender.count.requests, sender.count.orders) == (3, 1)


def test_request_is_sent_twice_at_most():
    first = []

    def handle(peer):
        peer.request()
        if not first:
            first.append(peer)
            peer.answer()
            peer.request()

    with serving(handle) as (server, sender):
        outcomes = sender.exchange([order(), order()])
        assert outcomes[0].status == 201
        only(outcomes[1:])
        assert (sender.count.requests, sender.count.orders) == (3, 3)
    assert len(server.used) == 2


def test_request_is_not_sent_again_where_an_answer_began():
    def handle(peer):
        peer.request()
        peer.answer()
        peer.request()
        peer.connection.sendall(b"HTTP/1.1 2")

    with serving(handle) as (server, sender):
        outcomes = sender.exchange([order(), order()])
        only(outcomes[1:])
        assert (sender.count.requests, sender.count.orders) == (2, 2)
    assert len(server.used) == 1


def test_resending_spends_no_more_than_the_budget():
    with serving(close_at_the_second_request, allowed=2) as (server, sender):
        with pytest.raises(BudgetSpent):
            sender.exchange([order(), order()])
        assert (sender.count.requests, sender.count.orders) == (2, 2)
    assert len(server.used) == 1


def test_answer_before_the_end_of_a_large_body_is_read():
    with serving(lambda peer: (peer.head(), peer.answer(413), time.sleep(0.2))) as (_, sender):
        (answer,) = sender.exchange([order(b"x" * 20_000_000)])
    assert answer.status == 413


def test_connection_that_breaks_within_a_large_body_shows_a_limit():
    with serving(lambda peer: peer.head()) as (_, sender):
        only(sender.exchange([order(b"x" * 20_000_000)]), CutShort)


def test_hanging_server_is_waited_for_less_the_second_time(monkeypatch):
    monkeypatch.setattr("spot_contract.transport.sender._LEAST_PATIENCE", 0.2)
    release = threading.Event()
    with serving(lambda peer: (peer.request(), release.wait(20)), timeout=0.6) as (_, sender):
        failure = only(sender.exchange([order()]), TimedOut)
        assert str(failure) == "no answer came within 1 s"
        assert sender.timeout == 0.2
        assert sender.count.orders == 1
        release.set()


def test_slow_trickle_is_no_answer_in_time():
    release = threading.Event()

    def handle(peer):
        peer.request()
        while not release.wait(0.05):
            peer.connection.sendall(b"H")

    with serving(handle, timeout=0.3) as (_, sender):
        start = time.monotonic()
        only(sender.exchange([order()]))
        assert time.monotonic() - start < 3
        release.set()


def test_server_that_is_gone_is_reported_after_some_tries(monkeypatch):
    monkeypatch.setattr("spot_contract.transport.sender._PAUSES", (0.01, 0.01))
    server = FakeServer(accept_all)
    server.close()
    sender = Sender(server.target, allowed=1)
    with pytest.raises(ServerGone):
        sender.exchange([order()])
    assert sender.count.orders == 0


def test_server_that_comes_back_is_found():
    server = FakeServer(accept_all)
    sender = Sender(server.target)
    assert statuses(sender.exchange([order()])) == [201]
    sender.close()
    server.close()
    back = []

    def restart():
        time.sleep(0.2)
        back.append(FakeServer(accept_all, server.target.port))

    thread = threading.Thread(target=restart)
    thread.start()
    assert statuses(sender.exchange([order()])) == [201]
    thread.join()
    sender.close()
    back[0].close()


# Waiting: 429, pace, deadline, stop


def throttling(times, header=b"Retry-After: 0"):
    left = [times]
    lock = threading.Lock()

    def handle(peer):
        while peer.request() is not None:
            with lock:
                left[0] -= 1
                throttled = left[0] >= 0
            if throttled:
                peer.answer(429, b"{}", header)
            else:
                peer.answer()

    return handle


def test_429_is_waited_out_and_kept():
    with serving(throttling(2), allowed=1) as (_, sender):
        (answer,) = sender.exchange([order()])
        assert answer.status == 201
        assert [one.status for one in answer.throttled] == [429, 429]
        assert (sender.count.requests, sender.count.orders) == (3, 1)
        assert sender.count.waited == pytest.approx(0.1)


def test_429_that_never_ends_is_not_judged():
    with serving(throttling(9, b"Retry-After: 3600"), allowed=3) as (_, sender):
        with pytest.raises(NotJudged, match="429 after 0 s"):
            sender.exchange([order()])
        assert sender.count.orders == 0


def test_others_wait_while_a_429_is_waited_out():
    def handle(peer):
        while (request := peer.request()) is not None:
            times.append(time.monotonic())
            if b"X-First: 1" in request[0] and len(times) == 1:
                peer.answer(429, b"{}", b"Retry-After: 0")
                seen.set()
            else:
                peer.answer()

    times = []
    seen = threading.Event()
    with serving(handle) as (_, sender):
        first = threading.Thread(target=lambda: (sender.exchange([order(headers=(("X-First", "1"),))]), sender.close()))
        first.start()
        assert seen.wait(5)
        time.sleep(0.01)
        assert statuses(sender.exchange([order()])) == [201]
        first.join()
    assert times[2] - times[0] > 0.04


def test_nothing_is_sent_past_the_deadline():
    with serving(allowed=1) as (server, sender):
        sender.deadline = time.monotonic() - 1
        with pytest.raises(OutOfTime):
            sender.exchange([order()])
        assert (sender.count.requests, sender.count.orders) == (0, 0)
        sender.deadline = None
        assert statuses(sender.exchange([order()])) == [201]
    assert len(server.used) == 1


def test_answer_is_not_waited_for_past_the_deadline():
    release = threading.Event()
    with serving(lambda peer: (peer.request(), release.wait(20)), timeout=20.0) as (_, sender):
        sender.deadline = time.monotonic() + 0.2
        start = time.monotonic()
        with pytest.raises(OutOfTime):
            sender.exchange([order()])
        assert time.monotonic() - start < 3
        assert sender.count.orders == 1
        assert sender.timeout == 20.0
        release.set()


def test_429_is_not_waited_out_past_the_deadline():
    with serving(throttling(9, b"Retry-After: 30")) as (_, sender):
        sender.deadline = time.monotonic() + 10
        start = time.monotonic()
        with pytest.raises(OutOfTime):
            sender.exchange([order()])
        assert time.monotonic() - start < 5


def test_stop_ends_a_blocked_read():
    release, begun = threading.Event(), threading.Event()
    caught = []

    def send():
        try:
            sender.exchange([order(), order()])
        except NotJudged as error:
            caught.append(error)
        sender.close()

    with serving(lambda peer: (peer.request(), begun.set(), release.wait(20)), timeout=30.0) as (_, sender):
        thread = threading.Thread(target=send)
        thread.start()
        assert begun.wait(5)
        start = time.monotonic()
        sender.stop()
        thread.join(10)
        assert time.monotonic() - start < 1
        assert [str(error) for error in caught] == ["the run was stopped"]
        assert (sender.count.requests, sender.count.orders) == (1, 1)
        release.set()


# The budget


@pytest.mark.parametrize("allowed", [1, 25])
def test_budget_is_exact_with_sixteen_threads(allowed):
    taken = []

    def handle(peer):
        while peer.request() is not None:
            with lock:
                taken.append(peer)
                accepted = len(taken) % 3 == 0
            peer.answer(201 if accepted else 400)

    lock = threading.Lock()
    spent = []
    with serving(handle, allowed=allowed) as (_, sender):

        def send():
            try:
                while True:
                    spent.extend(one for one in sender.exchange([order()] * 3) if one.status == 201)
            except BudgetSpent:
                sender.close()

        threads = [threading.Thread(target=send) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert sender.count.orders == allowed
        assert len(taken) == sender.count.requests == 3 * allowed


def test_round_trip_is_what_the_quickest_answer_took_behind_a_proxy():
    def handle(peer):
        while peer.request() is not None:
            time.sleep(0.03)
            peer.answer()

    with serving(handle) as (_, sender):
        assert sender.round_trip() < 0.02
        sender.exchange([order()] * 2)
        assert sender.round_trip() >= 0.03
    with pytest.raises(ServerGone):
        sender.round_trip()
