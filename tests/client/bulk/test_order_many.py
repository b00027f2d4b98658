"""Many orders at once: one outcome for each row, and a ledger that survives a crash."""

import asyncio
import collections
import contextlib
import datetime as dt
import itertools
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx2
import pytest
from client_batch import answering, rows
from client_orders import ROOT, TOKEN, a_recipient, an_address, an_answer, an_order, http
from client_readers import assert_no_canary, assert_nothing_is_read, walked
from spot_api_client import (
    AddressCountry,
    AsyncSpotClient,
    CreateOrder,
    LedgerError,
    NotSentError,
    OrderEmpty,
    RowStatus,
    SpotClient,
)
from spot_api_client._runtime.bulk import batch

KILLS = int(os.environ.get("SPOT_TEST_KILLS", "2"))
KILLED_ROWS = int(os.environ.get("SPOT_TEST_KILLED_ROWS", "80"))
URL = "http://localhost:1"


def order_many(kind, given, base_url=URL, *, settings=None, **options):
    """Order a batch by a SpotClient, or by an AsyncSpotClient in asyncio or in trio."""
    arguments = {"token": TOKEN, "base_url": base_url, **(settings or {})}
    if kind == "sync":
        with SpotClient(**arguments) as client:
            return client.order_many(given, **options)

    async def run():
        async with AsyncSpotClient(**arguments) as client:
            return await client.order_many(given, **options)

    if kind == "trio":
        return pytest.importorskip("trio", reason="trio is not installed here").run(run)
    return asyncio.run(run())


