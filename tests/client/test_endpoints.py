"""The generator's own endpoint functions, with each kind of client."""

import asyncio
import inspect
import json

import httpx2
import pytest
from client_orders import CARRIERS, TOKEN, an_answer, an_order, http
from spot_api_client import (
    AsyncSpotClient,
    AuthenticatedClient,
    AuthenticationError,
    Client,
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
        with AuthenticatedClient(base_url=wire.base_url, token=TOKEN) as client:
            order = create_order.sync(client=client, body=BODY)
        assert type(order) is OrderEmpty
        assert b"Authorization: Token canary-token-8f3a" in wire.requests[0][0]

    def test_sync_detailed_gives_status_headers_and_body_too(self, wire):
        wire.answers(http(201, an_answer(), headers=["X-Seen: 1"]))
        with AuthenticatedClient(base_url=wire.base_url, token=TOKEN) as client:
            response = create_order.sync_detailed(client=client, body=BODY)
        assert type(response) is Response
        assert response.status_code == 201
        assert response.headers["x-seen"] == "1"
        assert json.loads(response.content) == an_answer()
        assert response.parsed.order_id == "O1234567"

    def test_asyncio_and_asyncio_detailed_do_the_same(self, wire):
        wire.answers(http(201, an_answer()))

        async def run():
            async with AuthenticatedClient(base_url=wire.base_url, token=TOKEN) as client:
                order = await create_order.asyncio(client=client, body=BODY)
                response = await create_order.asyncio_detailed(client=client, body=BODY)
                assert response.parsed == order

        asyncio.run(run())
        assert wire.requests[0] == wire.requests[1]

    @pytest.mark.parametrize(("content_type", "form_style"), CARRIERS)
    def test_spot_clients_serve_as_well_and_send_the_same(self, wire, content_type, form_style):
        wire.answers(http(429), http(201, an_answer()))
        options = {"content_type": content_type, "form_style": form_style, "timeout": 3.0, "headers": {"X-Mine": "1"}}

        async def run():
            async with AsyncSpotClient(base_url=wire.base_url, token=TOKEN) as client:
                return await create_order.asyncio(client=client, body=BODY, **options)

        with SpotClient(base_url=wire.base_url, token=TOKEN) as client:
            order = create_order.sync(client=client, body=BODY, **options)
            assert asyncio.run(run()) == order == client.create_order(**an_order(), **options)
        assert len({len(body) for _, body in wire.requests}) == 1

    def test_errors_are_raised_and_never_none(self, wire):
        wire.answers(http(401))
        with AuthenticatedClient(base_url=wire.base_url, token=TOKEN) as client:
            for function in (create_order.sync, create_order.sync_detailed):
                with pytest.raises(AuthenticationError):
                    function(client=client, body=BODY)
            for function in (create_order.asyncio, create_order.asyncio_detailed):
                with pytest.raises(AuthenticationError):
                    asyncio.run(function(client=client, body=BODY))

    def test_body_is_required(self):
        for name in ("sync", "sync_detailed", "asyncio", "asyncio_detailed"):
            assert inspect.signature(getattr(create_order, name)).parameters["body"].default is inspect.Parameter.empty

    def test_operation_that_needs_a_token_is_not_sent_without_one(self, wire):
        with Client(base_url=wire.base_url) as client, pytest.raises(ValueError, match="needs a token"):
            create_order.sync(client=client, body=BODY)
        assert wire.connections == 0


class TestClients:
    def test_with_headers_leaves_parent_and_mapping_alone(self, wire):
        wire.answers(http(201, an_answer()))
        given = {"X-Mine": "parent"}
        parent = AuthenticatedClient(base_url=wire.base_url, token=TOKEN, headers=given)
        parent.get_httpx_client()
        child = parent.with_headers({"X-Mine": "child", "X-More": "1"})
        with parent, child:
            create_order.sync(client=parent, body=BODY)
            create_order.sync(client=child, body=BODY)
        assert given == {"X-Mine": "parent"}
        first, second = (head for head, _ in wire.requests)
        assert b"X-Mine: parent" in first
        assert b"X-More" not in first
        assert b"X-Mine: child" in second
        assert b"X-More: 1" in second
        assert b"Authorization: Token canary" in second

    def test_with_timeout_leaves_the_parent_alone(self):
        parent = AuthenticatedClient(base_url="http://localhost:1", token=TOKEN)
        assert parent.with_timeout(7)._settings.timeout == httpx2.Timeout(7)
        assert parent._settings.timeout == httpx2.Timeout(30, connect=5)

    def test_own_httpx_clients_are_used_and_left_open(self):
        transport = httpx2.MockTransport(lambda _: httpx2.Response(201, json=an_answer()))
        http_client = httpx2.Client(transport=transport)
        with AuthenticatedClient(base_url="http://localhost:1", token=TOKEN).set_httpx_client(http_client) as client:
            assert client.get_httpx_client() is http_client
            create_order.sync(client=client, body=BODY)
        assert not http_client.is_closed

        async def run():
            async with httpx2.AsyncClient(transport=transport) as http_client:
                client = AuthenticatedClient(base_url="http://localhost:1", token=TOKEN)
                async with client.set_async_httpx_client(http_client):
                    await create_order.asyncio(client=client, body=BODY)
                assert not http_client.is_closed

        asyncio.run(run())

    def test_another_prefix_is_possible(self, wire):
        wire.answers(http(201, an_answer()))
        with AuthenticatedClient(base_url=wire.base_url, token=TOKEN, prefix="Bearer") as client:
            create_order.sync(client=client, body=BODY)
        assert b"Authorization: Bearer canary-token" in wire.requests[0][0]

    def test_httpx_clients_do_not_hold_the_token(self):
        client = AuthenticatedClient(base_url="http://localhost:1", token=TOKEN)
        assert "authorization" not in client.get_httpx_client().headers
        assert "authorization" not in client.get_async_httpx_client().headers
