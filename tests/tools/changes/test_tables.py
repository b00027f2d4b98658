"""Each kind of change is reported once with its severity; rewrites without a change of meaning are not reported."""

import itertools

import pytest
import table
from change_cases import documents, find, load, published, tables
from spot_tools.changes.findings import verdict
from spot_tools.changes.operations import compare
from spot_tools.openapi.nodes import Document

REWRITES = [pytest.param(case, id=case["name"]) for case in load("rewrites.yaml")]


@pytest.mark.parametrize(("base", "case"), tables())
def test_a_change_is_reported_as_the_table_says_with_place_and_advice(base, case):
    old, new = documents(base, case)
    changes = compare(old, new).changes()
    assert sorted(f"{change.severity} {change.direction}" for change in changes) == sorted(case["finds"]), changes
    assert verdict(compare(new, old).changes()) != "none"
    for change in changes:
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
def test_a_rewrite_without_a_change_of_meaning_is_not_reported(case):
    old, new = documents(load("shop.yaml"), case)
    assert compare(old, new).changes() == []
    assert compare(new, old).changes() == []


def test_rewrites_hide_no_change():
    """A breaking change remains the only one, whatever else is rewritten."""
    shop = load("shop.yaml")
    breaking = {"edits": [{"put": "/components/schemas/Problem/properties/detail/type", "value": "integer"}]}
    _, broken = documents(shop, breaking)
    for case in load("rewrites.yaml"):
        if "was" in case or "Problem" in str(case):
            continue
        _, new = documents(broken.value, case)
        changes = compare(Document("old", shop), new).changes()
        assert [change.severity for change in changes] == ["breaking"], (case["name"], changes)


def test_the_tables_have_enough_cases_with_distinct_names():
    kinds, rewrites = load("kinds.yaml"), load("rewrites.yaml")
    assert len(load("published.yaml")) == 19
    assert len(kinds) >= 60
    assert len(rewrites) >= 50
    names = [case["name"] for case in itertools.chain(load("published.yaml"), kinds, rewrites)]
    assert len(set(names)) == len(names)


def test_a_document_does_not_differ_from_itself():
    assert compare(Document("old", published()), Document("new", published())).changes() == []


def test_the_documentation_shows_the_tables():
    assert table.PATH.read_text(encoding="utf-8") == table.text()


def test_every_difference_from_redocly_is_explained():
    others = load("redocly.yaml")
    for case in (*load("published.yaml"), *load("kinds.yaml")):
        other = others[case["name"]]
        assert ((table.worst(case) == "breaking") != (other["says"] == "major")) == ("why" in other), case["name"]
