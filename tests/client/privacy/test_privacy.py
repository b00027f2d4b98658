"""Nothing private leaks: canaries are searched for in every text that a program could log."""

import asyncio
import copy
import logging
import pickle
import traceback

import client_wire as behaviours
import httpx2
import pytest
from client_orders import CARRIERS, METADATA, TOKEN, a_recipient, an_address, an_answer, an_order, http, place
from spot_api_client import (
    AsyncSpotClient,
    CreateOrder,
    CreateOrderMetadata,
    OrderEmpty,
    OrderStatus,
    SpotClient,
    SpotError,
    UnknownObject,
)
from spot_api_client.api.orders import create_order

ANSWERS = {
    "201": http(201, an_answer()),
    "201 of another form": http(201, an_answer(status=None)),
    "201 broken off": http(201, an_answer())[:-30],
    "400 that repeats the order": http(
        400, {"error": {"status": 400, "type": "bad_request", "detail": f"Canary {TOKEN}"}, "sent": an_answer()}
    ),
    "500 that repeats the order": http(500, an_answer()),
    "307": http(307, headers=["Location: /api/v2/orders/"]),
    "nothing": b"",
}


def assert_no_canary(text):
    low = text.lower()
    assert "canary" not in low, text[max(0, low.index("canary") - 200) :][:400]
    assert "555-0142" not in text


@pytest.fixture
def everything_logged(caplog):
    """All loggers at all levels, httpx2's and httpcore2's among them."""
    caplog.set_level(logging.NOTSET)
    for name in ["spot_api_client", "httpx2", "httpcore2", "httpcore2.http11", "httpcore2.connection", "asyncio", ""]:
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


@pytest.mark.parametrize("kind", ["sync", "async"])
class TestLogs:
    @pytest.mark.parametrize("name", ANSWERS)
    @pytest.mark.parametrize("carrier", CARRIERS)
    def test_no_log_record_holds_token_or_order(self, wire, kind, name, carrier, everything_logged):
        wire.answers(ANSWERS[name])
        try:
            place(kind, wire.base_url, call=dict(zip(("content_type", "form_style"), carrier, strict=True)))
        except SpotError as error:
            assert_no_canary("".join(traceback.format_exception(error)))
        records = everything_logged.records
        assert {"httpcore2.http11", "spot_api_client"} <= {record.name for record in records}
        for record in records:
            assert_no_canary(record.getMessage() + repr(record.args) + str(record.exc_text))

    def test_logger_tells_method_path_status_duration_and_attempt(self, wire, kind, everything_logged):
        wire.answers(http(429), http(201, an_answer()))
        place(kind, wire.base_url)
        first, second = [record for record in everything_logged.records if record.name == "spot_api_client"]
        assert first.getMessage().startswith("POST /api/v2/orders/: 429 in ")
        assert "ms (attempt 1 of 3), next in 0." in first.getMessage()
        assert second.getMessage().startswith("POST /api/v2/orders/: 201 in ")
        assert second.getMessage().endswith(" ms (attempt 2 of 3)")

    def test_failure_is_logged_by_its_class(self, wire, kind, everything_logged):
        wire.script = [behaviours.drop_after_reading]
        with pytest.raises(SpotError):
            place(kind, wire.base_url)
        (record,) = [record for record in everything_logged.records if record.name == "spot_api_client"]
        assert "OutcomeUnknownError" in record.getMessage()


def test_logger_is_silent_by_default(wire, capfd):
    wire.answers(http(500))
    with pytest.raises(SpotError):
        place("sync", wire.base_url)
    assert capfd.readouterr() == ("", "")