@pytest.mark.parametrize("kind", ["sync", "async", "trio"])
class TestOutcomes:
    def test_each_row_has_its_outcome_in_its_place(self, kind, orders):
        given = [order for _, order in rows(60)]
        found = order_many(kind, given, orders.base_url)
        assert [outcome.index for outcome in found] == list(range(60))
        assert {outcome.status for outcome in found} == {RowStatus.ORDERED}
        for outcome in found:
            assert type(outcome.result) is OrderEmpty
            assert outcome.result.metadata == given[outcome.index].metadata
            assert outcome.order_id == outcome.result.order_id
        assert len({outcome.order_id for outcome in found}) == len(orders.metadata) == 60

    def test_one_failure_hides_no_other_outcome(self, kind):
        answers = [201, 400, httpx2.ReadTimeout("x"), 500, httpx2.ConnectError("x"), RuntimeError("x"), 201]
        settings = {**answering(*answers), "max_retries": 0}
        found = order_many(kind, [order for _, order in rows(7)], settings=settings, concurrency=1)
        assert [str(outcome.status) for outcome in found] == [
            *("ordered", "rejected", "unknown", "unknown", "not sent", "unknown", "ordered")
        ]
        assert [type(outcome.error).__name__ for outcome in found] == [
            *("NoneType", "BadRequestError", "OutcomeUnknownError", "OutcomeUnknownError"),
            *("NotSentError", "OutcomeUnknownError", "NoneType"),
        ]

    def test_row_that_cannot_be_sent_names_its_field(self, kind):
        odd = CreateOrder(**an_order(recipient=a_recipient(phone=5)))
        found = order_many(kind, [odd, rows(1)[0][1]], settings=answering(201))
        assert [str(outcome.status) for outcome in found] == ["not sent", "ordered"]
        assert str(found[0].error) == "recipient.phone must be text (str), not int."

    @pytest.mark.parametrize("status", [401, 403])
    def test_batch_ends_where_all_would_be_refused(self, kind, status):
        settings = answering(201, 201, status, 201)
        found = order_many(kind, [order for _, order in rows(30)], settings=settings, concurrency=1)
        assert collections.Counter(str(outcome.status) for outcome in found) == {
            "ordered": 2,
            "rejected": 1,
            "not tried": 27,
        }

    @pytest.mark.parametrize("clock", [[100.0], [1e9, 0.0]])
    def test_pause_after_429_ends_where_the_clock_is_frozen_or_goes_back(self, kind, clock, monkeypatch):
        """As in test suites that freeze time."""
        if kind == "trio":
            pytest.importorskip("trio", reason="trio is not installed here")
        moments = itertools.chain(clock, itertools.repeat(clock[-1]))
        monkeypatch.setattr(batch, "monotonic", lambda: next(moments))
        found = []
        given = [row for _, row in rows(2)]
        work = threading.Thread(
            target=lambda: found.extend(order_many(kind, given, settings=answering(429, 201), concurrency=1)),
            daemon=True,
        )
        work.start()
        work.join(10)
        assert [outcome.status for outcome in found] == [RowStatus.ORDERED, RowStatus.ORDERED]

    def test_max_retries_is_the_number_of_retries_of_each_row(self, kind):
        for answers, status in (((429, 201), "ordered"), ((429, 429, 201), "rejected")):
            (found,) = order_many(kind, [rows(1)[0][1]], settings={**answering(*answers), "max_retries": 1})
            assert str(found.status) == status

    @pytest.mark.parametrize(("max_retries", "statuses"), [(0, ["rejected", "ordered"]), (1, ["ordered", "ordered"])])
    def test_next_request_of_any_row_waits_after_a_429(self, kind, max_retries, statuses):
        times = []

        def answer(_):
            times.append(time.monotonic())
            return httpx2.Response(201 if len(times) > 1 else 429, json=an_answer(), headers={"Retry-After": "0.3"})

        settings = {"transport": httpx2.MockTransport(answer), "max_retries": max_retries}
        found = order_many(kind, [order for _, order in rows(2)], settings=settings, concurrency=1)
        assert [str(outcome.status) for outcome in found] == statuses
        assert times[1] - times[0] >= 0.3
        assert len(times) == 2 + max_retries

    def test_batch_ends_where_the_pause_would_be_too_long(self, kind, wire):
        wire.answers(http(429, headers=["Retry-After: 900"]))
        found = order_many(kind, [order for _, order in rows(9)], wire.base_url, concurrency=1)
        assert [str(outcome.status) for outcome in found] == ["rejected", *["not tried"] * 8]
        assert found[0].error.retry_after == 900

    @pytest.mark.parametrize(("concurrency", "expected"), [(1, {1}), (4, {2, 3, 4})])
    def test_so_many_are_under_way_at_a_time(self, kind, wire, concurrency, expected):
        under_way, counts = [], []

        def answer_slowly(server, connection):
            server.read_request(connection)
            under_way.append(connection)
            counts.append(len(under_way))
            time.sleep(0.05)
            under_way.remove(connection)
            connection.sendall(http(201, an_answer()))

        wire.script = [answer_slowly]
        order_many(kind, [order for _, order in rows(20)], wire.base_url, concurrency=concurrency)
        assert max(counts) in expected

    def test_progress_is_called_with_each_outcome_and_may_fail(self, kind, caplog):
        seen = []
        order_many(kind, [order for _, order in rows(8)], settings=answering(201), progress=seen.append)
        assert sorted(outcome.index for outcome in seen) == list(range(8))

        def broken(_):
            raise RuntimeError("canary")

        found = order_many(kind, [order for _, order in rows(8)], settings=answering(201), progress=broken)
        assert {outcome.status for outcome in found} == {RowStatus.ORDERED}
        assert [record.getMessage() for record in caplog.records] == [
            "progress raised RuntimeError and will not be called again."
        ]

    def test_no_row_at_all_is_an_empty_list(self, kind):
        assert order_many(kind, [], settings=answering(201)) == []

    @pytest.mark.parametrize(
        ("given", "options", "message"),
        [
            ([("a", 1), ("b", 2), ("a", 3)], {}, r"rows\[2\] and rows\[0\] have the same key"),
            ([("", 1)], {}, r"The key of rows\[0\] must be"),
            ([("a\n", 1)], {}, r"The key of rows\[0\] must be"),
            ([(5, 1)], {}, r"The key of rows\[0\] must be"),
            ([1, 2], {"ledger": os.devnull}, r"rows\[0\] has no key"),
            ([], {"concurrency": 0}, "concurrency must be an integer of at least 1"),
            ([], {"progress": "bar"}, "progress must be callable, not str"),
            (None, {}, "rows must be orders, or pairs of a key and an order, not NoneType"),
            ("ab", {}, "rows must be orders, or pairs of a key and an order, not str"),
            ({"a": 1}, {}, r"rows must be orders, .* not dict: pass rows.items\(\)"),
        ],
    )
    def test_impossible_batches_are_refused_before_anything_is_sent(self, kind, given, options, message):
        with pytest.raises((TypeError, ValueError), match=message):
            order_many(kind, given, **options)

    @pytest.mark.parametrize(
        "given", [{"a": {"x": "canary"}}, [("", {"x": "canary"})], [("a", "canary"), ("a", "canary")]]
    )
    def test_no_reader_finds_anything_of_refused_rows(self, kind, given):
        with pytest.raises((TypeError, ValueError)) as caught:
            order_many(kind, given, headers={"X-Mine": "canary"})
        assert_nothing_is_read(caught.value)

    def test_outcomes_show_nothing_of_a_person(self, kind):
        outcomes = order_many(kind, [order for _, order in rows(2)], settings=answering(201, 400), concurrency=1)
        assert_no_canary(repr(outcomes))
        assert repr(outcomes[0]) == "RowOutcome(index=0, status='ordered', order_id='O1234567')"
        assert_no_canary("".join(walked(outcomes[1])))


