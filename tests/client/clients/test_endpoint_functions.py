"""The generator's own endpoint functions."""

import asyncio
import inspect
import json

import pytest
from client_orders import ENCODINGS, TOKEN, an_answer, an_order, http
from spot_api_client import (
    AsyncSpotClient,
    AuthenticationError,
    CreateOrder,
    OrderEmpty,
    Response,
    SpotClient,
)
from spot_api_client.api.orders import create_order

BODY = CreateOrder(**an_order())


class TestFunctions:
    def test_sync_gives_the_order(self, wire):
        wire.answers(http(201, an_answer()))
        with SpotClient(base_url=wire.base_url, token=TOKEN) as client:
            order = create_order.sync(client=client, body=BODY)
        assert type(order) is OrderEmpty
        assert b"Authorization: Token canary-token-8f3a" in wire.requests[0][0]

    def test_sync_detailed_gives_status_headers_and_body_too(self, wire):
        wire.answers(http(201, an_answer(), headers=["X-Seen: 1"]))
        with SpotClient(base_url=wire.base_url, token=TOKEN) as client:
            response = create_order.sync_detailed(client=client, body=BODY)
        assert type(response) is Response
        assert response.status_code == 201
        assert response.headers["x-seen"] == "1"
        assert json.loads(response.content) == an_answer()
        assert response.parsed.order_id == "O1234567"

    def test_asyncio_and_asyncio_detailed_do_the_same(self, wire):
        wire.answers(http(201, an_answer()))

        async def run():
            async with AsyncSpotClient(base_url=wire.base_url, token=TOKEN) as client:
                order = await create_order.asyncio(client=client, body=BODY)
                response = await create_order.asyncio_detailed(client=client, body=BODY)
                assert response.parsed == order

        asyncio.run(run())
        assert wire.requests[0] == wire.requests[1]

    @pytest.mark.parametrize("encoding", ENCODINGS)
    def test_functions_and_methods_send_the_same(self, wire, encoding):
        wire.answers(http(429), http(201, an_answer()))
        options = {**encoding, "timeout": 3.0, "headers": {"X-Mine": "1"}}

        async def run():
            async with AsyncSpotClient(base_url=wire.base_url, token=TOKEN) as client:
                return await create_order.asyncio(client=client, body=BODY, **options)

        with SpotClient(base_url=wire.base_url, token=TOKEN) as client:
            order = create_order.sync(client=client, body=BODY, **options)
            assert asyncio.run(run()) == order == client.create_order(**an_order(), **options)
        assert len({len(body) for _, body in wire.requests}) == 1

    def test_errors_are_raised_and_never_none(self, wire):
        wire.answers(http(401))
        with SpotClient(base_url=wire.base_url, token=TOKEN) as client:
            for function in (create_order.sync, create_order.sync_detailed):
                with pytest.raises(AuthenticationError):
                    function(client=client, body=BODY)
        client = AsyncSpotClient(base_url=wire.base_url, token=TOKEN)
        for function in (create_order.asyncio, create_order.asyncio_detailed):
            with pytest.raises(AuthenticationError):
                asyncio.run(function(client=client, body=BODY))

    def test_body_is_required(self):
        for name in ("sync", "sync_detailed", "asyncio", "asyncio_detailed"):
            assert inspect.signature(getattr(create_order, name)).parameters["body"].default is inspect.Parameter.empty

    @pytest.mark.parametrize("name", ["sync", "sync_detailed"])
    def test_client_for_tasks_is_refused_in_threads(self, wire, name):
        with pytest.raises(TypeError, match=r"client must be a SpotClient, not AsyncSpotClient\. Nothing was sent"):
            getattr(create_order, name)(client=AsyncSpotClient(base_url=wire.base_url, token=TOKEN), body=BODY)
        assert wire.connections == 0

    @pytest.mark.parametrize("name", ["asyncio", "asyncio_detailed"])
    def test_client_for_threads_is_refused_in_tasks(self, wire, name):
        with (
            SpotClient(base_url=wire.base_url, token=TOKEN) as client,
            pytest.raises(TypeError, match=r"client must be an AsyncSpotClient, not SpotClient\. Nothing was sent"),
        ):
            asyncio.run(getattr(create_order, name)(client=client, body=BODY))
        assert wire.connections == 0
