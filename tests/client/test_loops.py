"""One client over several event loops, processes and threads: no order is lost, and none gets another's answer."""

import asyncio
import collections
import gc
import json
import multiprocessing
import os
import random
import subprocess
import sys
import threading

import client_wire as behaviours
import httpx2
import pytest
from client_keepalive import OrderServer
from client_orders import ROOT, TOKEN, an_order, http
from spot_api_client import (
    AsyncSpotClient,
    AuthenticatedClient,
    CreateOrder,
    NotSentError,
    OutcomeUnknownError,
    SpotClient,
)
from spot_api_client.api.orders import create_order

CANCELLATIONS = int(os.environ.get("SPOT_TEST_CANCELLATIONS", "600"))
FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
# A forked child of a program with threads is what is tested.
FORK_WARNING = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.fixture
def orders():
    with OrderServer() as server:
        yield server


@pytest.fixture
def client(orders):
    with SpotClient(token=TOKEN, base_url=orders.base_url) as client:
        yield client


def numbered(number):
    return an_order(metadata={"number": number})


async def order_all(client, numbers):
    """Order each number at once; the answers must hold the numbers that were sent."""
    made = await asyncio.gather(*(client.create_order(**numbered(number)) for number in numbers))
    return [order.metadata["number"] for order in made]


