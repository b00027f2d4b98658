"""Settings of one call or of several, and what stands beside the result."""

import asyncio
import datetime as dt

import httpx
import httpx2
import pytest
from client_orders import JSON, MULTIPART, TOKEN, URLENCODED, an_answer, an_order, http, place
from spot_api_client import AsyncSpotClient, OrderEmpty, Response, SpotClient, SpotError

URL = "http://localhost:1"


def noting(seen):
    return httpx2.MockTransport(lambda request: seen.append(request) or httpx2.Response(201, json=an_answer()))


class TestWithOptions:
    def test_settings_change_and_those_of_the_first_client_stay(self):
        seen = []
        first = SpotClient(token=TOKEN, base_url=URL, transport=noting(seen), headers={"X-Mine": "1", "X-Kept": "1"})
        second = first.with_options(timeout=7, max_retries=5, headers={"x-mine": "2"})
        assert (second._settings.max_retries, first._settings.max_retries) == (5, 2)
        for client in (first, second):
            client.create_order(**an_order())
        assert [request.headers["X-Mine"] for request in seen] == ["1", "2"]
        assert [request.headers["X-Kept"] for request in seen] == ["1", "1"]
        assert [request.extensions["timeout"]["read"] for request in seen] == [30, 7]
        assert type(second) is SpotClient

    @pytest.mark.parametrize("headers", [5, [("X-A", "b")], "X-A: b"])
    def test_headers_that_are_no_mapping_are_refused(self, headers):
        message = f"headers must be a mapping of names to values, not {type(headers).__name__}"
        with pytest.raises(TypeError, match=message):
            SpotClient(token=TOKEN, headers=headers)
        with SpotClient(token=TOKEN) as client:
            for call in (
                lambda: client.with_options(headers=headers),
                lambda: place("sync", URL, call={"headers": headers}),
            ):
                with pytest.raises(TypeError, match=message):
                    call()

    @pytest.mark.parametrize("kind", [SpotClient, AsyncSpotClient])
    def test_subclass_keeps_what_it_has_of_its_own(self, kind):
        class Mine(kind):
            def __init__(self, tenant, **settings):
                super().__init__(**settings)
                self.tenant = tenant

        client = Mine("t", token=TOKEN, base_url=URL)
        other = client.with_options(max_retries=7)
        assert (type(other), other.tenant) == (Mine, "t")
        assert (client._settings.max_retries, other._settings.max_retries) == (2, 7)

    def test_connections_are_shared(self, orders):
        with SpotClient(token=TOKEN, base_url=orders.base_url) as client:
            client.create_order(**an_order())
            for number in range(3):
                with client.with_options(max_retries=number) as other:
                    other.create_order(**an_order())
            client.create_order(**an_order())
        assert orders.connections == 1

    def test_connections_are_shared_between_tasks(self, orders):
        async def run():
            async with AsyncSpotClient(token=TOKEN, base_url=orders.base_url) as client:
                await client.create_order(**an_order())
                async with client.with_options(timeout=3) as other:
                    await other.create_order(**an_order())
                await client.create_order(**an_order())

        asyncio.run(run())
        assert orders.connections == 1

    def test_number_of_retries_is_that_of_the_new_client(self, wire):
        wire.answers(http(429, headers=["Retry-After: 0"]))
        with SpotClient(token=TOKEN, base_url=wire.base_url) as client:
            for max_retries, orders in ((0, 1), (4, 6)):
                with pytest.raises(SpotError):
                    client.with_options(max_retries=max_retries).create_order(**an_order())
                assert wire.orders == orders

    @pytest.mark.parametrize("options", [{"timeout": 0}, {"max_retries": -1}, {"headers": {"Authorization": "x"}}])
    def test_impossible_settings_are_refused(self, options):
        with SpotClient(token=TOKEN) as client, pytest.raises(ValueError, match=next(iter(options))):
            client.with_options(**options)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_whole_answer_stands_beside_the_result(wire, kind):
    wire.answers(http(429), http(201, an_answer(), headers=["X-Request-ID: req-7", "X-Seen: 1"]))
    if kind == "sync":
        with SpotClient(token=TOKEN, base_url=wire.base_url) as client:
            response = client.with_response.create_order(**an_order())
    else:

        async def run():
            async with AsyncSpotClient(token=TOKEN, base_url=wire.base_url) as client:
                return await client.with_response.create_order(**an_order())

        response = asyncio.run(run())
    assert type(response) is Response
    assert type(response.parsed) is OrderEmpty
    assert (response.status_code, response.request_id, response.attempts) == (201, "req-7", 2)
    assert response.headers["x-seen"] == "1"
    assert dt.timedelta() < response.elapsed < dt.timedelta(seconds=10)


def test_errors_carry_attempts_and_elapsed_time_too(wire):
    wire.answers(http(429), http(400))
    with SpotClient(token=TOKEN, base_url=wire.base_url) as client, pytest.raises(SpotError) as caught:
        client.create_order(**an_order())
    assert caught.value.response.attempts == 2
    assert caught.value.response.elapsed > dt.timedelta()


@pytest.mark.parametrize("content_type", ["", " ", "text/xml", "APPLICATION/JSON", 5, ["a"], {}])
def test_unknown_content_type_is_refused_before_sending(content_type):
    seen = []
    with pytest.raises(ValueError, match=f"^content_type must be one of {JSON}, {URLENCODED}, {MULTIPART}\\.$"):
        place("sync", URL, transport=noting(seen), call={"content_type": content_type})
    assert seen == []


class TestWhatIsPassed:
    @pytest.mark.parametrize(
        ("kind", "settings", "message"),
        [
            (SpotClient, {"http_client": httpx.Client}, "must be an httpx2.Client, not httpx.Client: this client uses"),
            (SpotClient, {"http_client": httpx2.AsyncClient}, "must be an httpx2.Client, .*: pass it to AsyncSpotCl"),
            (AsyncSpotClient, {"http_client": httpx2.Client}, "must be an httpx2.AsyncClient, .*: pass it to SpotCl"),
            (AsyncSpotClient, {"http_client": httpx.AsyncClient}, "not httpx.AsyncClient: this client uses httpx2"),
            (SpotClient, {"transport": httpx.HTTPTransport}, "transport must be an httpx2.BaseTransport, not httpx.HT"),
            (SpotClient, {"transport": httpx2.AsyncHTTPTransport}, ": pass it to AsyncSpotClient"),
            (AsyncSpotClient, {"transport": httpx2.HTTPTransport}, ": pass it to SpotClient"),
            (SpotClient, {"transport": str}, "not str"),
        ],
    )
    def test_other_objects_are_refused_when_constructing(self, kind, settings, message):
        values = {name: make() for name, make in settings.items()}
        with pytest.raises(TypeError, match=message):
            kind(token=TOKEN, base_url=URL, **values)

    def test_transport_for_both_is_taken_by_both(self):
        transport = httpx2.MockTransport(lambda _: httpx2.Response(500))
        SpotClient(token=TOKEN, transport=transport)
        AsyncSpotClient(token=TOKEN, transport=transport)
