"""The journal keeps the newest requests, within a limit of memory."""

from sandbox_talk import PATH
from spot_sandbox.http.messages import Answer, Request
from spot_sandbox.journal import journal as module
from spot_sandbox.journal.journal import LONGEST_BODY, Journal


def add(journal, body=b"", owner=""):
    async def nothing():
        raise AssertionError

    journal.add(Request("POST", PATH, b"", [], nothing, body, owner=owner), Answer(400, b"{}"))


def test_oldest_entries_go_first(monkeypatch):
    monkeypatch.setattr(module, "MOST_ENTRIES", 3)
    journal = Journal()
    for _ in range(5):
        add(journal)
    assert [each.number for each in journal.entries()] == [3, 4, 5]


def test_memory_has_a_limit(monkeypatch):
    monkeypatch.setattr(module, "MOST_BYTES", 10 * LONGEST_BODY)
    journal = Journal()
    for _ in range(50):
        add(journal, b"x" * LONGEST_BODY)
    assert 5 < len(journal.entries()) < 10
    journal.clear()
    add(journal)
    assert len(journal.entries()) == 1


def test_long_body_is_cut():
    journal = Journal()
    add(journal, b"x" * (LONGEST_BODY + 1))
    assert len(journal.entries()[0].request.raw) == LONGEST_BODY


def test_one_owner_is_forgotten_alone():
    journal = Journal()
    for owner in "ab":
        add(journal, owner=owner)
    journal.clear("a")
    assert [each.owner for each in journal.entries()] == ["b"]
