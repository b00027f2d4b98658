"""Short names of operations: which operations lack one, and the overlay action that adds it."""

import re
from itertools import chain, count
from posixpath import commonpath
from typing import Any

from openapi_python_client.strings import snake_case

from spot_tools.openapi.documents import as_object
from spot_tools.openapi.nodes import Document, Node, operations

_VERBS = {"post": "create", "put": "replace", "patch": "update", "delete": "delete", "trace": "trace"}
_ACTION = """\
  - target: $.paths['{path}'].{method}
    description: {reason}
    x-source: our choice
    update:
      operationId: {name}
"""
_TAGS = "      tags:\n        - {tag}\n"


def missing_names(value: dict[str, Any]) -> dict[str, str]:
    """The overlay action to paste for each operation without a short name, by method and path.

    A name is short unless it repeats what all paths begin with, such as api and v2.
    """
    document = Document("client.yaml", value)
    found = [operation for _, operation in operations(document) if operation.path[0] == "paths"]
    common = commonpath([operation.path[1] for operation in found]).split("/")[1:] if found else []
    taken = {str(operation.value.get("operationId")) for operation in found}
    actions: dict[str, str] = {}
    for operation in found:
        given = operation.value.get("operationId")
        repeated = {snake_case(segment) for segment in common[: len(_literal(operation)) - 1]}
        if given and not repeated & set(snake_case(str(given)).split("_")):
            continue
        name = _name(operation, taken)
        taken.add(name)
        path, method = operation.path[1], operation.path[-1]
        reason = f"The name {given} repeats the path." if given else "The operation has no name."
        action = _ACTION.format(path=path.replace("'", "\\'"), method=method, reason=reason, name=name)
        if not operation.value.get("tags"):
            action += _TAGS.format(tag=(_literal(operation) or ["root"])[-1])
        actions[f"{method.upper()} {path}"] = action
    return actions


def _segments(operation: Node) -> list[str]:
    return [segment for segment in operation.path[1].split("/") if segment]


def _literal(operation: Node) -> list[str]:
    return [segment for segment in _segments(operation) if not segment.startswith("{")]


def _name(operation: Node, taken: set[str]) -> str:
    """A name of verb and noun, such as get_order; longer where that is taken."""
    method, segments = operation.path[-1], _segments(operation)
    is_one = bool(segments) and segments[-1].startswith("{")
    has_body = bool(as_object(operation.value.get("requestBody")))
    verb = _VERBS.get(method, method if is_one or has_body else "list")
    nouns = [re.sub(r"\W", "_", segment).lower() for segment in _literal(operation)] or ["root"]
    if verb == "create" and not has_body and len(nouns) > 1 and segments[-2].startswith("{"):
        # An action on one object, such as POST /orders/{order_id}/cancel.
        verb, is_one = nouns.pop(), True
    nouns[-1] = nouns[-1].removesuffix("s") if is_one or verb == "create" else nouns[-1]
    longer = ["_".join((verb, *nouns[place:])) for place in reversed(range(len(nouns)))]
    numbered = (f"{longer[-1]}_{number}" for number in count(2))
    return next(name for name in chain(longer, numbered) if name not in taken)
