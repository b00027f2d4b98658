"""Error reporters find no canary in the frames, errors and models of the package."""

import asyncio
import io
import os
import signal
import subprocess
import sys
import threading

import attrs
import client_wire as behaviours
import httpx2
import pytest
from client_orders import METADATA, TOKEN, a_recipient, an_address, an_answer, an_order, http, place
from client_readers import TOOLS, assert_no_canary, assert_nothing_is_read
from spot_api_client import (
    AsyncSpotClient,
    CreateOrder,
    CreateOrderMetadata,
    OrderEmpty,
    Recipient,
    Response,
    SpotClient,
)
from spot_api_client.api.orders import create_order

HEADERS = {"X-Other-Service": "canary-header"}
ENDLESS = {**METADATA, "canary": []}
ENDLESS["canary"].append(ENDLESS)
REFUSED = {
    "recipient is a text": {"recipient": "Canary"},
    "recipient is a dict": {"recipient": a_recipient().to_dict()},
    "email is bytes": {"recipient": a_recipient(email=b"canary@example.com")},
    "address is a text": {"recipient": a_recipient(address="1 Canary Street")},
    "phone is a number": {"recipient": a_recipient(phone=5550142)},
    "name with a lone surrogate": {"recipient": a_recipient(first_name="Canary \ud800")},
    "unlisted country": {"recipient": a_recipient(address=an_address(country="Canary"))},
    "country is bytes": {"recipient": a_recipient(address=an_address(country=b"Canary"))},
    "kit_types is a text": {"kit_types": "canary"},
    "kit type is bytes": {"kit_types": ["canary", b"canary"]},
    "metadata is a text": {"metadata": "canary"},
    "metadata is a list": {"metadata": ["canary"]},
    "metadata with a set": {"metadata": {"canary": {1, "canary"}}},
    "metadata with NaN": {"metadata": {"canary": float("nan")}},
    "metadata key with a lone surrogate": {"metadata": {"canary \udfff": 1}},
    "metadata key is a tuple": {"metadata": {("canary", 1): 1}},
    "metadata with bytes": {"metadata": {"canary": b"canary"}},
    "metadata contains itself": {"metadata": ENDLESS},
    "header of two lines": {"headers": {"X-Mine": "canary\r\nX: y"}},
    "header with an accent": {"headers": {"X-Mine": "canary é"}},
    "name of a header with a blank": {"headers": {"canary canary": "x"}},
    "header of the client": {"headers": {"Authorization": "Bearer canary"}},
    "unknown content type": {"content_type": "text/odd"},
    "impossible timeout": {"timeout": -1},
}
"""Changes of a call that the client refuses to send."""


def failed(call):
    """The exception that a call raises."""
    try:
        call()
    except BaseException as error:  # noqa: BLE001 - whatever it is
        return error
    raise AssertionError("nothing was raised")


def ordered(kind, base_url, **changes):
    """Place an order by the method or by the endpoint function."""
    settings = {"headers": HEADERS, "max_retries": 0, "timeout": httpx2.Timeout(5, read=0.2)}
    if not kind.startswith("endpoint"):
        return place(kind, base_url, call={"headers": HEADERS, **changes}, **settings)
    names = {name: changes.pop(name) for name in ("content_type", "headers", "timeout") if name in changes}
    body = CreateOrder(**an_order(**changes))
    if kind == "endpoint sync":
        client = SpotClient(base_url=base_url, token=TOKEN, **settings)
        return create_order.sync(client=client, body=body, **{"headers": HEADERS, **names})

    async def run():
        async with AsyncSpotClient(base_url=base_url, token=TOKEN, **settings) as client:
            return await create_order.asyncio(client=client, body=body, **{"headers": HEADERS, **names})

    return asyncio.run(run())


@pytest.mark.parametrize("tool", TOOLS)
def test_tool_is_among_the_readers(tool):
    pytest.importorskip(tool, reason=f"{tool} is not installed here, so that it reads nothing")


KINDS = ["sync", "async", "endpoint sync", "endpoint async"]


@pytest.mark.parametrize("kind", KINDS)
class TestFrames:
    @pytest.mark.parametrize("end", [end for end in behaviours.ENDS if end != "201"])
    def test_no_reader_finds_token_or_order_after_a_failed_call(self, wire, kind, end):
        wire.script = [behaviours.ENDS[end]]
        error = failed(lambda: ordered(kind, wire.base_url))
        assert_nothing_is_read(error)

    # Kinds differ in their outer frames alone, so a few refusals of each are enough; all are tried below.
    @pytest.mark.parametrize("what", ["phone is a number", "metadata with bytes", "header of two lines"])
    def test_no_reader_finds_anything_before_sending(self, kind, what):
        assert_refused_without_traces(kind, what)

    def test_no_reader_finds_anything_after_a_refused_connection(self, kind):
        error = failed(lambda: ordered(kind, "http://127.0.0.1:1"))
        assert_nothing_is_read(error)


def assert_refused_without_traces(kind, what):
    error = failed(lambda: ordered(kind, "http://localhost:1", **REFUSED[what]))
    assert isinstance(error, TypeError | ValueError)
    assert_nothing_is_read(error)


@pytest.mark.parametrize("what", REFUSED)
def test_no_reader_finds_anything_of_a_refused_call(what):
    assert_refused_without_traces("async", what)


