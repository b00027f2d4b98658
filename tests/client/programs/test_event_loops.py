"""One AsyncSpotClient over several event loops, of asyncio and of trio: no order is lost."""

import asyncio
import gc
import os
import subprocess
import sys
import threading

import client_wire as behaviours
import httpx2
import pytest
from client_orders import ROOT, TOKEN, an_order, http, numbered, order_all
from spot_api_client import AsyncSpotClient, NotSentError


class TestLoops:
    def test_six_runs_in_a_row_share_one_client(self, orders):
        client = AsyncSpotClient(token=TOKEN, base_url=orders.base_url)
        for run in range(6):
            numbers = range(run * 20, run * 20 + 20)
            assert asyncio.run(order_all(client, numbers)) == list(numbers)
        assert sorted(entry["number"] for entry in orders.metadata) == list(range(120))

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
            numbers = range(start, start + 20)
            found.append(asyncio.run(order_all(client, numbers)) == list(numbers))

        threads = [threading.Thread(target=run, args=(start,)) for start in range(0, 80, 20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [True] * 4
        assert sorted(entry["number"] for entry in orders.metadata) == list(range(80))

    def test_async_to_sync_of_asgiref(self, orders):
        sync = pytest.importorskip("asgiref.sync", reason="asgiref is not installed here")
        client = AsyncSpotClient(token=TOKEN, base_url=orders.base_url)
        for number in range(20):
            order = sync.async_to_sync(client.create_order)(**numbered(number))
            assert order.metadata == {"number": number}
        assert len(orders.metadata) == 20

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
            "@pytest.mark.parametrize('number', range(10))\n"
            "async def test_order(number):\n"
            "    order = await client.create_order(**an_order(metadata={'number': number}))\n"
            "    assert order.metadata['number'] == number\n",
            encoding="utf-8",
        )
        options = ["-q", "-c", "/dev/null", "-W", "error", "-p", "no:cacheprovider", "-p", "pytest_asyncio.plugin"]
        options += ["--asyncio-mode=auto", "-o", "asyncio_default_fixture_loop_scope=function"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, test],
            cwd=tmp_path,
            env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "10 passed" in done.stdout, done.stdout
        assert len(orders.metadata) == 10

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
                "create_order was not sent: its http_client or transport belongs to another event loop: "
                "create it and the client in each event loop."
            )
            first.run(http_client.aclose())
        assert len(orders.metadata) == 1

    def test_transport_without_connections_serves_every_loop(self):
        transport = httpx2.MockTransport(lambda _: httpx2.Response(400))
        client = AsyncSpotClient(token=TOKEN, transport=transport)
        for _ in range(3):
            with pytest.raises(Exception, match="rejected"):
                asyncio.run(client.create_order(**numbered(0)))


class TestTrio:
    def test_orders_are_placed_at_once(self, orders):
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
