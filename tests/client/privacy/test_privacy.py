"""Private values are canaries, which appear in no text that a program could log."""

import asyncio
import logging
import pickle
import traceback

import client_wire as behaviours
import httpx2
import pytest
from client_orders import ENCODINGS, METADATA, TOKEN, an_answer, an_order, http, place
from client_readers import assert_no_canary, assert_nothing_is_read, walked
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


@pytest.fixture
def everything_logged(caplog):
    """All loggers at all levels, httpx2's and httpcore2's among them."""
    caplog.set_level(logging.NOTSET)
    for name in ["spot_api_client", "httpx2", "httpcore2", "httpcore2.http11", "httpcore2.connection", "asyncio"]:
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


@pytest.mark.parametrize("kind", ["sync", "async"])
class TestLogs:
    @pytest.mark.parametrize(
        ("end", "encoding"),
        [*((end, ENCODINGS[0]) for end in behaviours.ENDS), *(("201", encoding) for encoding in ENCODINGS[1:])],
    )
    def test_no_log_record_contains_token_or_order(self, wire, kind, end, encoding, everything_logged):
        wire.script = [behaviours.ENDS[end]]
        try:
            place(kind, wire.base_url, call={**encoding, "timeout": httpx2.Timeout(5, read=0.2)})
        except SpotError as error:
            assert_no_canary("".join(traceback.format_exception(error)))
        records = everything_logged.records
        assert {"httpcore2.http11", "spot_api_client"} <= {record.name for record in records}
        for record in records:
            assert_no_canary(record.getMessage() + repr(record.args) + str(record.exc_text))

    def test_log_record_names_method_path_status_duration_and_attempt(self, wire, kind, everything_logged):
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
    @pytest.mark.parametrize(
        "failure", [httpx2.ConnectError, httpx2.ReadTimeout, httpx2.LocalProtocolError, httpx2.InvalidURL, OSError]
    )
    def test_text_of_a_transport_error_is_not_repeated(self, failure):
        def handle(_):
            raise failure(f"canary {TOKEN}")

        with pytest.raises(SpotError) as caught:
            place("sync", "http://localhost:1", transport=httpx2.MockTransport(handle), max_retries=0)
        assert_nothing_is_read(caught.value)


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

    @pytest.mark.parametrize("kind", [SpotClient, AsyncSpotClient])
    def test_client_hides_token_and_headers_and_cannot_be_pickled(self, kind):
        client = kind(token=TOKEN, base_url="http://localhost:1", headers={"X-Other": "canary"})
        credentials = client._settings.credentials
        for text in (*walked(client), repr(client), repr(vars(client)), repr(credentials), repr(client._settings)):
            assert_no_canary(text)
        for secret in (client, credentials["tokenAuth"].secret):
            with pytest.raises(TypeError, match="cannot be pickled"):
                pickle.dumps(secret)

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
