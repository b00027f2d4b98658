"""Several requests in flight: the order of results, the budget, and how they end."""

import threading
import time

import pytest
from fake_server import order, serving, statuses
from spot_contract.errors import BudgetSpent, NotJudged
from spot_contract.transport.flow import Flow, at_once, connections_for


def collect(results, seen):
    for unit, outcomes in results:
        seen.append((unit, statuses(outcomes)))


@pytest.mark.parametrize(("allowed", "accepted"), [(20, 1), (1, 2), (3, 2)])
def test_budget_ends_a_run_at_the_same_request_however_many_are_in_flight(allowed, accepted):
    def handle(peer):
        while (request := peer.request()) is not None:
            number = int(request[1])
            arrived.append(number)
            time.sleep(0.001 * (7 - number % 7))
            peer.answer(201 if number % 3 == accepted else 400)

    seen = {}
    for connections in (1, 7):
        arrived = []
        results = []
        with serving(handle, allowed=allowed) as (_, sender), Flow(sender, connections) as flow:
            units = flow.results(range(100), lambda unit: [order(b"%d" % (3 * unit + more)) for more in range(3)])
            with pytest.raises(BudgetSpent):
                collect(units, results)
            assert sender.count.orders == allowed
        seen[connections] = sorted(arrived), results
    assert seen[1] == seen[7]


def test_results_come_in_the_order_of_the_units():
    def handle(peer):
        while (request := peer.request()) is not None:
            time.sleep(0.005 * (int(request[1]) % 5))
            peer.answer(201, request[1])

    with serving(handle) as (server, sender), Flow(sender, 5) as flow:
        results = list(flow.results(range(40), lambda unit: [order(b"%d" % unit), order(b"%d" % (unit + 100))]))
        assert [unit for unit, _ in results] == list(range(40))
        bodies = [[int(answer.body) for answer in outcomes] for _, outcomes in results]
        assert bodies == [[unit, unit + 100] for unit in range(40)]
        list(flow.results(range(40), lambda unit: [order(b"%d" % unit)]))
    assert len(server.used) == 5


def test_requests_of_one_unit_share_a_connection():
    def handle(peer):
        while (request := peer.request()) is not None:
            peer.answer(201, b"%d %s" % (id(peer), request[1]))

    with serving(handle) as (_, sender), Flow(sender, 4) as flow:
        for unit, outcomes in flow.results(range(20), lambda unit: [order(b"%d" % unit)] * 3):
            (place,) = {answer.body for answer in outcomes}
            assert place.endswith(b" %d" % unit)


def test_units_are_taken_lazily():
    taken = []

    def units():
        for number in range(1000):
            taken.append(number)
            yield number

    with serving() as (_, sender), Flow(sender, 3) as flow:
        results = flow.results(units(), lambda _: [order()])
        assert next(results)[0] == 0
        assert len(taken) <= 8
        results.close()
        flow.close()
        assert len(taken) <= 8
        assert sender.count.requests == sender.count.orders <= 8


def test_next_unit_is_sent_while_the_last_is_judged():
    second = threading.Event()

    def handle(peer):
        while (request := peer.request()) is not None:
            if request[1] == b"1":
                second.set()
            peer.answer()

    with serving(handle) as (_, sender), Flow(sender, 1) as flow:
        results = flow.results(range(2), lambda unit: [order(b"%d" % unit)])
        next(results)
        assert second.wait(5)
        assert [unit for unit, _ in results] == [1]


def test_what_sending_raises_is_raised_at_its_unit():
    seen = []
    with serving(allowed=5) as (_, sender), Flow(sender, 3) as flow:
        with pytest.raises(BudgetSpent):
            collect(flow.results(range(50), lambda _: [order()]), seen)
        assert seen == [(unit, [201]) for unit in range(5)]
        assert sender.count.orders == 5


def test_unit_that_is_cut_short_keeps_the_outcomes_it_had():
    seen = []
    with serving(allowed=5) as (_, sender), Flow(sender, 1) as flow:
        with pytest.raises(BudgetSpent):
            collect(flow.results(range(9), lambda _: [order()] * 3), seen)
        assert seen == [(0, [201, 201, 201]), (1, [201, 201])]


def test_units_at_once_that_are_cut_short_keep_the_outcomes_they_had():
    seen = []
    with serving(allowed=5) as (_, sender):
        with pytest.raises(BudgetSpent):
            collect(at_once(sender, range(2), lambda _: [order()] * 3, 2), seen)
        assert sum(len(outcomes) for _, outcomes in seen) == 5


def test_what_taking_units_raises_comes_behind_the_results_before_it():
    def units():
        yield from range(3)
        raise NotJudged("no more")

    seen = []
    with serving() as (_, sender), Flow(sender, 2) as flow:
        with pytest.raises(NotJudged, match="no more"):
            collect(flow.results(units(), lambda _: [order()]), seen)
        assert seen == [(0, [201]), (1, [201]), (2, [201])]
        assert [unit for unit, _ in flow.results([7], lambda _: [order()])] == [7]


