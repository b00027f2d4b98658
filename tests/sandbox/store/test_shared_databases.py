"""Databases that outlive a process and are shared by several."""

import contextlib
import http.client
import os
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sandbox_process import Process
from sandbox_talk import PATH, TOKEN, Talk, text_of

# How often the server is killed under load; 20 is the full size.
ROUNDS = int(os.environ.get("SPOT_KILL_ROUNDS", "2"))
# How long the load lasts before a kill, in seconds; it grows with the rounds, so that kills meet different moments.
LOAD = 0.3
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked, which this system cannot")


class FileDatabase:
    def __init__(self, folder):
        self.option = folder / "orders.db"

    def rows(self):
        with contextlib.closing(sqlite3.connect(self.option)) as connection:
            return connection.execute("select number, recipient from orders").fetchall()


class ServerDatabase:
    def __init__(self, server):
        self.server = server
        self.name = server.database()
        self.option = server.url(self.name)

    def rows(self):
        return self.server.ask("select number, recipient from orders", self.name)


@pytest.fixture(params=["file", "postgresql"])
def database(request, tmp_path):
    return FileDatabase(tmp_path) if request.param == "file" else ServerDatabase(request.getfixturevalue("postgres"))


def ids_of(rows):
    return {f"O{1_000_000 + number}" for number, _ in rows}


def test_orders_are_kept_and_ids_go_on_after_a_restart(start, database):
    ids = set()
    for _ in range(2):
        process = start("--database", database.option)
        talk = Talk(process.port)
        for _ in range(5):
            talk.place(talk.draft())
        ids |= talk.ids
        assert process.end() == (0, "", "")
    assert len(ids) == 10
    assert ids_of(database.rows()) == ids


def test_two_servers_share_one(start, database):
    talks = [Talk(start("--database", database.option).port) for _ in range(2)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: talks[n % 2].place(talks[n % 2].draft()), range(80)))
    assert not talks[0].ids & talks[1].ids
    assert ids_of(database.rows()) == talks[0].ids | talks[1].ids


@forks
def test_workers_share_one(start, database):
    process = start("--database", database.option, "--workers", 3)
    talk = Talk(process.port)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(talk.place, [talk.draft() for _ in range(80)]))
    assert ids_of(database.rows()) == talk.ids
    assert process.end() == (0, "", "")


def test_table_of_an_older_release_is_taken_over(start, tmp_path):
    file = tmp_path / "orders.db"
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute(
            "create table orders (number integer primary key autoincrement not null, created text not null, "
            "recipient text not null, kit_types text not null, metadata text)"
        )
        connection.execute("insert into orders values (7, '2026-01-01T00:00:00.000Z', '{}', '[]', null)")
        connection.commit()
    talk = Talk(start("--database", file).port)
    talk.place(talk.draft())
    assert talk.ids == {"O1000008"}


class Load:
    """Connections that order without a pause, and what was acknowledged on them."""

    def __init__(self, port, many=8):
        self.port = port
        self.acknowledged = []
        self.threads = [threading.Thread(target=self.order, daemon=True) for _ in range(many)]
        for thread in self.threads:
            thread.start()

    def order(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Authorization": f"Token {TOKEN}", "Content-Type": "application/json"}
        body = text_of(Talk(self.port).draft()).encode()
        # Until the server is killed.
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            while True:
                connection.request("POST", PATH, body, headers)
                response = connection.getresponse()
                text = response.read()
                assert response.status == 201, text
                self.acknowledged.append(text.partition(b'"order_id":"')[2].partition(b'"')[0].decode())

    def end(self):
        for thread in self.threads:
            thread.join(30)


def test_no_acknowledged_order_is_lost_and_no_id_given_twice_when_killed(database):
    ids = []
    for number in range(ROUNDS):
        process = Process("--database", database.option)
        load = Load(process.port)
        time.sleep(LOAD * (1 + number / ROUNDS))
        process.kill()
        load.end()
        assert load.acknowledged, "nothing was ordered before the kill"
        ids += load.acknowledged
    assert len(set(ids)) == len(ids)
    assert set(ids) <= ids_of(database.rows())
