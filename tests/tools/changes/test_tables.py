"""Each kind of change is told once, as severe as it is; each rewrite that says the same is not told at all."""

import itertools

import pytest
import table
from change_cases import documents, find, load, published, tables
from spot_tools.changes.findings import verdict
from spot_tools.changes.operations import compare
from spot_tools.openapi.nodes import Document

REWRITES = [pytest.param(case, id=case["name"]) for case in load("rewrites.yaml")]


@pytest.mark.parametrize(("base", "case"), tables())
def test_a_change_is_told_as_the_table_says(base, case):
    changes = compare(*documents(base, case)).changes()
    assert sorted(f"{change.severity} {change.direction}" for change in changes) == sorted(case["finds"]), changes


@pytest.mark.parametrize(("base", "case"), tables())
def test_a_change_has_a_place_a_sentence_and_advice(base, case):
    old, new = documents(base, case)
    for change in compare(old, new).changes():
        holders = [document for document in (old, new) if _holds(document, change.pointer)]
        assert holders, change.pointer
        assert change.message.endswith(".")
        assert change.message.count("\n") == 0
        assert change.advice.endswith(".")
        assert change.operation or change.direction == "both"


def _holds(document: Document, pointer: str) -> bool:
    home, key = find(document.value, pointer)
    return key < len(home) if isinstance(home, list) else key in home


@pytest.mark.parametrize("case", REWRITES)
def test_a_rewrite_that_says_the_same_is_not_told(case):
    old, new = documents(load("shop.yaml"), case)
    assert compare(old, new).changes() == []
    assert compare(new, old).changes() == []


def test_rewrites_told_of_the_other_document_hide_no_change():
    """A breaking change stays the only one, however the rest of the document is rewritten around it."""
    shop = load("shop.yaml")
    breaking = {"edits": [{"put": "/components/schemas/Problem/properties/detail/type", "value": "integer"}]}
    _, broken = documents(shop, breaking)
    for case in load("rewrites.yaml"):
        if "was" in case or "Problem" in str(case):
            continue
        _, new = documents(broken.value, case)
        changes = compare(Document("old", shop), new).changes()
        assert [change.severity for change in changes] == ["breaking"], (case["name"], changes)


@pytest.mark.parametrize(("base", "case"), tables())
def test_a_change_undone_is_a_change(base, case):
    old, new = documents(base, case)
    assert verdict(compare(new, old).changes()) != "none"


def test_the_tables_hold_no_case_twice_and_enough_of_each():
    kinds, rewrites = load("kinds.yaml"), load("rewrites.yaml")
    assert len(load("published.yaml")) == 19
    assert len(kinds) >= 60
    assert len(rewrites) >= 50
    names = [case["name"] for case in itertools.chain(load("published.yaml"), kinds, rewrites)]
    assert len(set(names)) == len(names)


def test_a_document_is_no_change_from_itself():
    assert compare(Document("old", published()), Document("new", published())).changes() == []


def test_the_page_of_the_docs_shows_the_tables():
    assert table.PATH.read_text(encoding="utf-8") == table.text()


def test_every_judgement_that_differs_from_redoclys_is_explained():
    others = load("redocly.yaml")
    for case in (*load("published.yaml"), *load("kinds.yaml")):
        other = others[case["name"]]
        assert ((table.worst(case) == "breaking") != (other["says"] == "major")) == ("why" in other), case["name"]
