"""Setting up and closing clients: addresses, tokens, time-outs, transports."""

import asyncio
import os
import subprocess
import sys

import httpx2
import pytest
from client_orders import TOKEN, an_answer, an_order, http, place
from spot_api_client import DEFAULT_TIMEOUT, AsyncSpotClient, SpotClient

BOTH = [SpotClient, AsyncSpotClient]


def transport(seen=None):
    def handle(request):
        if seen is not None:
            seen.append(request)
        return httpx2.Response(201, json=an_answer())

    return httpx2.MockTransport(handle)


class TestAddress:
    @pytest.mark.parametrize("kind", BOTH)
    def test_default_is_the_documents_server(self, kind):
        assert kind(token=TOKEN)._settings.base_url == "https://app.spotdx.com"

    @pytest.mark.parametrize("kind", BOTH)
    def test_variable_comes_before_the_default_and_after_the_argument(self, kind, monkeypatch):
        monkeypatch.setenv("SPOT_BASE_URL", "https://one.example.com")
        assert kind(token=TOKEN)._settings.base_url == "https://one.example.com"
        assert kind(token=TOKEN, base_url="https://two.example.com")._settings.base_url == "https://two.example.com"

    def test_path_before_the_operations_path_is_kept(self):
        seen = []
        for base_url in ("https://example.com/spot", "https://example.com/spot/"):
            place("sync", base_url, transport=transport(seen))
        assert {str(request.url) for request in seen} == {"https://example.com/spot/api/v2/orders/"}

    @pytest.mark.parametrize(
        "base_url",
        [
            "http://localhost",
            "http://localhost:8000",
            "http://127.0.0.1:8000/x",
            "http://127.8.9.10",
            "http://[::1]:8000",
            "HTTP://LOCALHOST",
        ],
    )
    def test_plain_http_is_fine_on_the_machine_itself(self, base_url):
        SpotClient(token=TOKEN, base_url=base_url)

    @pytest.mark.parametrize(
        "base_url",
        [
            "http://example.com",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "http://[::]",
            "http://2130706433",
        ],
    )
    @pytest.mark.parametrize("kind", BOTH)
    def test_plain_http_elsewhere_needs_consent(self, kind, base_url):
        with pytest.raises(ValueError, match="allow_http=True"):
            kind(token=TOKEN, base_url=base_url)
        kind(token=TOKEN, base_url=base_url, allow_http=True)

    @pytest.mark.parametrize(
        "base_url",
        [
            "",
            " ",
            "example.com",
            "example.com:8000",
            "//example.com",
            "ftp://example.com",
            "https://",
            "https:///x",
            "/x",
        ],
    )
    def test_what_is_no_address_is_refused(self, base_url):
        with pytest.raises(ValueError, match=r"^base_url must be an address such as"):
            SpotClient(token=TOKEN, base_url=base_url)

    @pytest.mark.parametrize("rest", ["?a=1", "#a", "?", "#"])
    def test_query_and_fragment_are_refused(self, rest):
        with pytest.raises(ValueError, match="a query or a fragment"):
            SpotClient(token=TOKEN, base_url=f"https://example.com/{rest}")

    def test_empty_variable_counts_as_absent(self, monkeypatch):
        monkeypatch.setenv("SPOT_BASE_URL", "")
        assert SpotClient(token=TOKEN)._settings.base_url == "https://app.spotdx.com"

    def test_other_types_are_refused(self):
        with pytest.raises(TypeError, match="base_url must be str, not URL"):
            SpotClient(token=TOKEN, base_url=httpx2.URL("https://example.com"))


