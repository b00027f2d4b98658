"""A client that is used on both sides of a fork: no order is lost, and none gets another's answer."""

import asyncio
import json
import os

import httpx2
import pytest
from client_orders import TOKEN, numbered, order_all
from spot_api_client import AsyncSpotClient, NotSentError, SpotClient

FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
# A forked child of a program with threads is what is tested.
FORK_WARNING = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.fixture
def client(orders):
    with SpotClient(token=TOKEN, base_url=orders.base_url) as client:
        yield client


def in_child(work):
    """What a function returns in a forked child, as JSON text through a pipe."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            os.close(read)
            with os.fdopen(write, "w") as file:
                json.dump(work(), file)
            code = 0
        finally:
            os._exit(code)
    os.close(write)
    return child, read


def result_of(started):
    child, read = started
    with os.fdopen(read) as file:
        text = file.read()
    _, status = os.waitpid(child, 0)
    assert status == 0
    return json.loads(text)


@FORKS
@FORK_WARNING
class TestForks:
    def test_forked_children_and_parent_order_at_once(self, orders, client):
        """Each child's connection would be the parent's: the answers of all calls would be mixed."""
        client.create_order(**numbered(0))

        def order(start):
            return [client.create_order(**numbered(number)).metadata["number"] for number in range(start, start + 25)]

        children = [in_child(lambda start=start: order(start)) for start in (1000, 2000, 3000)]
        assert order(100) == list(range(100, 125))
        assert [result_of(child) for child in children] == [list(range(n, n + 25)) for n in (1000, 2000, 3000)]
        assert len({entry["number"] for entry in orders.metadata}) == len(orders.metadata) == 101

    def test_forked_child_runs_a_loop_of_its_own(self, orders):
        client = AsyncSpotClient(token=TOKEN, base_url=orders.base_url)
        with asyncio.Runner() as runner:
            runner.run(order_all(client, range(20)))
            children = [
                in_child(lambda start=start: asyncio.run(order_all(client, range(start, start + 20))))
                for start in (1000, 2000)
            ]
            assert runner.run(order_all(client, range(100, 120))) == list(range(100, 120))
            assert [result_of(child) for child in children] == [list(range(n, n + 20)) for n in (1000, 2000)]
            runner.run(client.aclose())
        assert len(orders.metadata) == 80

    def test_forked_child_goes_on_with_the_parents_loop(self, orders):
        client = AsyncSpotClient(token=TOKEN, base_url=orders.base_url)
        with asyncio.Runner() as runner:
            assert runner.run(order_all(client, [0])) == [0]
            child = in_child(lambda: runner.run(order_all(client, range(100, 105))))
            assert result_of(child) == [100, 101, 102, 103, 104]
            assert orders.connections == 6  # One of the parent's, and five of the child's own.
            assert runner.run(order_all(client, [1])) == [1]

    def test_http_client_of_the_parent_is_refused_in_the_child(self, orders):
        with httpx2.Client() as http_client:
            client = SpotClient(token=TOKEN, base_url=orders.base_url, http_client=http_client)
            client.create_order(**numbered(0))

            def order():
                try:
                    return client.create_order(**numbered(1)).order_id
                except NotSentError as error:
                    return str(error)

            assert result_of(in_child(order)) == (
                "create_order was not sent: its http_client or transport was created before this process was forked: "
                "create it and the client in each process."
            )
        assert len(orders.metadata) == 1

    def test_parents_connection_survives_the_child_that_closes_its_client(self, orders, client):
        client.create_order(**numbered(0))
        result_of(in_child(client.close))
        client.create_order(**numbered(1))
        assert orders.connections == 1
