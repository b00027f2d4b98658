"""What the ledger of a batch records, and that a batch stops where it cannot record."""

import contextlib
import itertools
import sqlite3

import httpx2
import pytest
from client_batch import answering, rows
from client_orders import TOKEN
from spot_api_client import LedgerError, RowStatus, SpotClient
from spot_api_client._runtime.bulk.ledger import Ledger

URL = "http://localhost:1"


def client(*answers):
    """A client of a server that gives these statuses, the last one for good."""
    return SpotClient(token=TOKEN, base_url=URL, **answering(*answers))


def statuses(outcomes):
    return [outcome.status for outcome in outcomes]


class TestRecord:
    def test_request_id_that_could_be_anything_is_not_recorded(self, tmp_path):
        path = tmp_path / "ledger.db"
        answer = httpx2.Response(500, headers={"X-Request-ID": "Canary Lee, 1 Canary Street"})
        with SpotClient(token=TOKEN, base_url=URL, transport=httpx2.MockTransport(lambda _: answer)) as one:
            one.order_many(rows(1), ledger=path)
        assert client(201).order_many(rows(1), ledger=path)[0].request_id is None
        assert b"Canary" not in path.read_bytes()

    def test_row_that_was_under_way_is_unknown_and_not_sent(self, tmp_path):
        path = tmp_path / "ledger.db"
        key = rows(1)[0][0]
        ledger = Ledger(path, URL)
        ledger.begin(key)
        ledger.close()
        (outcome,) = client(201).order_many(rows(1), ledger=path)
        assert (outcome.status, outcome.from_ledger, outcome.order_id) == (RowStatus.UNKNOWN, True, None)

    def test_row_is_begun_once(self, tmp_path):
        ledger = Ledger(tmp_path / "ledger.db", URL)
        ledger.begin("a")
        with pytest.raises(LedgerError, match="says that this row was already sent"):
            ledger.begin("a")
        ledger.end("a", RowStatus.REJECTED, order_id=None, status_code=400, request_id=None)
        ledger.begin("a")
        ledger.close()

    def test_ledger_is_open_in_one_batch_at_a_time(self, tmp_path):
        found = []

        def order_again(_):
            with pytest.raises(LedgerError, match="another process has it open"):
                client(201).order_many(rows(2), ledger=tmp_path / "ledger.db")
            found.append("refused")

        client(201).order_many(rows(1), ledger=tmp_path / "ledger.db", progress=order_again)
        assert found == ["refused"]


class TestFailure:
    """The disk is full, or the file is damaged, in the middle of a batch."""

    @staticmethod
    def broken(monkeypatch, name, after):
        calls = itertools.count()
        real = getattr(Ledger, name)

        def fail(self, *arguments, **named):
            if next(calls) >= after:
                raise LedgerError("The disk is full.")
            return real(self, *arguments, **named)

        monkeypatch.setattr(Ledger, name, fail)

    def test_row_that_cannot_be_recorded_is_not_sent_and_ends_the_batch(self, tmp_path, monkeypatch):
        self.broken(monkeypatch, "begin", after=1)
        outcomes = client(201).order_many(rows(3), ledger=tmp_path / "ledger.db", concurrency=1)
        assert statuses(outcomes) == [RowStatus.ORDERED, RowStatus.NOT_SENT, RowStatus.NOT_TRIED]
        assert str(outcomes[1].error) == "The disk is full."

    def test_outcome_that_cannot_be_recorded_is_returned_and_ends_the_batch(self, tmp_path, monkeypatch, caplog):
        path = tmp_path / "ledger.db"
        with monkeypatch.context() as patched:
            self.broken(patched, "end", after=1)
            outcomes = client(201).order_many(rows(3), ledger=path, concurrency=1)
        assert statuses(outcomes) == [RowStatus.ORDERED, RowStatus.ORDERED, RowStatus.NOT_TRIED]
        assert [record.getMessage() for record in caplog.records] == ["The disk is full. The batch stops."]
        again = client(201).order_many(rows(3), ledger=path, concurrency=1)
        assert statuses(again) == [RowStatus.ORDERED, RowStatus.UNKNOWN, RowStatus.ORDERED]

    def test_damage_is_a_ledger_error(self, tmp_path):
        ledger = Ledger(tmp_path / "ledger.db", URL)
        ledger._database.execute("DROP TABLE rows")
        with pytest.raises(LedgerError, match="cannot be written"):
            ledger.begin("a")
        ledger.close()


def test_file_of_a_batch_is_closed_afterwards(tmp_path):
    path = tmp_path / "ledger.db"
    client(201).order_many(rows(1), ledger=path)
    with contextlib.closing(sqlite3.connect(path, timeout=0)) as database:
        assert database.execute("SELECT state FROM rows").fetchall() == [("ordered",)]