class TestLoops:
    def test_six_runs_in_a_row_share_one_client(self, orders):
        client = AsyncSpotClient(token=TOKEN, base_url=orders.base_url)
        for run in range(6):
            numbers = range(run * 50, run * 50 + 50)
            assert asyncio.run(order_all(client, numbers)) == list(numbers)
        assert sorted(entry["number"] for entry in orders.metadata) == list(range(300))

    @pytest.mark.filterwarnings("error::ResourceWarning")
    def test_connections_are_closed_with_their_loop(self, orders):
        client = AsyncSpotClient(token=TOKEN, base_url=orders.base_url)
        for number in range(3):
            asyncio.run(order_all(client, [number]))
            gc.collect()
        assert len(client._engine._pools._held) == 1  # Those before it are let go.

    def test_loops_in_several_threads_share_one_client(self, orders):
        client = AsyncSpotClient(token=TOKEN, base_url=orders.base_url)
        found = []

        def run(start):
            numbers = range(start, start + 60)
            found.append(asyncio.run(order_all(client, numbers)) == list(numbers))

        threads = [threading.Thread(target=run, args=(start,)) for start in range(0, 240, 60)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [True] * 4
        assert sorted(entry["number"] for entry in orders.metadata) == list(range(240))

    def test_async_to_sync_of_asgiref(self, orders):
        sync = pytest.importorskip("asgiref.sync", reason="asgiref is not installed here")
        client = AsyncSpotClient(token=TOKEN, base_url=orders.base_url)
        for number in range(100):
            order = sync.async_to_sync(client.create_order)(**numbered(number))
            assert order.metadata == {"number": number}
        assert len(orders.metadata) == 100

    def test_loop_of_each_test_of_pytest_asyncio(self, orders, tmp_path):
        pytest.importorskip("pytest_asyncio", reason="pytest-asyncio is not installed here")
        test = tmp_path / "test_each.py"
        test.write_text(
            "import sys\n"
            f"sys.path.insert(0, {str(ROOT / 'tests' / 'client')!r})\n"
            "import pytest\n"
            "from client_orders import TOKEN, an_order\n"
            "from spot_api_client import AsyncSpotClient\n"
            f"client = AsyncSpotClient(token=TOKEN, base_url={orders.base_url!r})\n"
            "@pytest.mark.parametrize('number', range(40))\n"
            "async def test_order(number):\n"
            "    order = await client.create_order(**an_order(metadata={'number': number}))\n"
            "    assert order.metadata['number'] == number\n",
            encoding="utf-8",
        )
        options = [
            "-q",
            "-c",
            "/dev/null",
            "-W",
            "error",
            "-p",
            "no:cacheprovider",
            "-p",
            "pytest_asyncio.plugin",
            "--asyncio-mode=auto",
        ]
        options += ["-o", "asyncio_default_fixture_loop_scope=function"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, test],
            cwd=tmp_path,
            env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "40 passed" in done.stdout, done.stdout
        assert len(orders.metadata) == 40

    def test_endpoint_client_in_several_loops(self, orders):
        client = AuthenticatedClient(token=TOKEN, base_url=orders.base_url)
        for number in range(3):
            body = CreateOrder(**numbered(number))
            assert asyncio.run(create_order.asyncio(client=client, body=body)).metadata == {"number": number}

    def test_http_client_of_another_loop_is_refused_before_anything_is_sent(self, orders):
        http_client = httpx2.AsyncClient()
        client = AsyncSpotClient(token=TOKEN, base_url=orders.base_url, http_client=http_client)

        async def once():
            await client.create_order(**numbered(0))

        async def twice():
            with pytest.raises(NotSentError) as caught:
                await client.create_order(**numbered(1))
            return str(caught.value)

        with asyncio.Runner() as first, asyncio.Runner() as second:
            first.run(once())
            assert second.run(twice()) == (
                "create_order was not sent: its http_client or transport belongs to another event loop, "
                "make it and the client anew in each loop."
            )
            first.run(http_client.aclose())
        assert len(orders.metadata) == 1

    def test_transport_without_connections_serves_every_loop(self):
        transport = httpx2.MockTransport(lambda _: httpx2.Response(400))
        client = AsyncSpotClient(token=TOKEN, transport=transport)
        for _ in range(3):
            with pytest.raises(Exception, match="rejected"):
                asyncio.run(client.create_order(**numbered(0)))


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


def told(started):
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
        """Each child's connection would be the parent's: the answers of 225 calls would be mixed."""
        client.create_order(**numbered(0))

        def order(start):
            return [client.create_order(**numbered(number)).metadata["number"] for number in range(start, start + 75)]

        children = [in_child(lambda start=start: order(start)) for start in (1000, 2000, 3000)]
        assert order(100) == list(range(100, 175))
        assert [told(child) for child in children] == [list(range(n, n + 75)) for n in (1000, 2000, 3000)]
        assert len({entry["number"] for entry in orders.metadata}) == len(orders.metadata) == 301

    def test_forked_child_runs_a_loop_of_its_own(self, orders):
        client = AsyncSpotClient(token=TOKEN, base_url=orders.base_url)
        with asyncio.Runner() as runner:
            runner.run(order_all(client, range(20)))
            children = [
                in_child(lambda start=start: asyncio.run(order_all(client, range(start, start + 50))))
                for start in (1000, 2000)
            ]
            assert runner.run(order_all(client, range(100, 150))) == list(range(100, 150))
            assert [told(child) for child in children] == [list(range(n, n + 50)) for n in (1000, 2000)]
            runner.run(client.aclose())
        assert len(orders.metadata) == 170

    def test_worker_processes_of_multiprocessing(self, orders, client):
        client.create_order(**numbered(-1))
        global _shared  # noqa: PLW0603 - as a module of a program that is loaded before it forks
        _shared = client
        with multiprocessing.get_context("fork").Pool(4) as pool:
            made = pool.map(_order_shared, range(200), chunksize=5)
        assert made == list(range(200))
        assert len(orders.metadata) == 201

    def test_endpoint_client_after_a_fork(self, orders):
        def order(number):
            return create_order.sync(client=client, body=CreateOrder(**numbered(number))).metadata["number"]

        with AuthenticatedClient(token=TOKEN, base_url=orders.base_url) as client:
            order(0)
            child = in_child(lambda: order(1))
            assert order(2) == 2
            assert told(child) == 1

    def test_http_client_of_the_parent_is_refused_in_the_child(self, orders):
        with httpx2.Client() as http_client:
            client = SpotClient(token=TOKEN, base_url=orders.base_url, http_client=http_client)
            client.create_order(**numbered(0))

            def order():
                try:
                    return client.create_order(**numbered(1)).order_id
                except NotSentError as error:
                    return str(error)

            assert told(in_child(order)) == (
                "create_order was not sent: its http_client or transport was made before this process was forked, "
                "make it and the client anew in each process."
            )
        assert len(orders.metadata) == 1

    def test_parents_connection_survives_the_child_that_closes_its_client(self, orders, client):
        client.create_order(**numbered(0))
        told(in_child(client.close))
        client.create_order(**numbered(1))
        assert orders.connections == 1


_shared = None


def _order_shared(number):
    return _shared.create_order(**numbered(number)).metadata["number"]


class TestTrio:
    def test_orders_are_made_at_once(self, orders):
        trio = pytest.importorskip("trio", reason="trio is not installed here")
        found = {}

        async def main():
            async def order(number):
                found[number] = (await client.create_order(**numbered(number))).metadata["number"]

            async with AsyncSpotClient(token=TOKEN, base_url=orders.base_url) as client, trio.open_nursery() as nursery:
                for number in range(50):
                    nursery.start_soon(order, number)

        trio.run(main)
        assert found == {number: number for number in range(50)}

    def test_repeats_wait_as_trio_does(self, wire, monkeypatch):
        trio = pytest.importorskip("trio", reason="trio is not installed here")
        monkeypatch.undo()  # The pauses are real here.
        wire.answers(http(429, headers=["Retry-After: 0"]), http(429, headers=["Retry-After: 0"]), http(400))

        async def main():
            async with AsyncSpotClient(token=TOKEN, base_url=wire.base_url) as client:
                with pytest.raises(Exception, match="400"):
                    await client.create_order(**an_order())

        trio.run(main)
        assert wire.orders == 3

    def test_one_client_in_several_runs(self, orders):
        trio = pytest.importorskip("trio", reason="trio is not installed here")
        client = AsyncSpotClient(token=TOKEN, base_url=orders.base_url)

        async def main():
            return (await client.create_order(**numbered(1))).metadata["number"]

        assert [trio.run(main) for _ in range(3)] == [1, 1, 1]

    def test_cancelled_call_leaves_the_client_as_it_was(self, wire):
        trio = pytest.importorskip("trio", reason="trio is not installed here")
        wire.script = [behaviours.stall_after_reading, behaviours.answer(http(400))]

        async def main():
            async with AsyncSpotClient(token=TOKEN, base_url=wire.base_url) as client:
                with trio.move_on_after(0.3) as scope:
                    await client.create_order(**an_order())
                assert scope.cancelled_caught
                with pytest.raises(Exception, match="400"):
                    await client.create_order(**an_order())

        trio.run(main)


class TestCancellation:
    def test_cancelled_calls_use_no_connection_up(self, orders):
        """All 10,000 of them with SPOT_TEST_CANCELLATIONS=10000."""
        at_once = 40
        ends = collections.Counter()

        async def main():
            limits = httpx2.Limits(max_connections=10, max_keepalive_connections=10)
            async with (
                httpx2.AsyncClient(limits=limits) as http_client,
                AsyncSpotClient(token=TOKEN, base_url=orders.base_url, http_client=http_client, timeout=10) as client,
            ):
                loop = asyncio.get_running_loop()
                while ends["CancelledError"] < CANCELLATIONS:
                    tasks = [asyncio.ensure_future(client.create_order(**numbered(n))) for n in range(at_once)]
                    for task in tasks:
                        loop.call_later(random.uniform(0, 0.1), task.cancel)
                    for end in await asyncio.gather(*tasks, return_exceptions=True):
                        ends[type(end).__name__] += 1
                numbers = range(10_000, 10_030)
                assert await order_all(client, numbers) == list(numbers)

        asyncio.run(main())
        assert set(ends) <= {"CancelledError", "OrderEmpty"}
        print(dict(ends))


class TestEscapes:
    """What an event loop, a hook or ssl raises, told by what was sent."""

    @staticmethod
    def outcome(wire, **http_client):
        with (
            httpx2.Client(**http_client) as own,
            SpotClient(token=TOKEN, base_url=wire.base_url, http_client=own, max_retries=0) as client,
            pytest.raises((NotSentError, OutcomeUnknownError)) as caught,
        ):
            client.create_order(**an_order())
        assert caught.value.__context__ is caught.value.__cause__ is None
        return type(caught.value)

    def test_hook_before_the_request_leaves_it_unsent(self, wire):
        def hook(_):
            raise RuntimeError("canary")

        assert self.outcome(wire, event_hooks={"request": [hook]}) is NotSentError
        assert wire.orders == 0

    def test_hook_after_the_answer_leaves_the_outcome_unknown(self, wire):
        wire.answers(http(201))

        def hook(_):
            raise RuntimeError("canary")

        assert self.outcome(wire, event_hooks={"response": [hook]}) is OutcomeUnknownError
        assert wire.orders == 1

    def test_transport_of_the_callers_that_says_nothing_counts_as_sent(self, wire):
        class Silent(httpx2.HTTPTransport):
            def handle_request(self, _):
                raise ExceptionGroup("canary", [OSError()])

        assert self.outcome(wire, transport=Silent()) is OutcomeUnknownError

    def test_loop_that_closes_under_a_call_leaves_no_raw_error(self, orders, monkeypatch):
        """A pool of a dead loop, as a program could get by carrying its own http_client across, unseen by us."""
        client = AsyncSpotClient(token=TOKEN, base_url=orders.base_url, max_retries=0)
        asyncio.run(order_all(client, [0]))

        def broken(*_, **__):
            raise RuntimeError("Event loop is closed")

        monkeypatch.setattr("httpcore2._async.http11.AsyncHTTP11Connection._receive_event", broken)
        with pytest.raises(OutcomeUnknownError, match=r"RuntimeError"):
            asyncio.run(client.create_order(**numbered(1)))
        monkeypatch.setattr("httpcore2.AsyncConnectionPool._assign_requests_to_connections", broken)
        with pytest.raises(NotSentError, match=r"not sent"):
            asyncio.run(client.create_order(**numbered(2)))