def test_closed_client_is_refused():
    client = SpotClient(token=TOKEN)
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        client.order_many([rows(1)[0][1]])


@pytest.mark.parametrize("kind", ["sync", "async"])
class TestLedger:
    def test_second_run_orders_what_is_left_alone(self, kind, orders, tmp_path):
        ledger = tmp_path / "ledger.db"
        first = order_many(kind, rows(20), orders.base_url, ledger=ledger)
        again = order_many(kind, rows(30), orders.base_url, ledger=ledger)
        assert [outcome.order_id for outcome in again[:20]] == [outcome.order_id for outcome in first]
        assert [outcome.from_ledger for outcome in again] == [True] * 20 + [False] * 10
        assert sorted(entry["reference"] for entry in orders.metadata) == sorted(f"row-{n}" for n in range(30))

    def test_unknown_outcome_is_returned_again_and_not_sent_again(self, kind, tmp_path):
        ledger = tmp_path / "ledger.db"
        settings = {**answering(500, httpx2.ReadTimeout("x"), 201), "max_retries": 0}
        before = dt.datetime.now(dt.UTC)
        first = order_many(kind, rows(3), settings=settings, ledger=ledger, concurrency=1)
        again = order_many(kind, rows(3), settings=answering(RuntimeError("nothing is sent")), ledger=ledger)
        assert [str(outcome.status) for outcome in again] == ["unknown", "unknown", "ordered"]
        assert [outcome.status_code for outcome in again] == [500, None, 201]
        assert [outcome.request_id for outcome in again] == ["req-7", None, "req-7"]
        for one, other in zip(first, again, strict=True):
            assert before <= one.started_at <= dt.datetime.now(dt.UTC)
            assert abs(one.started_at - other.started_at).total_seconds() < 1

    def test_refused_and_unsent_rows_are_tried_again(self, kind, tmp_path):
        ledger = tmp_path / "ledger.db"
        settings = {**answering(400, httpx2.ConnectError("x"), 429, 201), "max_retries": 0}
        order_many(kind, rows(4), settings=settings, ledger=ledger, concurrency=1)
        again = order_many(kind, rows(4), settings=answering(201), ledger=ledger)
        assert {str(outcome.status) for outcome in again} == {"ordered"}
        assert [outcome.from_ledger for outcome in again] == [False, False, False, True]

    def test_ledger_contains_keys_and_outcomes_and_nothing_of_the_order(self, kind, orders, tmp_path):
        ledger = tmp_path / "ledger.db"
        order_many(kind, rows(5), orders.base_url, ledger=ledger)
        with sqlite3.connect(ledger) as database:
            columns = [column[1] for column in database.execute("PRAGMA table_info(rows)")]
        database.close()
        assert columns == ["key", "state", "order_id", "status_code", "request_id", "started_at", "ended_at"]
        for file in tmp_path.iterdir():
            assert_no_canary(file.read_bytes().decode("latin-1"))
            assert b"health_kit" not in file.read_bytes()

    def test_ledger_of_another_server_is_refused(self, kind, tmp_path):
        ledger = tmp_path / "ledger.db"
        order_many(kind, rows(1), settings=answering(201), ledger=ledger)
        with pytest.raises(LedgerError, match="is for orders at http://localhost:1, not http://localhost:2"):
            order_many(kind, rows(1), "http://localhost:2", settings=answering(201), ledger=ledger)

    def test_file_that_is_no_ledger_is_refused(self, kind, tmp_path):
        (tmp_path / "text").write_text("not a database, but long enough to look at " * 100)
        for path in (tmp_path / "text", tmp_path / "none" / "ledger.db", tmp_path / "a\0b", "", ":memory:", b""):
            with pytest.raises(LedgerError, match="The ledger"):
                order_many(kind, rows(1), settings=answering(201), ledger=path)

    @pytest.mark.parametrize(
        "statement", ["DROP TABLE rows; CREATE TABLE rows (x)", "UPDATE rows SET started_at = 'some day'"]
    )
    def test_damaged_ledger_is_refused(self, kind, tmp_path, statement):
        ledger = tmp_path / "ledger.db"
        order_many(kind, rows(1), settings=answering(201), ledger=ledger)
        with contextlib.closing(sqlite3.connect(ledger)) as database:
            database.executescript(statement)
        with pytest.raises(LedgerError, match="or it is not a ledger"):
            order_many(kind, rows(1), settings=answering(201), ledger=ledger)


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is not there on Windows")
def test_killed_batches_order_no_row_twice_and_lose_none(sandbox_rows, tmp_path):
    """20 rounds of 500 rows with SPOT_TEST_KILLS=20 SPOT_TEST_KILLED_ROWS=500."""
    base_url, database = sandbox_rows
    unknown, ordered_in_all = 0, 0
    for kill in range(KILLS):
        ledger = tmp_path / f"ledger-{kill}.db"
        before = _references(database)
        command = [sys.executable, Path(__file__).with_name("client_batch.py"), base_url, ledger, str(KILLED_ROWS)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests" / "client")}
        process = subprocess.Popen([*map(str, command)], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(random.randrange(1, KILLED_ROWS - 10)):
            process.stdout.readline()
        process.kill()
        process.communicate()
        with SpotClient(token=TOKEN, base_url=base_url) as client:
            found = client.order_many(rows(KILLED_ROWS), ledger=ledger)
        there = _references(database) - before
        assert [key for key, number in there.items() if number > 1] == []
        listed = {outcome.key for outcome in found if outcome.status is RowStatus.UNKNOWN}
        ordered = {outcome.key for outcome in found if outcome.status is RowStatus.ORDERED}
        assert ordered | listed == {key for key, _ in rows(KILLED_ROWS)}
        assert ordered <= set(there)
        assert len(listed) <= 8
        unknown += len(listed)
        ordered_in_all += len(there)
    print(f"{KILLS} kills, {KILLS * KILLED_ROWS} rows: {ordered_in_all} ordered, {unknown} unknown and listed")


def _references(database):
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        found = collections.Counter(
            reference for (reference,) in connection.execute("SELECT json_extract(metadata, '$.reference') FROM orders")
        )
    connection.close()
    return found


def test_country_of_one_row_spoils_no_other(sandbox):
    given = [CreateOrder(**an_order()) for _ in range(6)]
    given[3] = CreateOrder(**an_order(recipient=a_recipient(address=an_address(country=AddressCountry("ZZ")))))
    found = order_many("async", given, sandbox)
    assert [str(outcome.status) for outcome in found] == ["ordered"] * 3 + ["rejected"] + ["ordered"] * 2
    assert not any(isinstance(outcome.error, NotSentError) for outcome in found)
