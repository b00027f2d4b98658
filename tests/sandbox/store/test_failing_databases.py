"""A database that is full, locked, lost or silent: 503, no partial order, and orders work again once it is back."""

import asyncio
import contextlib
import sqlite3
import sys
import threading
import time

import pytest
from sandbox_talk import Talk, encode, envelope
from spot_sandbox.store import store as module
from spot_sandbox.store.database import LostError
from spot_sandbox.store.orders import Row

# Longer than the sandbox waits for a database, in seconds.
ENDURED = 30
JSON = "application/json"
# Shorter waits than the usual ones of 5 seconds, so that the tests need not wait as long.
PATIENCE = {"spot_sandbox.store.store.PATIENCE": 1}
LOCK = {"spot_sandbox.store.postgresql._CONNECT": {"connect_timeout": 3, "options": "-c lock_timeout=1000"}}


def unavailable(talk):
    """An order is refused because of the database, and surely not placed."""
    answer = talk.call(encode(talk.draft(), JSON, "json"))
    assert answer.status == 503, answer
    assert answer.headers["retry-after"] == "1"
    error = envelope(answer)
    assert error["type"] == "internal_server_error"
    assert "status" not in error
    assert "not placed" in error["detail"]


def rows(file):
    with contextlib.closing(sqlite3.connect(file)) as connection:
        return connection.execute("select count(*) from orders").fetchone()[0]


class TestFile:
    @pytest.fixture
    def file(self, tmp_path):
        return tmp_path / "orders.db"

    @pytest.fixture
    def talk(self, start, file):
        self.process = start("--database", file, settings=PATIENCE)
        talk = Talk(self.process.port, timeout=ENDURED)
        talk.place(talk.draft())
        return talk

    def limit_files(self, size):
        """Let no file of the server grow beyond a size in bytes, as on a full disk; -1 is no limit."""
        if sys.platform != "linux":
            pytest.skip("only Linux limits the files of another process")
        resource = pytest.importorskip("resource", reason="this Python cannot limit the files of a process")
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def test_locked_file_is_503_and_others_are_served_meanwhile(self, talk, file):
        with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("begin exclusive")
            waiting = threading.Thread(target=unavailable, args=(Talk(talk.port, timeout=ENDURED),))
            waiting.start()
            time.sleep(0.2)
            begun = time.monotonic()
            assert talk.call(method="GET", path="/healthz").status == 200
            answered = time.monotonic() - begun
            assert waiting.is_alive()
            waiting.join()
            assert answered < 2, "the health check waited for the lock"
            other.execute("rollback")
        talk.place(talk.draft())
        assert rows(file) == len(talk.ids) == 2

    def test_short_lock_is_waited_for(self, talk, file):
        with contextlib.closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
            other.execute("begin immediate")
            ends = threading.Timer(0.3, other.execute, ["rollback"])
            ends.start()
            talk.place(talk.draft())
            ends.join()
        assert rows(file) == 2

    def test_full_disk_is_503_until_there_is_room(self, talk, file):
        self.limit_files(max(path.stat().st_size for path in file.parent.iterdir()))
        big = talk.draft({"metadata": {"note": "x" * 200_000}})
        answer = talk.call(encode(big, JSON, "json"))
        assert answer.status == 503
        assert "not placed" in envelope(answer)["detail"]
        self.limit_files(-1)
        talk.place(talk.draft())
        assert rows(file) == len(talk.ids) == 2
        with contextlib.closing(sqlite3.connect(file)) as connection:
            assert connection.execute("pragma integrity_check").fetchone() == ("ok",)

    def test_order_that_fits_is_placed_alongside_one_that_does_not(self, talk, file):
        self.limit_files(max(path.stat().st_size for path in file.parent.iterdir()) + 100_000)
        big = encode(talk.draft({"metadata": {"note": "x" * 400_000}}), JSON, "json")
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(Talk(talk.port).call(big))) for _ in range(2)]
        for thread in threads:
            thread.start()
        talk.place(talk.draft())
        for thread in threads:
            thread.join()
        assert [answer.status for answer in answers] == [503, 503]
        self.limit_files(-1)
        assert rows(file) == len(talk.ids) == 2

    def test_file_that_is_gone_is_503_until_it_is_back(self, talk, file):
        aside = file.parent / "aside"
        aside.mkdir()
        files = [path for path in file.parent.iterdir() if path.is_file()]
        for path in files:
            path.rename(aside / path.name)
        unavailable(talk)
        for path in files:
            (aside / path.name).rename(path)
        talk.place(talk.draft())
        assert rows(file) == len(talk.ids) == 2

    def test_new_file_in_its_place_is_used_and_no_id_is_given_twice(self, talk, file):
        for path in list(file.parent.iterdir()):
            path.unlink()
        file.touch()
        talk.place(talk.draft())
        assert rows(file) == 1
        assert len(talk.ids) == 2

    def test_lasting_failure_is_printed_once(self, talk, file):
        with contextlib.closing(sqlite3.connect(file)) as connection:
            connection.execute("alter table orders rename to elsewhere")
        unavailable(talk)
        unavailable(talk)
        with contextlib.closing(sqlite3.connect(file)) as connection:
            connection.execute("alter table elsewhere rename to orders")
        talk.place(talk.draft())
        line = "spot-sandbox: cannot write to the database: no such table: orders\n"
        assert self.process.end() == (0, "", line)


