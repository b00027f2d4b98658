"""OpenAPI Overlay 1.0, strictly: an action that does nothing is an error that names it."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import jsonpath

from spot_tools.errors import ToolError

from .documents import as_list, as_object, parse

_TOP = {"overlay", "info", "extends", "actions"}
_INFO = {"title", "version", "description"}
_ACTION = {"target", "description", "update", "remove", "x-source"}
_EXTENSIONS = {"x-prefix", "x-shown", "x-enum-varnames"}
"""The extensions that overlays may put into a document: nothing reads any other."""
_NAMED = ("properties", "patternProperties", "$defs", "dependentSchemas", "headers")
"""Under these stand names, which may begin with x-."""
_DATA = ("example", "examples", "default", "enum", "const", "mapping")
"""Under these stand values rather than parts of a document."""
_RFC_9535 = jsonpath.JSONPathEnvironment(strict=True)


@dataclass(frozen=True)
class Action:
    """One change to the document."""

    name: str
    """Which action this is, as messages name it."""
    target: str
    remove: bool
    update: Any


def read(data: bytes, name: str) -> list[Action]:
    """The actions of an overlay. Raises ToolError for whatever Overlay 1.0 does not know or we demand beyond it."""
    overlay = as_object(parse(data, name))
    if overlay is None or not str(overlay.get("overlay", "")).startswith("1.0."):
        raise ToolError(f"{name} is not an overlay: it has no 'overlay: 1.0.…' at the top.")
    _only(overlay, _TOP, name)
    info = as_object(overlay.get("info"))
    if info is None or not {"title", "version"} <= info.keys():
        raise ToolError(f"{name} needs an info object with title and version.")
    _only(info, _INFO, f"{name}, info")
    actions = [] if overlay.get("actions", 0) is None else as_list(overlay.get("actions"))
    if actions is None:
        raise ToolError(f"{name} needs a list of actions, which may be empty: actions: [].")
    return [_action(as_object(action), f"{name}, action {number}") for number, action in enumerate(actions, start=1)]


def _only(mapping: dict[str, Any], known: set[str], name: str) -> None:
    unknown = sorted(mapping.keys() - known)
    if unknown:
        raise ToolError(f"{name} has the unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}.")


def _action(action: dict[str, Any] | None, name: str) -> Action:
    if action is None or not isinstance(action.get("target"), str):
        raise ToolError(f"{name} needs a target, which is a JSONPath text.")
    named = f"{name} ({action['target']})"
    _only(action, _ACTION, named)
    for key, what in (("description", "its reason"), ("x-source", "the source of its reason")):
        if not isinstance(action.get(key), str) or not action[key].strip():
            raise ToolError(f"{named} needs {key}, {what}.")
    remove = action.get("remove", False)
    if not isinstance(remove, bool):
        raise ToolError(f"{named} has a remove that is neither true nor false.")
    if remove == ("update" in action):
        raise ToolError(f"{named} needs either update or remove: true.")
    update = action.get("update")
    for key in _extensions(update):
        if key not in _EXTENSIONS:
            raise ToolError(
                f"{named} puts the unknown extension {key!r} into the document, which nothing reads; known are "
                f"{', '.join(sorted(_EXTENSIONS))}."
            )
    return Action(named, action["target"], remove=remove, update=update)


def _extensions(value: object) -> Iterator[str]:
    """The keys that begin with x- in a value and all below it; names of properties and headers are none."""
    for key, inner in (as_object(value) or {}).items():
        if key.startswith("x-"):
            yield key
        elif key in _NAMED:
            yield from (found for entry in (as_object(inner) or {}).values() for found in _extensions(entry))
        elif key not in _DATA:
            yield from _extensions(inner)
    for entry in as_list(value) or []:
        yield from _extensions(entry)


def apply(document: dict[str, Any], actions: list[Action]) -> dict[str, Any]:
    """The document with the actions carried out in turn; the one given stays as it is. Raises ToolError."""
    result = copy.deepcopy(document)
    for action in actions:
        _apply(result, action)
    return result


def _apply(document: dict[str, Any], action: Action) -> None:
    try:
        matches = list(_RFC_9535.finditer(action.target, document))
    except jsonpath.JSONPathError as error:
        reason = str(error).splitlines()[0]
        raise ToolError(f"{action.name} has a target that is no JSONPath: {reason}.") from error
    if not matches:
        raise ToolError(f"{action.name} matches nothing in the document: mend the target or delete the action.")
    # From the last to the first, so that positions in a list stay right while entries are removed.
    for match in reversed(matches):
        if action.remove:
            if match.parent is None:
                raise ToolError(f"{action.name} would remove the whole document.")
            del cast("Any", match.parent.obj)[match.parts[-1]]
        elif not _update(match.obj, copy.deepcopy(action.update), action.name):
            raise ToolError(
                f"{action.name} changes nothing at {match.pointer()}: the document says so already, delete the action."
            )


def _update(target: object, update: object, name: str) -> bool:
    """Merge in place; tell whether anything changed."""
    entries = as_list(target)
    if entries is not None:
        entries.append(update)
        return True
    mapping, changes = as_object(target), as_object(update)
    if mapping is None:
        raise ToolError(f"{name} targets a value that is neither an object nor a list: target what holds it.")
    if changes is None:
        raise ToolError(f"{name} updates an object with something that is none.")
    return sum([_merge(mapping, key, value, name) for key, value in changes.items()]) > 0


def _merge(mapping: dict[str, Any], key: str, value: object, name: str) -> bool:
    if key not in mapping:
        mapping[key] = value
        return True
    present: object = mapping[key]
    if as_object(present) is not None and as_object(value) is not None:
        return _update(present, value, name)
    entries, added = as_list(present), as_list(value)
    if entries is not None and added is not None:
        if any(entry in entries for entry in added):
            raise ToolError(f"{name} adds to {key!r} what is there already: delete that part of the action.")
        entries.extend(added)
        return bool(added)
    if isinstance(present, dict | list) or isinstance(value, dict | list):
        raise ToolError(f"{name} puts a value of another kind at {key!r}: remove the present one first.")
    mapping[key] = value
    return (type(present), present) != (type(value), value)
