"""Overlays applied to a document that they were not written for: as far as they fit, what does not told."""

from collections.abc import Iterable
from typing import Any

from spot_tools.errors import ToolError

from . import overlay
from .nodes import Document
from .structure import check


def fit(name: str, document: dict[str, Any], actions: Iterable[overlay.Action]) -> tuple[Document, list[str]]:
    """The document with every action that fits, and for each of the others the sentence that says what to do."""
    value, problems = document, list[str]()
    for action in actions:
        try:
            tried = overlay.apply(value, [action])
        except ToolError as error:
            problems.append(str(error))
            continue
        try:
            check(Document(action.name, tried))
        except ToolError as error:
            problems.append(f"{error} Mend the action or delete it.")
            continue
        value = tried
    return Document(name, value), problems
