"""What each answer becomes, and what the error says."""

import copy
import pickle
import ssl

import httpx2
import pytest
from client_orders import an_answer, place
from spot_api_client import (
    AuthenticationError,
    BadRequestError,
    NotFoundError,
    NotSentError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitedError,
    RejectedError,
    SpotError,
)

URL = "http://localhost:1"


def answered(status, **answer):
    """The error that an answer becomes."""
    transport = httpx2.MockTransport(lambda _: httpx2.Response(status, **answer))
    with pytest.raises(SpotError) as caught:
        place("sync", URL, transport=transport, max_retries=0)
    return caught.value


def envelope(**error):
    return {"error": {"status": 400, "type": "bad_request", "detail": "The zip field is required", **error}}


class TestRejected:
    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (400, BadRequestError),
            (401, AuthenticationError),
            (403, PermissionDeniedError),
            (404, NotFoundError),
            (429, RateLimitedError),
            (405, RejectedError),
            (413, RejectedError),
            (415, RejectedError),
            (499, RejectedError),
        ],
    )
    def test_status_decides_the_class(self, status, kind):
        error = answered(status, json=envelope())
        assert type(error) is kind
        assert isinstance(error, RejectedError)
        assert error.status_code == status

    def test_documents_envelope_is_read(self):
        error = answered(400, json=envelope(), headers={"X-Request-ID": "req-1"})
        assert error.error_type == "bad_request"
        assert error.detail == "The zip field is required"
        assert error.request_id == "req-1"
        assert error.body == envelope()
        assert error.response.status_code == 400
        assert error.response.headers["x-request-id"] == "req-1"
        assert str(error) == "create_order was rejected: 400 bad_request (request id req-1). Nothing was created."
        assert error.message == str(error)

    def test_error_pages_envelope_is_read_alike(self):
        body = {"error": {"code": 400, "type": "bad_request", "details": ["first_name: Field is required", "b"]}}
        error = answered(400, json=body)
        assert error.error_type == "bad_request"
        assert error.detail == "first_name: Field is required; b"

    @pytest.mark.parametrize(("code", "error_type"), [("bad_request", "bad_request"), (400, "400"), (True, None)])
    def test_error_pages_code_is_the_type_where_there_is_none(self, code, error_type):
        error = answered(400, json={"error": {"code": code, "details": ["zip: Field is required"]}})
        assert error.error_type == error_type
        assert error.detail == "zip: Field is required"

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<html>Not here</html>",
            b"\xff\xfe\x00",
            b"[]",
            b"null",
            b'"text"',
            b'{"error": null}',
            b'{"error": []}',
            b'{"error": {"status": "x", "type": 5, "detail": {"a": 1}}}',
            b'{"error": {"details": [1, 2]}}',
            b'{"detail": "Not found."}',
            b"[" * 100_000,
            b'{"error": {"detail": "broken off',
        ],
    )
    def test_body_of_another_form_does_not_change_the_outcome(self, body):
        error = answered(404, content=body)
        assert type(error) is NotFoundError
        assert (error.error_type, error.detail) == (None, None)
        assert error.response.content == body

    @pytest.mark.parametrize("header", ["X-Request-ID", "Request-ID", "X-Correlation-ID", "x-request-id"])
    def test_request_id_is_found_under_its_usual_names(self, header):
        assert answered(400, headers={header: "abc"}).request_id == "abc"

    def test_request_id_and_type_of_odd_characters_stay_out_of_the_message(self):
        error = answered(400, json=envelope(type="Ann Lee, 1 Elm"), headers={"X-Request-ID": "Ann Lee"})
        assert error.request_id == "Ann Lee"
        assert error.error_type == "Ann Lee, 1 Elm"
        assert "Ann" not in str(error)

    def test_retry_after_is_none_where_the_server_is_silent(self):
        assert answered(429).retry_after is None