def test_leaving_early_begins_nothing_more_and_the_next_waits_for_what_is_in_flight():
    begun, release = threading.Event(), threading.Event()

    def handle(peer):
        while (request := peer.request()) is not None:
            if request[1] == b"1":
                begun.set()
                release.wait(10)
            peer.answer()

    with serving(handle) as (_, sender), Flow(sender, 3) as flow:
        results = flow.results(range(50), lambda unit: [order(b"%d" % unit)] * 9)
        next(results)
        assert begun.wait(5)
        results.close()
        threading.Timer(0.1, release.set).start()
        assert next(flow.results([99], lambda _: [order()]))[0] == 99
        assert release.is_set()
        assert sender.count.requests == sender.count.orders <= 9 * 7 + 1


def test_leaving_early_waits_for_what_is_in_flight_at_the_end():
    begun, release = threading.Event(), threading.Event()

    def handle(peer):
        while (request := peer.request()) is not None:
            if request[1] == b"1":
                begun.set()
                release.wait(10)
            peer.answer()

    with serving(handle) as (_, sender):
        with Flow(sender, 1) as flow:
            for _ in flow.results(range(50), lambda unit: [order(b"%d" % unit)]):
                assert begun.wait(5)
                threading.Timer(0.1, release.set).start()
                break
        assert release.is_set()
        assert (sender.count.requests, sender.count.orders) == (2, 2)


def test_ctrl_c_waits_for_nothing(monkeypatch):
    release, begun = threading.Event(), threading.Event()
    caught = []

    def handle(peer):
        peer.request()
        begun.set()
        release.wait(20)

    def interrupted(*_):
        begun.wait(5)
        caught.append(time.monotonic())
        raise KeyboardInterrupt

    with serving(handle, timeout=30.0) as (_, sender):
        monkeypatch.setattr("spot_contract.transport.flow._Job.wait", interrupted)
        with pytest.raises(KeyboardInterrupt), Flow(sender, 2) as flow:
            next(flow.results(range(5), lambda _: [order()]))
        assert time.monotonic() - caught[0] < 1
        assert sender.stopped
        release.set()


def test_ctrl_c_while_results_are_judged_waits_for_nothing():
    release, begun = threading.Event(), threading.Event()

    def handle(peer):
        while (request := peer.request()) is not None:
            if request[1] != b"0":
                begun.set()
                release.wait(20)
            peer.answer()

    def judge(flow):
        for _ in flow.results(range(9), lambda unit: [order(b"%d" % unit)]):
            assert begun.wait(5)
            caught.append(time.monotonic())
            raise KeyboardInterrupt

    caught = []
    with serving(handle, timeout=30.0) as (_, sender):
        with pytest.raises(KeyboardInterrupt), Flow(sender, 2) as flow:
            judge(flow)
        assert time.monotonic() - caught[0] < 1
        release.set()


def test_units_at_once_are_all_there_before_any_is_answered():
    barrier = threading.Barrier(8)

    def handle(peer):
        while (request := peer.request()) is not None:
            barrier.wait(5)
            peer.answer(201, request[1])

    with serving(handle) as (server, sender):
        results = list(at_once(sender, range(8), lambda unit: [order(b"%d" % unit)], 8))
        assert [(unit, outcomes[0].body) for unit, outcomes in results] == [(n, b"%d" % n) for n in range(8)]
        assert sender.count.orders == 8
    assert len(server.used) == 8
    assert all(peer.ended.wait(5) for peer in server.peers)


def test_units_at_once_are_sent_only_where_the_budget_keeps_none_waiting():
    with serving(allowed=7) as (server, sender):
        with pytest.raises(BudgetSpent, match="8 orders at the same time"):
            next(at_once(sender, range(8), lambda _: [order()], 8))
        assert sender.count.requests == 0
        assert len(list(at_once(sender, range(7), lambda _: [order()], 3))) == 7
        assert sender.count.orders == 7
    assert len(server.used) == 3


def test_units_at_once_that_are_refused_need_no_budget_for_all():
    def handle(peer):
        while peer.request() is not None:
            peer.answer(401)

    with serving(handle, allowed=3) as (_, sender):
        results = list(at_once(sender, range(40), lambda _: [order()], 3))
        assert len(results) == 40
        assert (sender.count.requests, sender.count.orders) == (40, 0)


@pytest.mark.parametrize(("seconds", "expected"), [(0.0, 1), (0.0029, 1), (0.05, 25), (0.17, 32), (20.0, 32)])
def test_connections_follow_the_round_trip(seconds, expected):
    assert connections_for(seconds) == expected


def test_rate_holds_over_all_threads():
    times = []
    with serving(rate=100.0) as (server, sender), Flow(sender, 4) as flow:
        sender.on_request = lambda _: times.append(0)
        start = time.monotonic()
        results = list(flow.results(range(30), lambda _: [order()]))
        taken = time.monotonic() - start
    assert len(results) == len(times) == 30
    assert taken >= 0.28
    arrived = sorted(when for peer in server.peers for when, _ in peer.reads)
    assert len(arrived) == 30