class TestToken:
    @pytest.mark.parametrize("kind", BOTH)
    def test_variable_is_the_default(self, kind, monkeypatch):
        monkeypatch.setenv("SPOT_API_TOKEN", "from-variable")
        assert kind()._settings.credentials["tokenAuth"].secret.open() == "Token from-variable"
        assert kind(token=TOKEN)._settings.credentials["tokenAuth"].secret.open() == f"Token {TOKEN}"

    @pytest.mark.parametrize("kind", BOTH)
    def test_missing_token_is_refused_with_advice(self, kind, monkeypatch):
        # As long as every operation of the document needs the token.
        monkeypatch.setattr(kind, "_needs_credential", True)
        for token in (None, ""):
            with pytest.raises(ValueError, match="pass token= or set SPOT_API_TOKEN"):
                kind(token=token)

    @pytest.mark.parametrize("token", ["Token abc", "token abc", "TOKEN abc"])
    def test_token_with_its_prefix_is_refused(self, token):
        with pytest.raises(ValueError, match="pass the token alone"):
            SpotClient(token=token)

    @pytest.mark.parametrize(
        "token", [" abc", "abc ", "a bc", "abc\n", "a\tb", "a\u00a0b", "abc\r\nX: y", "é", "a\x7f"]
    )
    def test_token_with_white_space_or_control_characters_is_refused(self, token):
        with pytest.raises(ValueError, match="white space"):
            SpotClient(token=token)

    def test_variable_is_checked_like_the_argument(self, monkeypatch):
        monkeypatch.setenv("SPOT_API_TOKEN", "abc\n")
        with pytest.raises(ValueError, match="white space"):
            SpotClient()


class TestTimeouts:
    def test_default_is_finite(self):
        assert SpotClient(token=TOKEN)._settings.timeout == DEFAULT_TIMEOUT == httpx2.Timeout(30, connect=5)

    def test_seconds_and_timeouts_reach_the_wire(self):
        seen = []
        place("sync", "http://localhost", transport=transport(seen))
        place("sync", "http://localhost", transport=transport(seen), timeout=7)
        place("sync", "http://localhost", transport=transport(seen), timeout=7, call={"timeout": 0.5})
        place("async", "http://localhost", transport=transport(seen), call={"timeout": httpx2.Timeout(1, read=2)})
        assert [request.extensions["timeout"] for request in seen] == [
            {"connect": 5, "read": 30, "write": 30, "pool": 30},
            {"connect": 7, "read": 7, "write": 7, "pool": 7},
            {"connect": 0.5, "read": 0.5, "write": 0.5, "pool": 0.5},
            {"connect": 1, "read": 2, "write": 1, "pool": 1},
        ]

    def test_timeout_of_an_own_http_client_is_replaced(self):
        seen = []
        with httpx2.Client(transport=transport(seen), timeout=None) as http_client:
            place("sync", "http://localhost", http_client=http_client)
        assert seen[0].extensions["timeout"]["read"] == 30

    @pytest.mark.parametrize("timeout", [0, -1, float("inf"), float("nan")])
    def test_impossible_seconds_are_refused(self, timeout):
        with pytest.raises(ValueError, match="timeout must be a finite number"):
            SpotClient(token=TOKEN, timeout=timeout)

    @pytest.mark.parametrize("timeout", ["5", True, (5, 30)])
    def test_other_types_are_refused(self, timeout):
        with pytest.raises(TypeError, match="timeout must be seconds or an"):
            SpotClient(token=TOKEN, timeout=timeout)


