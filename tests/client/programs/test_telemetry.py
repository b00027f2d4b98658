"""Spans by OpenTelemetry's instrumentation of httpx2 describe a call, without token and order."""

import contextlib

import client_wire as behaviours
import httpx2
import pytest
from client_orders import an_answer, http, place
from client_readers import assert_no_canary
from spot_api_client import NotSentError, SpotError


@pytest.fixture
def spans():
    pytest.importorskip("opentelemetry.instrumentation.httpx", reason="OpenTelemetry is not installed here")
    from opentelemetry.instrumentation.httpx import HTTPX2ClientInstrumentor  # noqa: PLC0415 - where it is installed
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - as above
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor  # noqa: PLC0415 - as above
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter  # noqa: PLC0415 - as above

    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    HTTPX2ClientInstrumentor().instrument(tracer_provider=provider)
    yield exporter
    HTTPX2ClientInstrumentor().uninstrument()


@pytest.mark.parametrize("kind", ["sync", "async"])
class TestSpans:
    @pytest.mark.parametrize("end", behaviours.ENDS)
    def test_span_of_each_end_contains_neither_token_nor_order(self, spans, wire, kind, end):
        wire.script = [behaviours.ENDS[end]]
        with contextlib.suppress(SpotError):
            place(kind, wire.base_url, max_retries=0, timeout=httpx2.Timeout(5, read=0.2))
        (span,) = spans.get_finished_spans()
        assert span.name == "POST"
        assert_no_canary(span.to_json())
        assert f"{wire.base_url}/api/v2/orders/" in span.to_json()

    def test_each_attempt_has_its_span(self, spans, wire, kind):
        wire.answers(http(429), http(201, an_answer()))
        place(kind, wire.base_url)
        assert len(spans.get_finished_spans()) == 2

    def test_instrumented_client_still_knows_what_was_not_sent(self, spans, kind):
        with pytest.raises(NotSentError):
            place(kind, "http://127.0.0.1:1", max_retries=0)
        assert len(spans.get_finished_spans()) == 1
