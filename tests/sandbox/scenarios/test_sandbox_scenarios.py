"""Every scenario, through both clients and three media types: what the client reports, and what the sandbox keeps."""

import asyncio
import ssl
import time

import pytest
from spot_api_client import (
    Address,
    AddressCountry,
    AsyncSpotClient,
    AuthenticationError,
    BadRequestError,
    NotFoundError,
    NotSentError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitedError,
    Recipient,
    RejectedError,
    SpotClient,
    SpotError,
)
from spot_sandbox import ScenarioError, SpotSandbox
from spot_sandbox.scenarios.catalogue import SCENARIOS

MEDIA = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
ADDRESS = Address(street1="1 Main St", city="Springfield", state="IL", country=AddressCountry.US, zip_="62704")
ALICE = Recipient(first_name="Alice", last_name="Smith", email="alice@example.com", phone="555-0100", address=ADDRESS)
ORDER = {"kit_types": ["health_kit_1"], "recipient": ALICE, "metadata": {"visit": "7"}}
# What the client must report for each; for all others, an unknown outcome.
SAYS = {
    "refuse connection": NotSentError,
    "slow answer": None,
    "400": BadRequestError,
    "401": AuthenticationError,
    "403": PermissionDeniedError,
    "404": NotFoundError,
    "429": RateLimitedError,
    "429 without retry after": RateLimitedError,
}
SECONDS = {"stall before commit": 30, "stall after commit": 30, "commit late": 0.6, "slow answer": 0.1}
STALLS = ("stall before commit", "stall after commit", "commit late")
# How long the client waits, in seconds: for what stalls, and for the rest.
IMPATIENT, PATIENT = 0.15, 10


@pytest.fixture(scope="module", autouse=True)
def _certificates_are_loaded_once():
    """All of these clients use plain HTTP, and each would load the certificates of TLS."""
    context = ssl.create_default_context()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", lambda **_: context)
        yield


@pytest.fixture(scope="module")
def sandbox():
    with SpotSandbox() as running:
        yield running


@pytest.fixture
def account(sandbox):
    account = sandbox.account()
    yield account
    account.discard()


def order(account, media, *, is_async=False, in_process=False, timeout=PATIENT, **more):
    """Order once; the order's id, or the client's error."""
    kind = AsyncSpotClient if is_async else SpotClient
    transport = (account.async_transport if is_async else account.transport) if in_process else None
    url = "http://localhost" if in_process else account.url
    client = kind(base_url=url, token=account.token, timeout=timeout, max_retries=0, transport=transport)

    async def ordered():
        async with client:
            return await client.create_order(**ORDER, content_type=media, **more)

    try:
        if is_async:
            return asyncio.run(ordered()).order_id
        with client:
            return client.create_order(**ORDER, content_type=media, **more).order_id
    except SpotError as error:
        return error


def ids(account, *, at_least=0):
    """The orders that exist; where one is on its way, once it has come."""
    deadline = time.monotonic() + 5
    while len(account.orders) < at_least and time.monotonic() < deadline:
        time.sleep(0.01)
    return [each.order_id for each in account.orders]


WAYS = [(media, is_async, False) for media in MEDIA for is_async in (False, True)]
WAYS += [(MEDIA[0], False, True), (MEDIA[0], True, True)]
# Each of them takes as long as the client waits.
WAYS_TO_WAIT = WAYS[-4:]


@pytest.mark.parametrize("name", SCENARIOS)
def test_client_never_lies(account, name):
    for media, is_async, in_process in WAYS_TO_WAIT if name in STALLS else WAYS:
        timeout = IMPATIENT if name in STALLS else PATIENT
        with account.fail_next(name, seconds=SECONDS.get(name)) as failure:
            outcome = order(account, media, is_async=is_async, in_process=in_process, timeout=timeout)
            placed = ids(account, at_least=failure.places_order)
        way = f"{media} async={is_async} in_process={in_process}"
        expected = SAYS.get(name, OutcomeUnknownError)
        assert not (placed and isinstance(outcome, NotSentError | RejectedError)), way
        claimed = outcome if isinstance(outcome, str) else getattr(outcome, "order_id", None)
        assert claimed is None or placed == [claimed], way
        assert isinstance(outcome, expected or str), f"{way}: {outcome!r}"
        assert bool(placed) == failure.places_order, way
        if name != "refuse connection":
            assert failure.met == 1
            [entry] = account.requests
            assert (entry.scenario, entry.order_id) == (name, placed[0] if placed else None)
            assert entry.outcome.startswith(f"Order {placed[0]} was placed; " if placed else "Nothing was placed; ")
        account.reset()


