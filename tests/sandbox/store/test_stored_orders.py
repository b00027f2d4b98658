"""How many orders are kept: all in a file, the newest in memory."""

import os
import time

from sandbox_talk import Talk
from spot_sandbox.store import sqlite
from spot_sandbox.store.orders import Row
from spot_sandbox.store.store import open_store

# The full size is 1000000.
MANY = int(os.environ.get("SPOT_MANY_ORDERS", "20000"))


def row(text="{}"):
    return Row("2026-01-01T00:00:00.000Z", text, "[]", None)


def memory(monkeypatch, **limits):
    for name, value in limits.items():
        monkeypatch.setattr(sqlite, name, value)
    return open_store(":memory:").database


def test_oldest_in_memory_go_first(monkeypatch):
    database = memory(monkeypatch, MOST_ORDERS=200)
    for number in range(1000):
        database.insert([row(f"[{number}]")], [])
    kept = [int(order.recipient[1:-1]) for order in database.orders(limit=1000)]
    assert 190 <= len(kept) <= 200
    assert kept == list(range(1000 - len(kept), 1000))
    assert database.orders(limit=1000)[-1].order_id == "O1001000"
    database.close()


def test_large_ones_in_memory_make_room_sooner(monkeypatch):
    database = memory(monkeypatch, MOST_BYTES=1_000_000)
    for _ in range(100):
        database.insert([row("x" * 100_000)], [])
    assert 8 <= database.count() <= 10
    database.clear()
    for _ in range(9):
        database.insert([row("x" * 100_000)], [])
    assert database.count() == 9
    database.close()


def test_file_keeps_all_and_goes_on_answering(start, tmp_path):
    database = open_store(str(tmp_path / "orders.db")).database
    for _ in range(MANY // 1000):
        database.insert([row('{"first_name": "Ann", "note": "%s"}' % ("x" * 200))] * 1000, [])
    database.close()
    talk = Talk(start("--database", tmp_path / "orders.db").port)
    for path in ("count", "orders?last=500", "orders?after=O1000100", "requests"):
        begun = time.monotonic()
        assert talk.call(method="GET", path=f"/_sandbox/api/{path}").status == 200
        print(f"{path}: {(time.monotonic() - begun) * 1000:.1f} ms with {MANY} orders")
    talk.place(talk.draft())
    assert talk.ids == {f"O{1_000_001 + MANY}"}
