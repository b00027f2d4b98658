"""The client against real services: the project's sandbox, and Django REST Framework."""

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from client_orders import ENCODINGS, TOKEN, a_recipient, an_address, an_order, place
from spot_api_client import (
    AddressCountry,
    AsyncSpotClient,
    AuthenticationError,
    BadRequestError,
    OrderStatus,
    SpotClient,
)

RECIPIENTS = {
    "usual": a_recipient(),
    "decomposed": a_recipient(first_name=unicodedata.normalize("NFD", "Zoë"), last_name="李小龍 😀"),
    "leading zeros": a_recipient(phone="0015550142", address=an_address(zip_="00501", state="NY")),
    "canadian": a_recipient(address=an_address(country=AddressCountry.CA, state="QC", zip_="H2X 1Y4", city="Montréal")),
    "punctuation": a_recipient(last_name="O'Neil-Smith & Co; a=b%20+c", email="a+b@example.com"),
}
METADATA = {
    "empty": {},
    "typed": {"n": 9007199254740993, "one": 1, "true": True, "float": 1.5, "null": None, "list": [[], {}]},
    "names": {"a.b": {"": "x"}, "é": "&=+%", 'quote"': "line\r\nbreak"},
}


@pytest.fixture(params=["sandbox", "drf"])
def service(request):
    """The address of one of the two services."""
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("encoding", ENCODINGS)
class TestEcho:
    @pytest.mark.parametrize("name", RECIPIENTS)
    def test_recipient_comes_back_as_sent(self, service, encoding, name):
        order = place("sync", service, order=an_order(recipient=RECIPIENTS[name]), call=encoding)
        assert order.recipient == RECIPIENTS[name]
        assert order.status is OrderStatus.PENDING

    @pytest.mark.parametrize("name", METADATA)
    def test_metadata_comes_back_as_sent(self, service, encoding, name):
        order = place("async", service, order=an_order(metadata=METADATA[name]), call=encoding)
        assert repr(dict(order.metadata)) == repr(METADATA[name])

    def test_kit_types_keep_order_and_repeats(self, service, encoding):
        kit_types = ["health_kit_2", "health_kit_1", "health_kit_2"]
        assert place("sync", service, order=an_order(kit_types=kit_types), call=encoding).kit_types == kit_types

    def test_refusal_names_the_field(self, service, encoding):
        recipient = a_recipient(address=an_address(country=AddressCountry("ZZ")))
        with pytest.raises(BadRequestError) as caught:
            place("sync", service, order=an_order(recipient=recipient), call=encoding)
        assert caught.value.error_type == "bad_request"
        assert "country" in caught.value.detail

    def test_wrong_token_is_refused(self, service, encoding):
        with pytest.raises(AuthenticationError) as caught:
            place("sync", service, call=encoding, token="other")
        assert caught.value.error_type == "unauthorized"


class TestParallel:
    """One client, a hundred orders at a time; each answer belongs to its order."""

    COUNT = 100

    def test_threads_share_a_client(self, sandbox):
        with (
            SpotClient(token=TOKEN, base_url=sandbox, timeout=60) as client,
            ThreadPoolExecutor(60) as pool,
        ):
            orders = list(pool.map(lambda number: client.create_order(**numbered(number)), range(self.COUNT)))
        self.assert_each_its_own(orders)

    def test_tasks_share_a_client(self, sandbox):
        async def run():
            async with AsyncSpotClient(token=TOKEN, base_url=sandbox, timeout=60) as client:
                return await asyncio.gather(*(client.create_order(**numbered(n)) for n in range(self.COUNT)))

        self.assert_each_its_own(asyncio.run(run()))

    def assert_each_its_own(self, orders):
        assert len({order.order_id for order in orders}) == self.COUNT
        for number, order in enumerate(orders):
            assert order.metadata == {"number": number}
            assert order.recipient.first_name == f"Ann {number}"

    def test_connections_are_reused(self, sandbox):
        opened = []

        class Counting(httpx2.HTTPTransport):
            def handle_request(self, request):
                request.extensions["trace"] = lambda name, _: opened.append(name)
                return super().handle_request(request)

        with SpotClient(token=TOKEN, base_url=sandbox, transport=Counting()) as client:
            for number in range(5):
                client.create_order(**numbered(number))
        assert opened.count("connection.connect_tcp.started") == 1
        assert opened.count("http11.send_request_headers.started") == 5


def numbered(number):
    order = an_order(recipient=a_recipient(first_name=f"Ann {number}"), metadata={"number": number})
    return order | ENCODINGS[number % len(ENCODINGS)]


def test_null_metadata_goes_over_json_alone(sandbox):
    assert place("sync", sandbox, order=an_order(metadata=None)).metadata is None