class TestWhom:
    def test_only_so_many_requests(self, account):
        account.fail_next("500", times=2)
        assert [isinstance(order(account, MEDIA[0]), str) for _ in range(3)] == [False, False, True]

    def test_only_one_caller(self, account, sandbox):
        account.fail_next("500", times=None)
        assert isinstance(order(sandbox, MEDIA[0]), str)
        assert isinstance(order(account, MEDIA[0]), OutcomeUnknownError)
        sandbox.reset()

    def test_only_requests_that_are_meant(self, account):
        account.fail_next("500", when={"recipient.email": "bob@example.com"})
        account.fail_next("403", when=lambda body: body["metadata"] == {"visit": "7"})
        for media in MEDIA[:1]:
            assert isinstance(order(account, media), PermissionDeniedError)
            assert isinstance(order(account, media), str)

    def test_one_after_the_other(self, account):
        for name in ("429", "503 after commit"):
            account.fail_next(name)
        outcomes = [order(account, MEDIA[0]) for _ in range(3)]
        assert [type(each) for each in outcomes] == [RateLimitedError, OutcomeUnknownError, str]
        assert len(account.orders) == 2

    def test_request_that_is_refused_anyway_uses_none_up(self, account):
        account.fail_next("drop after commit")
        assert isinstance(order(account, MEDIA[0], headers={"Content-Encoding": "gzip"}), RejectedError)
        assert isinstance(order(account, MEDIA[0]), OutcomeUnknownError)
        assert len(account.orders) == 1

    def test_header_of_the_request_asks_for_one(self, account):
        outcome = order(account, MEDIA[0], headers={"Spot-Sandbox-Scenario": "429; retry_after=7"})
        assert isinstance(outcome, RateLimitedError)
        assert outcome.retry_after == 7
        assert isinstance(order(account, MEDIA[0]), str)

    def test_connection_is_refused_for_some_seconds(self, account):
        account.fail_next("refuse connection", seconds=0.2)
        assert isinstance(order(account, MEDIA[0]), NotSentError)
        time.sleep(0.25)
        assert isinstance(order(account, MEDIA[0]), str)

    def test_reset_ends_all(self, account):
        account.fail_next("500", times=None)
        account.fail_next("refuse connection")
        account.reset()
        assert isinstance(order(account, MEDIA[0]), str)


class TestWrong:
    def test_unknown_name_lists_the_known_ones(self, account):
        with pytest.raises(ScenarioError, match=r"Unknown scenario 'drop'; the scenarios are: refuse connection, "):
            account.fail_next("drop")

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"times": 0}, "times is 0"),
            ({"times": True}, "times is True"),
            ({"when": "alice"}, "when is 'alice'"),
            ({"seconds": -1}, "seconds is -1"),
            ({"seconds": float("nan")}, "seconds is nan"),
            ({"retry_after": "soon"}, "retry_after is 'soon'"),
        ],
    )
    def test_wrong_argument_is_named(self, account, given, message):
        with pytest.raises(ScenarioError, match=message):
            account.fail_next("429", **given)

    @pytest.mark.parametrize("value", ["nothing", "429; soon", "429; times=2", "refuse connection"])
    def test_wrong_header_is_refused(self, account, value):
        outcome = order(account, MEDIA[0], headers={"Spot-Sandbox-Scenario": value})
        assert isinstance(outcome, BadRequestError)
        assert not account.orders

    def test_names_may_have_hyphens_and_capitals(self, account):
        account.fail_next("Drop-after_commit")
        assert isinstance(order(account, MEDIA[0]), OutcomeUnknownError)
        assert len(account.orders) == 1