class TestErrors:
    @pytest.mark.parametrize("name", [name for name in ANSWERS if name != "201"])
    @pytest.mark.parametrize("kind", ["sync", "async"])
    def test_repr_str_args_and_traceback_of_outcomes(self, wire, kind, name):
        wire.answers(ANSWERS[name])
        with pytest.raises(SpotError) as caught:
            place(kind, wire.base_url, max_retries=0)
        assert_no_canary_in_error(caught.value)
        assert_no_canary(repr(caught.value.response))

    @pytest.mark.parametrize(
        "failure", [httpx2.ConnectError, httpx2.ReadTimeout, httpx2.LocalProtocolError, httpx2.InvalidURL, OSError]
    )
    def test_texts_of_the_transport_are_not_repeated(self, failure):
        def handle(_):
            raise failure(f"canary {TOKEN}")

        with pytest.raises(SpotError) as caught:
            place("sync", "http://localhost:1", transport=httpx2.MockTransport(handle), max_retries=0)
        assert_no_canary_in_error(caught.value)

    @pytest.mark.parametrize(
        "change",
        [
            {"recipient": "Canary"},
            {"recipient": a_recipient().to_dict()},
            {"recipient": a_recipient(email=b"canary@example.com")},
            {"recipient": a_recipient(address="1 Canary Street")},
            {"recipient": a_recipient(phone=5550142)},
            {"recipient": a_recipient(first_name="Canary \ud800")},
            {"recipient": a_recipient(address=an_address(country="Canary"))},
            {"kit_types": "canary"},
            {"kit_types": ["canary", b"canary"]},
            {"metadata": "canary"},
            {"metadata": ["canary"]},
            {"metadata": {"canary": {1, "canary"}}},
            {"metadata": {"canary": float("nan")}},
            {"metadata": {"canary \udfff": 1}},
            {"metadata": {("canary", 1): 1}},
            {"metadata": {"canary": 10**5000}},
            {"metadata": {"canary": b"canary"}},
        ],
    )
    @pytest.mark.parametrize(("content_type", "form_style"), CARRIERS)
    def test_refused_argument_is_not_repeated(self, change, content_type, form_style):
        sent = []
        transport = httpx2.MockTransport(sent.append)
        with pytest.raises((TypeError, ValueError)) as caught:
            place(
                "sync",
                "http://localhost:1",
                order=an_order(**change),
                call={"content_type": content_type, "form_style": form_style},
                transport=transport,
            )
        assert_no_canary_in_error(caught.value)
        assert next(iter(change)) in str(caught.value)
        assert sent == []

    @pytest.mark.parametrize(
        "token",
        [
            "Token canary",
            "token canary",
            "canary token",
            "canary\n",
            "canary\u00e9",
            "canary\x00",
            " canary",
            b"canary",
        ],
    )
    @pytest.mark.parametrize("kind", [SpotClient, AsyncSpotClient])
    def test_refused_token_is_not_repeated(self, kind, token):
        with pytest.raises((TypeError, ValueError)) as caught:
            kind(token=token, base_url="http://localhost:1")
        assert_no_canary_in_error(caught.value)

    @pytest.mark.parametrize(
        "headers", [{"X-A": "canary\n"}, {"X-A": "canary é"}, {"canary canary": "x"}, {"Authorization": TOKEN}]
    )
    def test_refused_header_is_not_repeated(self, headers):
        with pytest.raises((TypeError, ValueError)) as caught:
            place("sync", "http://localhost:1", call={"headers": headers})
        assert_no_canary_in_error(caught.value)

    def test_refused_address_is_not_repeated(self):
        with pytest.raises(ValueError, match="user, a password") as caught:
            SpotClient(token=TOKEN, base_url="https://canary:canary@example.com")
        assert_no_canary_in_error(caught.value)


def assert_no_canary_in_error(error):
    for text in (
        repr(error),
        str(error),
        repr(error.args),
        "".join(traceback.TracebackException.from_exception(error).format()),
    ):
        assert_no_canary(_without_source(text))
    for linked in (error.__cause__, error.__context__):
        if linked is not None:
            assert_no_canary_in_error(linked)


def _without_source(text):
    """A formatted traceback without the quoted lines of this very test."""
    lines = text.splitlines()
    kept, skip = [], False
    for line in lines:
        if line.startswith("  File "):
            skip = "tests/client" in line
            kept += [] if skip else [line]
        elif not (skip and line.startswith("    ")):
            skip = False
            kept.append(line)
    return "\n".join(kept)


