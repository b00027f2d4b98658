"""Retries that cannot create an order twice, proven at the socket."""

import asyncio
import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import client_wire as behaviours
import httpx2
import pytest
from client_orders import ENCODINGS, TOKEN, an_answer, an_order, http, place
from spot_api_client import (
    AsyncSpotClient,
    NotSentError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    SpotClient,
    SpotError,
)
from spot_api_client._runtime.transport.retries import LONGEST_RETRY_AFTER

CREATED = http(201, an_answer())
UNKNOWN = {
    "dropped half read": behaviours.drop_half_read,
    "dropped after it was read": behaviours.drop_after_reading,
    "stalled before it was read": behaviours.stall_before_reading,
    "stalled after it was read": behaviours.stall_after_reading,
    "half a status line": behaviours.answer(b"HTTP/1.1 20"),
    "half the headers": behaviours.answer(CREATED[:60]),
    "half a body": behaviours.answer(CREATED[:-40]),
    "no HTTP": behaviours.answer(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "status 99": behaviours.answer(b"HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n"),
    "301": behaviours.answer(http(301, headers=["Location: /api/v2/orders/"])),
    "303": behaviours.answer(http(303, headers=["Location: /api/v2/orders/"])),
    "307": behaviours.answer(http(307, headers=["Location: /api/v2/orders/"])),
    "500": behaviours.answer(http(500, {"error": {"status": 500, "type": "internal_server_error", "detail": "x"}})),
    "503 with Retry-After": behaviours.answer(http(503, headers=["Retry-After: 0"])),
    "200": behaviours.answer(http(200, an_answer())),
    "204": behaviours.answer(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "201 without a body": behaviours.answer(http(201)),
    "201 with a page": behaviours.answer(http(201, b"<html>", content_type="text/html")),
    "201 with a list": behaviours.answer(http(201, [])),
    "201 with an empty object": behaviours.answer(http(201, {})),
}
QUICK = {"timeout": httpx2.Timeout(5, read=0.2)}


@pytest.mark.parametrize("kind", ["sync", "async"])
class TestOneRequestOnly:
    @pytest.mark.parametrize("name", UNKNOWN)
    def test_unknown_outcome_is_raised_after_one_request(self, wire, kind, name, pauses):
        wire.script = [UNKNOWN[name]]
        with pytest.raises(OutcomeUnknownError):
            place(kind, wire.base_url, call=QUICK, max_retries=5)
        assert wire.connections == 1
        assert wire.orders <= 1
        assert pauses == []

    @pytest.mark.parametrize("encoding", ENCODINGS[1:])
    def test_each_encoding_is_sent_once(self, wire, kind, encoding):
        wire.script = [behaviours.drop_after_reading]
        with pytest.raises(OutcomeUnknownError):
            place(kind, wire.base_url, call=encoding)
        assert wire.connections == 1

    @pytest.mark.parametrize("status", [400, 401, 408, 409, 425, 499])
    def test_refusal_is_raised_after_one_request(self, wire, kind, status):
        wire.answers(http(status))
        with pytest.raises(RejectedError):
            place(kind, wire.base_url, max_retries=5)
        assert wire.orders == 1

    def test_large_request_cut_off_while_it_is_written_is_sent_once(self, wire, kind):
        wire.script = [behaviours.drop_half_read]
        with pytest.raises(OutcomeUnknownError):
            place(kind, wire.base_url, order=an_order(metadata={"long": "x" * 20_000_000}), max_retries=5)
        assert wire.connections == 1

    def test_dropped_idle_connection_is_not_used_again(self, wire, kind):
        """The second order goes over a new connection, and the first is not sent again."""
        keep = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        body = CREATED.split(b"\r\n\r\n", 1)[1]
        wire.answers(keep % (len(body), body))
        if kind == "sync":
            with SpotClient(base_url=wire.base_url, token=TOKEN) as client:
                for _ in range(2):
                    client.create_order(**an_order())
                    time.sleep(0.05)  # The server closes after its answer, without saying so.
        else:

            async def run():
                async with AsyncSpotClient(base_url=wire.base_url, token=TOKEN) as client:
                    for _ in range(2):
                        await client.create_order(**an_order())
                        await asyncio.sleep(0.05)

            asyncio.run(run())
        assert wire.orders == 2


@pytest.mark.parametrize("kind", ["sync", "async"])
class TestRepeats:
    def test_refused_connection_is_tried_again(self, kind, pauses):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        with pytest.raises(NotSentError):
            place(kind, f"http://127.0.0.1:{port}", max_retries=3)
        assert len(pauses) == 3

    def test_order_goes_through_once_the_server_listens(self, kind, wire, monkeypatch):
        """Connecting fails twice before the socket, and the order arrives once."""
        wire.answers(CREATED)
        failures = [OSError(111, "Connection refused"), OSError(111, "Connection refused")]
        _fail_to_connect(monkeypatch, kind, failures)
        assert place(kind, wire.base_url).order_id == "O1234567"
        assert failures == []
        assert wire.orders == 1

    def test_unresolvable_host_is_not_sent(self, kind, pauses):
        with pytest.raises(NotSentError) as caught:
            place(kind, "https://host.invalid", max_retries=1)
        assert len(pauses) == 1
        assert caught.value.status_code is None

    # Python's own ssl leaves its socket unclosed where the peer resets the connection at a certain moment.
    @pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning")
    def test_failing_tls_handshake_is_not_sent(self, kind, wire):
        wire.script = [behaviours.drop_at_once]
        with pytest.raises(NotSentError):
            place(kind, wire.base_url.replace("http:", "https:"), max_retries=2)
        assert wire.connections == 3

    @pytest.mark.parametrize("encoding", ENCODINGS)
    def test_429_is_retried_with_the_same_bytes(self, kind, wire, encoding, pauses):
        wire.answers(http(429), http(429, headers=["Retry-After: 7"]), CREATED)
        order = place(kind, wire.base_url, call=encoding)
        assert order.order_id == "O1234567"
        assert wire.requests[0] == wire.requests[1] == wire.requests[2]
        assert 0 < pauses[0] <= 0.5
        assert 7 <= pauses[1] <= 8

    @pytest.mark.parametrize(("settings", "retries"), [({}, 2), ({"max_retries": 0}, 0)])
    def test_429_is_raised_when_the_retries_are_used_up(self, kind, wire, pauses, settings, retries):
        wire.answers(http(429, headers=["Retry-After: 3"]))
        with pytest.raises(RateLimitedError) as caught:
            place(kind, wire.base_url, **settings)
        assert wire.orders == retries + 1
        assert len(pauses) == retries
        assert caught.value.retry_after == 3

    def test_retry_after_is_read_as_a_date(self, kind, wire, pauses):
        moment = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
        wire.answers(http(429, headers=[f"Retry-After: {moment}"]), CREATED)
        place(kind, wire.base_url)
        assert 27 <= pauses[0] <= 31

    def test_long_retry_after_is_not_waited_for(self, kind, wire, pauses):
        wire.answers(http(429, headers=[f"Retry-After: {LONGEST_RETRY_AFTER + 1:.0f}"]))
        with pytest.raises(RateLimitedError) as caught:
            place(kind, wire.base_url)
        assert wire.orders == 1
        assert pauses == []
        assert caught.value.retry_after == LONGEST_RETRY_AFTER + 1

    @pytest.mark.parametrize("text", ["soon", "-1", "1e9", "Mon, 99 Nov 2026 00:00:00 GMT", "", "9" * 400])
    def test_unreadable_retry_after_falls_back_to_the_usual_pause(self, kind, wire, text, pauses):
        wire.answers(http(429, headers=[f"Retry-After: {text}"]), CREATED)
        place(kind, wire.base_url)
        assert 0 < pauses[0] <= 0.5

    def test_pauses_grow_and_differ(self, kind, wire, pauses):
        wire.answers(http(429))
        with pytest.raises(RateLimitedError):
            place(kind, wire.base_url, max_retries=6)
        assert all(low <= pause <= high for pause, low, high in zip(pauses, LOW, HIGH, strict=True))
        assert len(set(pauses)) == 6

    def test_outcome_after_a_429_is_not_retried(self, kind, wire):
        wire.script = [behaviours.answer(http(429)), behaviours.drop_after_reading]
        with pytest.raises(OutcomeUnknownError):
            place(kind, wire.base_url, max_retries=5)
        assert wire.orders == 2

    def test_no_idempotency_header_is_invented(self, kind, wire):
        wire.answers(CREATED)
        place(kind, wire.base_url)
        names = {line.split(b":")[0].lower() for line in wire.requests[0][0].split(b"\r\n")[1:]}
        assert names == {
            *(b"host", b"accept", b"accept-encoding", b"user-agent"),
            *(b"content-type", b"content-length", b"authorization"),
        }


LOW = [0.25, 0.5, 1, 2, 4, 4]
HIGH = [0.5, 1, 2, 4, 8, 8]


def _fail_to_connect(monkeypatch, kind, failures):
    """Let connecting fail for each error in the list, below httpx2, then let it work."""
    if kind == "sync":
        connect = socket.create_connection

        def failing(*arguments, **options):
            if failures:
                raise failures.pop()
            return connect(*arguments, **options)

        monkeypatch.setattr(socket, "create_connection", failing)
    else:
        loop = asyncio.BaseEventLoop
        connect = loop.create_connection

        async def failing(*arguments, **options):
            if failures:
                raise failures.pop()
            return await connect(*arguments, **options)

        monkeypatch.setattr(loop, "create_connection", failing)


class TestPool:
    def test_wait_for_a_free_connection_in_vain_is_not_sent(self, wire):
        """The first request holds the only connection; the second was never sent, and says so."""
        wire.script = [behaviours.stall_after_reading]

        async def run():
            limits = httpx2.Limits(max_connections=1)
            async with (
                httpx2.AsyncClient(limits=limits) as http_client,
                AsyncSpotClient(token=TOKEN, base_url=wire.base_url, http_client=http_client, max_retries=0) as client,
            ):
                timeout = httpx2.Timeout(5, read=1.0, pool=0.2)
                calls = [client.create_order(**an_order(), timeout=timeout) for _ in range(2)]
                return await asyncio.gather(*calls, return_exceptions=True)

        outcomes = asyncio.run(run())
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NotSentError", "OutcomeUnknownError"]
        assert wire.orders == 1

    def test_redirects_of_an_own_http_client_are_not_followed(self, wire):
        wire.answers(http(307, headers=["Location: /api/v2/orders/"]), CREATED)
        with httpx2.Client(follow_redirects=True) as http_client, pytest.raises(OutcomeUnknownError):
            place("sync", wire.base_url, http_client=http_client)
        assert wire.orders == 1

    def test_digest_auth_of_an_own_http_client_sends_nothing_again(self, wire):
        challenge = 'WWW-Authenticate: Digest realm="x", nonce="y", qop="auth"'
        wire.answers(http(401, headers=[challenge]), CREATED)
        with httpx2.Client(auth=httpx2.DigestAuth("user", "pass")) as http_client, pytest.raises(RejectedError):
            place("sync", wire.base_url, http_client=http_client)
        assert wire.orders == 1


class TestCancellation:
    def test_cancelled_call_is_not_retried_and_stays_cancelled(self, wire):
        wire.script = [behaviours.stall_after_reading]

        async def run():
            async with AsyncSpotClient(token=TOKEN, base_url=wire.base_url) as client:
                task = asyncio.ensure_future(client.create_order(**an_order()))
                while not wire.orders:
                    await asyncio.wait([task], timeout=0.02)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task

        asyncio.run(run())
        assert wire.connections == 1

    def test_spot_error_is_the_root_of_all_outcomes(self):
        assert {NotSentError.__base__, OutcomeUnknownError.__base__, RejectedError.__base__} == {SpotError}