class TestSettings:
    @pytest.mark.parametrize("max_retries", [-1, True, 1.5, "2", None])
    def test_odd_numbers_of_retries_are_refused(self, max_retries):
        with pytest.raises(ValueError, match="max_retries must be an integer of at least 0"):
            SpotClient(token=TOKEN, max_retries=max_retries)

    def test_transport_and_http_client_exclude_each_other(self):
        with httpx2.Client() as http_client, pytest.raises(ValueError, match="not both"):
            SpotClient(token=TOKEN, transport=transport(), http_client=http_client)

    def test_headers_of_the_client_go_with_every_request(self):
        seen = []
        place("sync", "http://localhost", transport=transport(seen), headers={"X-Mine": "1", "User-Agent": "mine/1"})
        assert seen[0].headers["X-Mine"] == "1"
        assert seen[0].headers.get_list("User-Agent") == ["mine/1"]

    def test_headers_and_cookies_of_an_own_http_client_go_along(self):
        seen = []
        own = {"X-Mine": "1", "Authorization": "Bearer other", "Accept": "text/html"}
        with httpx2.Client(transport=transport(seen), headers=own, cookies={"a": "b"}) as http_client:
            place("sync", "http://localhost", http_client=http_client)
        assert seen[0].headers["X-Mine"] == "1"
        assert seen[0].headers["Cookie"] == "a=b"
        assert seen[0].headers["Authorization"] == f"Token {TOKEN}"
        assert seen[0].headers["Accept"] == "application/json"

    def test_user_agent_is_package_and_version(self):
        seen = []
        place("sync", "http://localhost", transport=transport(seen))
        name, _, version = seen[0].headers["User-Agent"].partition("/")
        assert name == "spot-api-client"
        assert version.replace(".", "").isalnum()

    def test_cookies_of_an_answer_do_not_come_back(self, wire):
        wire.answers(http(201, an_answer(), headers=["Set-Cookie: session=abc; Path=/"]))
        with SpotClient(token=TOKEN, base_url=wire.base_url) as client:
            client.create_order(**an_order())
            client.create_order(**an_order())
        assert b"cookie" not in wire.requests[1][0].lower()


class TestClosing:
    def test_with_block_closes(self):
        with SpotClient(token=TOKEN) as client:
            pass
        assert client._engine._pools._first.open().http.is_closed
        with pytest.raises(RuntimeError, match="closed"):
            client.create_order(**an_order())

    def test_async_with_block_closes(self):
        async def run():
            async with AsyncSpotClient(token=TOKEN) as client:
                pass
            with pytest.raises(RuntimeError, match="closed"):
                await client.create_order(**an_order())

        asyncio.run(run())

    def test_own_http_client_stays_open(self):
        http_client = httpx2.Client()
        SpotClient(token=TOKEN, http_client=http_client).close()
        assert not http_client.is_closed
        http_client.close()

    def test_own_transport_is_closed_with_the_client(self):
        class Noting(httpx2.MockTransport):
            closed = False

            def close(self):
                self.closed = True

        noting = Noting(lambda _: httpx2.Response(201))
        SpotClient(token=TOKEN, transport=noting).close()
        assert noting.closed

    def test_connection_is_given_back_after_each_outcome(self, wire):
        """With a pool of one connection, an order after a failed one would wait in vain otherwise."""
        endless = http(201, b" " * 17_000_000)
        wire.answers(http(500), http(400), endless, http(201, an_answer())[:-9], http(201, an_answer()))
        limits = httpx2.Limits(max_connections=1)
        with (
            httpx2.Client(limits=limits) as http_client,
            SpotClient(token=TOKEN, base_url=wire.base_url, http_client=http_client, timeout=2) as client,
        ):
            outcomes = []
            for _ in range(5):
                try:
                    outcomes.append(client.create_order(**an_order()).order_id)
                except Exception as error:  # noqa: BLE001 - the classes are what is compared
                    outcomes.append(type(error).__name__)
        assert outcomes == ["OutcomeUnknownError", "BadRequestError", *["OutcomeUnknownError"] * 2, "O1234567"]


def test_proxy_of_the_environment_is_respected(wire):
    """An order for another host goes to the proxy that the environment names."""
    wire.answers(http(201, an_answer()))
    program = (
        "from spot_api_client import *\n"
        "c = SpotClient(token='t', base_url='http://spot.example.com', allow_http=True)\n"
        "r = Recipient(first_name='a', last_name='b', email='c', phone='d', address=Address(street1='e', city='f',"
        " state='g', country=AddressCountry.US, zip_='h'))\n"
        "print(c.create_order(kit_types=['k'], recipient=r).order_id)\n"
    )
    environment = {**os.environ, "http_proxy": wire.base_url}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.stdout.strip() == "O1234567", done.stderr
    assert wire.requests[0][0].startswith(b"POST http://spot.example.com/api/v2/orders/ HTTP/1.1")
