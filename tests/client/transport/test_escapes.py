"""Cancelled calls, and what hooks, transports and event loops raise: each call has an outcome."""

import asyncio
import collections
import os
import random

import httpx2
import pytest
from client_orders import TOKEN, an_order, http, numbered, order_all
from spot_api_client import AsyncSpotClient, NotSentError, OutcomeUnknownError, SpotClient

CANCELLATIONS = int(os.environ.get("SPOT_TEST_CANCELLATIONS", "200"))


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
    """What an event loop, a hook or ssl raises becomes the outcome that fits what was sent."""

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

    def test_proxy_that_refuses_the_tunnel_leaves_the_order_unsent(self, wire):
        def refuse(server, connection):
            server.read_head(connection)
            connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")

        wire.script = [refuse]
        with (
            httpx2.Client(proxy=wire.base_url) as own,
            SpotClient(token=TOKEN, base_url="https://app.example.com", http_client=own, max_retries=0) as client,
            pytest.raises(NotSentError),
        ):
            client.create_order(**an_order())
        assert wire.connections == 1

    @pytest.mark.parametrize("error", [KeyboardInterrupt("x"), BaseExceptionGroup("x", [SystemExit("y")])])
    def test_what_passes_carries_neither_frames_of_the_transport_nor_what_it_came_from(self, error):
        def interrupted(_):
            raise error from ValueError("canary")

        for inner in getattr(error, "exceptions", ()):
            with pytest.raises(SystemExit):
                raise inner
        with (
            SpotClient(token=TOKEN, transport=httpx2.MockTransport(interrupted)) as client,
            pytest.raises(type(error)) as caught,
        ):
            client.create_order(**an_order())
        assert caught.value is error
        assert error.__cause__ is error.__context__ is None
        assert "interrupted" not in [frame.name for frame in caught.traceback]
        for inner in getattr(error, "exceptions", ()):
            assert inner.__traceback__ is None

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

    def test_failure_of_an_own_transport_leaves_the_outcome_unknown(self, wire):
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