class TestReprs:
    def test_models_show_their_class_and_nothing_private(self):
        body = CreateOrder(**an_order(metadata=CreateOrderMetadata(METADATA)))
        order = OrderEmpty.from_dict(an_answer())
        for value in (body, body.recipient, body.recipient.address, body.metadata, order.recipient, order.metadata):
            for text in (repr(value), str(value), f"{value}", repr([value])):
                assert_no_canary(text)
                assert type(value).__name__ in text
        assert repr(order) == (
            "OrderEmpty(order_id='O1234567', created=datetime.datetime(2023, 1, 1, 4, 30, 11, 222000, "
            "tzinfo=datetime.timezone.utc), status=<OrderStatus.PENDING: 'pending'>)"
        )

    def test_every_property_of_every_model_is_private_unless_shown_on_purpose(self):
        """A patient's data lies deep in an order's kits; each text there is a canary."""
        patient = {"first_name": "Canary", "sex": "F", "date_of_birth": "1990-01-01", "email": "canary@example.com"}
        result = {"result_type": "reactivity", "name": "canary", "result": "positive", "comments": "canary"}
        report = {"report_id": "canary", "results": [result, {"result_type": "canary", "x": "canary"}], "pdf": "canary"}
        sample = {"sample_id": "canary", "type": "canary", "panels": ["canary"], "reports": [report, None]}
        kit = {"kit_id": "SPOT1", "status": "registered", "registered_to": patient, "sample": sample, "x": "canary"}
        order = OrderEmpty.from_dict(an_answer(kits=[kit]))
        values = [order, order.kits, order.kits[0], order.kits[0].registered_to, order.kits[0].sample]
        values += [order.kits[0].sample.reports, *order.kits[0].sample.reports[0].results]
        for value in values:
            assert_no_canary(repr(value))
            assert "1990" not in repr(value)
            assert "ositive" not in repr(value)

    def test_unlisted_text_in_an_enumeration_is_shown_only_where_it_looks_like_a_value(self):
        assert repr(OrderStatus("shipped")) == "<OrderStatus.UNKNOWN: 'shipped'>"
        assert repr(OrderStatus("Canary Street 1")) == "<OrderStatus.UNKNOWN: (hidden)>"

    def test_clients_hide_the_token(self):
        clients = [
            SpotClient(token=TOKEN, base_url="http://localhost:1", headers={"X-Other": "canary"}),
            AsyncSpotClient(token=TOKEN, base_url="http://localhost:1", headers={"X-Other": "canary"}),
        ]
        for client in clients:
            for text in (
                repr(client),
                str(client),
                repr(vars(client)),
                repr(client._settings._asdict()["credentials"]),
            ):
                assert_no_canary(text)

    def test_clients_are_not_pickled_with_the_token(self):
        client = SpotClient(token=TOKEN, base_url="http://localhost:1")
        with pytest.raises(TypeError):
            pickle.dumps(client)
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(client._settings.credentials["tokenAuth"].secret)
        assert_no_canary(repr(copy.copy(client._settings)))

    def test_local_variables_of_the_package_are_safe_to_show(self, wire):
        """Some tools print local variables with a traceback; what the caller holds itself is the caller's."""
        wire.answers(http(500))
        body = CreateOrder(kit_types=["k"], recipient=a_recipient())
        with SpotClient(token=TOKEN, base_url=wire.base_url) as client, pytest.raises(SpotError) as caught:
            create_order.sync(client=client, body=body)
        shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        for frame in shown.stack:
            if "spot_api_client" in frame.filename:
                assert_no_canary(repr(frame.locals))

    def test_unknown_objects_show_their_size(self):
        assert repr(UnknownObject({"canary": 1})) == "UnknownObject(<1 entries>)"


def test_asyncio_debug_mode_shows_nothing(wire, everything_logged):
    wire.answers(http(201, an_answer()))

    async def run():
        asyncio.get_running_loop().slow_callback_duration = 0
        async with AsyncSpotClient(token=TOKEN, base_url=wire.base_url) as client:
            await client.create_order(**an_order())

    asyncio.run(run(), debug=True)
    for record in everything_logged.records:
        assert_no_canary(record.getMessage())
