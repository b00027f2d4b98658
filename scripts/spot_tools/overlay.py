"""OpenAPI Overlay 1.0, strictly: an action that does nothing is an error that names it."""

import copy
from dataclasses import dataclass
from typing import Any

import jsonpath

from .documents import parse
from .errors import ToolError

_TOP = {"overlay", "info", "extends", "actions"}
_ACTION = {"target", "description", "update", "remove", "x-source"}
_STRICT_RFC_9535 = jsonpath.JSONPathEnvironment(strict=True)


@dataclass(frozen=True)
class Action:
    """One change to the document, with its reason and the source of that reason."""

    name: str
    """Which action this is, as messages name it."""
    target: str
    reason: str
    source: str
    remove: bool
    update: Any


def read(data: bytes, name: str) -> list[Action]:
    """The actions of an overlay. Raises ToolError for whatever Overlay 1.0 does not know or we demand beyond it."""
    overlay = parse(data, name)
    if not isinstance(overlay, dict) or not str(overlay.get("overlay", "")).startswith("1.0."):
        raise ToolError(f"{name} is not an overlay: it has no 'overlay: 1.0.…' at the top.")
    _only(overlay, _TOP, name)
    info = overlay.get("info")
    if not isinstance(info, dict) or not {"title", "version"} <= info.keys():
        raise ToolError(f"{name} needs an info object with title and version.")
    actions = overlay.get("actions")
    if not isinstance(actions, list) or not actions:
        raise ToolError(f"{name} needs a list of actions.")
    return [_action(action, f"{name}, action {number}") for number, action in enumerate(actions, start=1)]


def _only(mapping: dict[str, Any], known: set[str], name: str) -> None:
    unknown = sorted(key for key in mapping if key not in known and not key.startswith("x-"))
    if unknown:
        raise ToolError(f"{name} has the unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}.")


def _action(action: Any, name: str) -> Action:
    if not isinstance(action, dict) or not isinstance(action.get("target"), str):
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
    return Action(named, action["target"], action["description"], action["x-source"], remove, action.get("update"))


def apply(document: dict[str, Any], actions: list[Action]) -> dict[str, Any]:
    """The document with the actions carried out in turn; the one given stays as it is. Raises ToolError."""
    result = copy.deepcopy(document)
    for action in actions:
        _apply(result, action)
    return result


def _apply(document: dict[str, Any], action: Action) -> None:
    try:
        matches = list(_STRICT_RFC_9535.finditer(action.target, document))
    except jsonpath.JSONPathError as error:
        raise ToolError(f"{action.name} has a target that is no JSONPath: {str(error).splitlines()[0]}.") from error
    if not matches:
        raise ToolError(f"{action.name} matches nothing: the document no longer has that place, mend or delete the action.")
    if action.remove:
        # From the last to the first, so that the positions in a list stay right.
        for match in reversed(matches):
            if match.parent is None:
                raise ToolError(f"{action.name} would remove the whole document.")
            del match.parent.obj[match.parts[-1]]
        return
    for match in matches:
        if not _update(match.obj, copy.deepcopy(action.update), action.name):
            where = match.pointer()
            raise ToolError(f"{action.name} changes nothing at {where}: the document says so already, delete the action.")


def _update(target: Any, update: Any, name: str) -> bool:
    """Merge in place; tell whether anything changed."""
    if isinstance(target, list):
        target.append(update)
        return True
    if not isinstance(target, dict):
        raise ToolError(f"{name} targets a value that is neither an object nor a list: target what holds it.")
    if not isinstance(update, dict):
        raise ToolError(f"{name} updates an object with something that is none.")
    changed = False
    for key, value in update.items():
        if key not in target:
            target[key] = value
            changed = True
        elif isinstance(target[key], dict) and isinstance(value, dict):
            changed |= _update(target[key], value, name)
        elif isinstance(target[key], list) and isinstance(value, list):
            new = [item for item in value if item not in target[key]]
            if len(new) != len(value):
                raise ToolError(f"{name} adds to {key!r} what is there already: delete that part of the action.")
            target[key].extend(new)
            changed |= bool(new)
        elif isinstance(target[key], dict | list) or isinstance(value, dict | list):
            raise ToolError(f"{name} puts a value of another kind at {key!r}: remove it first.")
        elif target[key] is not value and (target[key] != value or type(target[key]) is not type(value)):
            target[key] = value
            changed = True
    return changed
