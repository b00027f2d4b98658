"""The cases in tables/ as pairs of documents."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from create_order import PAGE
from spot_tools.checkout.layout import Layout
from spot_tools.openapi.documents import parse
from spot_tools.openapi.nodes import Document
from spot_tools.openapi.page import document_of

HERE = Path(__file__).parent
TABLES = HERE / "tables"


@cache
def load(name: str) -> Any:
    path = TABLES / name
    return parse(path.read_bytes(), name)


@cache
def published() -> dict[str, Any]:
    """The published document of create-order."""
    path = Layout.here().root / PAGE
    return parse(document_of(path.read_bytes(), path.name), path.name)


def tables() -> list[Any]:
    """Every case with a change, and the document that it edits."""
    return [
        pytest.param(base, case, id=case["name"])
        for table, base in (("published.yaml", published()), ("kinds.yaml", load("shop.yaml")))
        for case in load(table)
    ]


def documents(base: dict[str, Any], case: dict[str, Any]) -> tuple[Document, Document]:
    old = edited(base, case.get("was", []))
    return Document("old", old), Document("new", edited(old, case["edits"]))


def edited(document: dict[str, Any], edits: list[dict[str, Any]]) -> dict[str, Any]:
    result = copy.deepcopy(document)
    for edit in edits:
        _edit(result, edit)
    return result


def _edit(document: dict[str, Any], edit: dict[str, Any]) -> None:
    [action] = edit.keys() - {"value", "to"}
    home, key = find(document, edit[action])
    match action:
        case "put":
            home[key] = copy.deepcopy(edit["value"])
        case "add":
            assert edit["value"] not in home[key]
            home[key].append(edit["value"])
        case "without":
            home[key].remove(edit["value"])
        case "drop":
            del home[key]
        case "move":
            value = home.pop(key)
            target, name = find(document, edit["to"])
            if isinstance(target, list):
                target.append(value)
            else:
                target[name] = value


def find(document: Any, pointer: str) -> tuple[Any, Any]:
    """The container and the key of a JSON Pointer; missing objects on the path are created."""
    *way, last = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    home = document
    for part in way:
        home = home[int(part)] if isinstance(home, list) else home.setdefault(part, {})
    return home, int(last) if isinstance(home, list) and last.isdigit() else last