class TestInterrupts:
    """Interrupts and cancellations pass through, without the frames that hold the request."""

    def test_cancelled_call(self, wire):
        wire.script = [behaviours.stall_after_reading]
        caught = []

        async def order(client):
            try:
                await client.create_order(**an_order())
            except asyncio.CancelledError as error:
                caught.append(error)
                raise

        async def run():
            async with AsyncSpotClient(token=TOKEN, base_url=wire.base_url) as client:
                task = asyncio.ensure_future(order(client))
                while not wire.orders:
                    await asyncio.wait([task], timeout=0.02)
                task.cancel()
                await asyncio.wait([task])

        asyncio.run(run())
        assert_nothing_is_read(caught[0])
        assert not any("httpx2" in text for text in _files(caught[0]))

    def test_interrupted_call(self, wire):
        wire.script = [behaviours.stall_after_reading]

        def order():
            # Python runs the handler in this thread, wherever it is.
            timer = threading.Timer(0.2, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT))
            timer.start()
            try:
                place("sync", wire.base_url)
            finally:
                timer.join()

        error = failed(order)
        assert type(error) is KeyboardInterrupt
        assert_nothing_is_read(error)


def _files(error):
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename
        trace = trace.tb_next


@pytest.mark.parametrize("kind", [SpotClient, AsyncSpotClient])
@pytest.mark.parametrize(
    "settings",
    [
        *({"token": token} for token in ("Token canary", "canary token", "canary\n", "canary\u00e9", b"canary")),
        {"base_url": "https://user:canary@example.com"},
        {"headers": {"X-Mine": "canary\n"}},
        {"headers": {**HEADERS, "Authorization": "canary"}},
        {"max_retries": -1, "headers": HEADERS},
    ],
    ids=range(9),
)
def test_no_reader_finds_anything_after_a_failed_constructor(kind, settings):
    error = failed(lambda: kind(**{"token": TOKEN, "base_url": "http://localhost:1", **settings}))
    assert isinstance(error, TypeError | ValueError)
    assert_nothing_is_read(error)


@pytest.mark.parametrize(
    "call",
    [
        lambda: Recipient.from_dict({"first_name": {"canary"}}),
        lambda: CreateOrderMetadata.from_dict(["canary"]),
        lambda: a_recipient(phone={"canary"}).to_dict(),
    ],
)
def test_no_reader_finds_anything_after_a_failed_conversion(call):
    error = failed(call)
    assert isinstance(error, TypeError | ValueError)
    assert_nothing_is_read(error)


def test_repr_of_a_client_whose_constructor_failed():
    assert repr(SpotClient.__new__(SpotClient)) == "<SpotClient, not set up>"


MODELS = {
    "recipient": a_recipient(),
    "address": an_address(),
    "body": CreateOrder(**an_order()),
    "metadata": CreateOrderMetadata(METADATA),
    "order": OrderEmpty.from_dict(an_answer()),
    "list": [OrderEmpty.from_dict(an_answer())],
    "response": Response(201, b"canary", {"X": "canary"}, a_recipient()),
}


def test_sentry_reports_the_message_and_not_the_detail(wire):
    """Sentry prefers `message`, then `detail`, of an exception to its text."""
    pytest.importorskip("sentry_sdk", reason="sentry-sdk is not installed here")
    wire.answers(http(400, behaviours.ECHO))
    error = failed(lambda: place("sync", wire.base_url))
    assert error.detail == f"Canary {TOKEN}"
    assert '"value": "create_order was rejected: 400 bad_request. Nothing was created."' in TOOLS["sentry_sdk"](error)


class TestModels:
    @pytest.mark.parametrize("name", MODELS)
    def test_rich_prints_nothing_of_a_person(self, name):
        rich_console = pytest.importorskip("rich.console", reason="rich is not installed here")
        text = io.StringIO()
        rich_console.Console(file=text, width=200).print(MODELS[name], {"inner": MODELS[name]})
        assert_no_canary(text.getvalue())

    @pytest.mark.parametrize("name", MODELS)
    def test_sentry_serialises_nothing_of_a_person(self, name):
        serializer = pytest.importorskip("sentry_sdk.serializer", reason="sentry-sdk is not installed here")
        shown = serializer.serialize({"extra": {"value": MODELS[name]}}, is_vars=True)
        assert_no_canary(repr(shown))

    @pytest.mark.parametrize("name", ["recipient", "address", "body", "order", "response"])
    def test_attrs_excludes_all_fields_from_reprs(self, name):
        model = MODELS[name]
        assert [field.name for field in attrs.fields(type(model)) if field.repr] == []
        shown = attrs.asdict(model, recurse=False, filter=lambda attribute, _: attribute.repr)
        assert shown == {}

    def test_harmless_fields_are_shown_by_rich(self):
        assert next(iter(MODELS["order"].__rich_repr__())) == ("order_id", "O1234567")


def test_failing_test_of_a_caller_shows_locals_of_the_caller_alone(tmp_path, wire):
    """`pytest -l` and its long tracebacks print the locals and arguments of each frame."""
    wire.answers(http(500, an_answer()))
    test = tmp_path / "test_order.py"
    test.write_text(
        "from setup import client, order\n\ndef test_order():\n    client.create_order(**order)\n", encoding="utf-8"
    )
    (tmp_path / "setup.py").write_text(
        "import sys\n"
        f"sys.path.insert(0, {str(behaviours.__file__.rpartition('/')[0])!r})\n"
        "from client_orders import TOKEN, an_order\n"
        "from spot_api_client import SpotClient\n"
        f"client, order = SpotClient(token=TOKEN, base_url={wire.base_url!r}), an_order()\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "pytest", "-l", "--tb=long", "-vv", "-p", "no:cacheprovider", "-c", "/dev/null"]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run([*command, test], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "OutcomeUnknownError" in done.stdout
    assert "content_type = 'application/json'" in done.stdout  # Local variables of our frames are shown.
    assert_no_canary(done.stdout)