class TestPostgresql:
    @pytest.fixture
    def talk(self, start, postgres):
        self.database = postgres.database()
        self.process = start("--database", postgres.url(self.database), settings=PATIENCE | LOCK)
        talk = Talk(self.process.port, timeout=ENDURED)
        talk.place(talk.draft())
        return talk

    def count(self, postgres):
        return postgres.ask("select count(*) from orders", self.database)[0][0]

    def test_locked_table_is_503_and_others_are_served_meanwhile(self, talk, postgres):
        with contextlib.closing(postgres.connect(self.database)) as other:
            other.execute("lock table orders in access exclusive mode")
            waiting = threading.Thread(target=unavailable, args=(Talk(talk.port, timeout=ENDURED),))
            waiting.start()
            time.sleep(0.2)
            assert talk.call(method="GET", path="/healthz").status == 200
            assert waiting.is_alive()
            waiting.join()
        talk.place(talk.draft())
        assert self.count(postgres) == len(talk.ids) == 2

    def test_database_that_takes_no_writes_is_503(self, talk, postgres):
        postgres.ask(f"alter database {self.database} set default_transaction_read_only = on")
        postgres.ask(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{self.database}'")
        unavailable(talk)
        postgres.ask(f"alter database {self.database} set default_transaction_read_only = off")
        postgres.ask(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{self.database}'")
        talk.place(talk.draft())
        assert self.count(postgres) == len(talk.ids) == 2

    def test_connections_that_were_ended_are_made_anew(self, talk, postgres):
        for _ in range(3):
            postgres.ask(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{self.database}'")
            talk.place(talk.draft())
        assert self.count(postgres) == len(talk.ids) == 4

    def test_server_that_is_gone_is_503_until_it_is_back(self, talk, postgres):
        try:
            postgres.stop()
            unavailable(talk)
            unavailable(talk)
            assert talk.call(method="GET", path="/healthz").status == 200
        finally:
            postgres.start()
        talk.place(talk.draft())
        assert self.count(postgres) == len(talk.ids) == 2

    def test_short_restart_of_the_server_is_waited_for(self, start, postgres):
        database = postgres.database()
        talk = Talk(start("--database", postgres.url(database)).port, timeout=ENDURED)
        talk.place(talk.draft())
        postgres.stop()
        back = threading.Timer(0.3, postgres.start)
        back.start()
        try:
            talk.place(talk.draft())
        finally:
            back.join()
        assert postgres.ask("select count(*) from orders", database)[0][0] == len(talk.ids) == 2

    def test_password_is_not_shown_where_it_cannot_connect(self, command, postgres):
        url = postgres.url("nowhere").replace("@", ":opensesame@")
        code, out, err = command("--database", url)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert "nowhere" in err
        assert "opensesame" not in err


class _Flaky:
    """A database whose connection is lost, before or after it has written."""

    is_memory = False
    is_remote = True

    def __init__(self, *losses):
        self.losses = list(losses)
        self.rows = {}

    def insert(self, rows, numbers):
        loss = self.losses.pop(0) if self.losses else None
        if loss == "before":
            raise LostError("gone")
        if not numbers:
            numbers.extend(range(len(self.rows) + 1, len(self.rows) + 1 + len(rows)))
        if loss != "numbered":
            for number, row in zip(numbers, rows, strict=True):
                self.rows.setdefault(number, row)
        if loss is not None:
            raise LostError("gone")

    def close(self):
        pass


class TestStore:
    """What cannot be timed from outside: a connection that is lost at a known moment of a write."""

    def placed(self, database, many=3):
        async def main():
            store = module.Store(database)
            placed = [store.place(Row("now", "{}", f"[{number}]", None)) for number in range(many)]
            results = await asyncio.gather(*placed, return_exceptions=True)
            store.close()
            return results

        return asyncio.run(main())

    @pytest.mark.parametrize("losses", [["before"], ["numbered"], ["after"], ["after", "before", "numbered", "after"]])
    def test_each_order_is_written_once(self, losses):
        database = _Flaky(*losses)
        orders = self.placed(database)
        assert [order.kit_types for order in orders] == ["[0]", "[1]", "[2]"]
        assert len({order.order_id for order in orders}) == len(database.rows) == 3

    @pytest.mark.parametrize(("losses", "is_unknown"), [(["before"], False), (["after", *["before"] * 999], True)])
    def test_outcome_is_unknown_only_where_it_may_have_been_written(self, monkeypatch, losses, is_unknown):
        monkeypatch.setattr(module, "PATIENCE", 0.1)
        errors = self.placed(_Flaky(*losses * 999))
        assert {error.is_unknown for error in errors} == {is_unknown}

    def test_silent_database_is_given_up_until_it_responds(self, monkeypatch):
        monkeypatch.setattr(module, "SILENCE", 0.2)
        database = _Silent()

        async def main():
            store = module.Store(database)

            async def place():
                try:
                    return (await store.place(Row("now", "{}", "[]", None))).order_id
                except module.StoreError as error:
                    return error.is_unknown

            first = asyncio.ensure_future(place())
            await asyncio.sleep(0.05)
            behind = asyncio.ensure_future(place())
            given_up = [await first, await behind, await place()]
            database.speaks.set()
            await asyncio.sleep(0.3)
            last = await place()
            store.close()
            return [*given_up, last]

        # The one that it was given may have been written, those behind it were not.
        assert asyncio.run(main()) == [True, False, False, "O1000002"]


class _Silent(_Flaky):
    """A database that does not respond until `speaks` is set."""

    def __init__(self):
        super().__init__()
        self.speaks = threading.Event()

    def insert(self, rows, numbers):
        self.speaks.wait(20)
        super().insert(rows, numbers)