class TestOutcomeUnknown:
    @pytest.mark.parametrize("status", [199, 200, 202, 204, 206, 300, 304, 308, 500, 503, 521, 599, 600, 999])
    def test_status_decides_the_class(self, status):
        error = answered(status)
        assert type(error) is OutcomeUnknownError
        assert error.status_code == status

    def test_server_error_carries_the_envelope(self):
        error = answered(500, json={"error": {"status": 500, "type": "internal_server_error", "detail": "Sorry"}})
        assert (error.error_type, error.detail) == ("internal_server_error", "Sorry")

    @pytest.mark.parametrize(
        ("body", "order_id"),
        [
            (b"", None),
            (b"<html>Created</html>", None),
            (b"[]", None),
            (b"{}", None),
            (b'{"order_id": "O7", "status": "pend', "O7"),
            (b'{"order_id": "O7', None),
            (b'{"order_id": 7, "status": "pending"}', "7"),
            (b'{"order_id": 7', None),
            (b'{"order_id": null}', None),
            (b'{"order_id": "O7"}', "O7"),
            (b'{"metadata": {"order_id": "theirs"}, "order_id": "O7"', "O7"),
            (b'{"metadata": {"order_id": "theirs"}, "status": 1', None),
            (b'{"recipient": {"first_name": "\\"order_id\\": \\"theirs\\""}, "order_id": "O7"', "O7"),
            (b'{"data": {"order_id": "O7"}}', "O7"),
            (b'[{"order_id": "O7"}]', "O7"),
            (b'\xff{"order_id": "O7"}', "O7"),
            (b'"' * 300_001, None),
            (b'\\"' * 300_000, None),
        ],
    )
    @pytest.mark.parametrize("status", [200, 201])
    def test_unreadable_success_keeps_body_and_identifier(self, status, body, order_id):
        error = answered(status, content=body)
        assert type(error) is OutcomeUnknownError
        assert error.response.content == body
        assert error.order_id == order_id
        assert ("The order exists" in str(error)) == (order_id is not None)

    @pytest.mark.parametrize(
        "change",
        [
            {"created": "2023-01-01T04:30:11"},
            {"created": "2023-W01-1T00:00:00Z"},
            {"created": None},
            {"status": None},
            {"status": 1},
            {"order_id": None},
            {"kit_types": "health_kit_1"},
            {"recipient": []},
            {"kits": {}},
        ],
    )
    def test_success_of_another_form_names_the_field_and_keeps_the_identifier(self, change):
        error = answered(201, json=an_answer(**change))
        assert type(error) is OutcomeUnknownError
        assert f"({next(iter(change))} is not" in str(error)
        assert error.order_id == (None if "order_id" in change else "O1234567")

    def test_answer_without_end_is_unreadable(self):
        chunk = b" " * 1_000_000
        error = answered(201, content=(chunk for _ in range(1000)))
        assert "16,777,216 bytes" in str(error)
        assert len(error.response.content) < 20_000_000

    def test_broken_compression_is_unreadable(self):
        error = answered(201, content=b"not gzip", headers={"Content-Encoding": "gzip"})
        assert type(error) is OutcomeUnknownError

    @pytest.mark.parametrize(
        "failure",
        [
            httpx2.ReadTimeout,
            httpx2.WriteTimeout,
            httpx2.ReadError,
            httpx2.WriteError,
            httpx2.CloseError,
            httpx2.RemoteProtocolError,
            httpx2.LocalProtocolError,
            httpx2.DecodingError,
            httpx2.TooManyRedirects,
            httpx2.NetworkError,
            httpx2.TransportError,
            OSError,
            TimeoutError,
        ],
    )
    def test_failure_that_may_come_after_the_first_byte(self, failure):
        assert type(failed(failure("text"))) is OutcomeUnknownError

    def test_hook_that_raises_for_the_status_does_not_hide_it(self):
        hooks = {"response": [httpx2.Response.raise_for_status]}
        transport = httpx2.MockTransport(lambda _: httpx2.Response(401))
        with (
            httpx2.Client(transport=transport, event_hooks=hooks) as http_client,
            pytest.raises(AuthenticationError),
        ):
            place("sync", URL, http_client=http_client)


class TestNotSent:
    @pytest.mark.parametrize(
        "failure",
        [httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError, httpx2.UnsupportedProtocol],
    )
    def test_failure_that_comes_before_the_first_byte(self, failure):
        assert type(failed(failure("text"))) is NotSentError

    def test_error_of_the_operating_system_is_quoted(self):
        error = httpx2.ConnectError("text")
        error.__cause__ = ConnectionRefusedError(111, "Connection refused")
        assert str(failed(error)) == (
            "create_order was not sent (ConnectError: Connection refused). It is safe to retry."
        )


def failed(failure):
    """The error that a failing transport becomes."""

    def handle(_):
        raise failure

    with pytest.raises(SpotError) as caught:
        place("sync", URL, transport=httpx2.MockTransport(handle), max_retries=0)
    return caught.value


class TestErrors:
    @pytest.mark.parametrize("copier", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
    def test_copies_and_pickles_have_the_same_facts(self, copier):
        for error in (
            answered(201, json={"order_id": "O7"}),
            answered(429, headers={"Retry-After": "5"}),
            failed(OSError()),
        ):
            twin = copier(error)
            assert type(twin) is type(error)
            assert str(twin) == str(error)
            for name in (
                "status_code",
                "request_id",
                "error_type",
                "detail",
                "body",
                "response",
                "order_id",
                "retry_after",
            ):
                assert getattr(twin, name, None) == getattr(error, name, None), name

    def test_error_keeps_nothing_of_the_request(self):
        def reachable(value, depth=0):
            yield value
            if depth < 6:
                inner = vars(value).values() if hasattr(value, "__dict__") else getattr(value, "__slots__", ())
                for item in inner:
                    yield from reachable(
                        getattr(value, item) if isinstance(item, str) and hasattr(value, item) else item, depth + 1
                    )

        error = answered(400, json=envelope())
        assert not any(isinstance(item, httpx2.Request | httpx2.Response) for item in reachable(error))
        assert error.__cause__ is None
        assert error.__context__ is None

    @pytest.mark.parametrize("failure", [httpx2.ReadError, RuntimeError, AssertionError, ssl.SSLError, ExceptionGroup])
    def test_whatever_else_is_raised_is_an_unknown_outcome(self, failure):
        error = failed(failure("canary", [OSError()]) if failure is ExceptionGroup else failure("canary"))
        assert type(error) is OutcomeUnknownError
        assert failure.__name__ in str(error)
        assert (error.__cause__, error.__context__) == (None, None)

    @pytest.mark.parametrize("failure", [KeyboardInterrupt, SystemExit])
    def test_interrupts_pass(self, failure):
        def handle(_):
            raise failure

        with pytest.raises(failure):
            place("sync", URL, transport=httpx2.MockTransport(handle))
