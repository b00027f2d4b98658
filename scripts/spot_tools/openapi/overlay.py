"""OpenAPI Overlay 1.0, applied strictly: an action without an effect is an error that names the action."""

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import jsonpath

from spot_tools.errors import ToolError

from .documents import as_list, as_object, parse
from .nodes import DATA_KEYS, NAME_MAPS, Document
from .structure import check

_TOP = {"overlay", "info", "extends", "actions"}
_INFO = {"title", "version", "description"}
_ACTION = {"target", "description", "update", "remove", "x-source"}
_EXTENSIONS = {"x-prefix", "x-shown", "x-enum-varnames"}
"""The extensions that overlays may add: no command reads any other."""
_RFC_9535 = jsonpath.JSONPathEnvironment(strict=True)


@dataclass(frozen=True)
class Action:
    """One change of the document."""

    name: str
    """The name that messages use: overlay, number and target."""
    target: str
    remove: bool
    update: Any


def read(data: bytes, name: str) -> list[Action]:
    """The actions of an overlay. Raises ToolError for unknown keys and for a missing reason or source."""
    overlay = as_object(parse(data, name))
    if overlay is None or not str(overlay.get("overlay", "")).startswith("1.0."):
        raise ToolError(f"{name} is not an overlay: expected 'overlay: 1.0.…' at the top level.")
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
        raise ToolError(f"{name} needs a target, a JSONPath string.")
    named = f"{name} ({action['target']})"
    _only(action, _ACTION, named)
    for key, what in (("description", "its reason"), ("x-source", "the evidence for it")):
        if not isinstance(action.get(key), str) or not action[key].strip():
            raise ToolError(f"{named} needs {key}, {what}.")
    remove = action.get("remove", False)
    if not isinstance(remove, bool):
        raise ToolError(f"{named} has an invalid remove: expected true or false.")
    if remove == ("update" in action):
        raise ToolError(f"{named} needs either update or remove: true.")
    update = action.get("update")
    for key in _extensions(update):
        if key not in _EXTENSIONS:
            raise ToolError(
                f"{named} adds the unknown extension {key!r}, which no command reads; known are "
                f"{', '.join(sorted(_EXTENSIONS))}."
            )
    return Action(named, action["target"], remove=remove, update=update)


def _extensions(value: object) -> Iterator[str]:
    """The extensions in a value and below it. Names of properties and headers are not extensions."""
    for key, inner in (as_object(value) or {}).items():
        if key.startswith("x-"):
            yield key
        elif key in (*NAME_MAPS, "headers"):
            yield from (found for entry in (as_object(inner) or {}).values() for found in _extensions(entry))
        elif key not in DATA_KEYS:
            yield from _extensions(inner)
    for entry in as_list(value) or []:
        yield from _extensions(entry)


def apply(document: dict[str, Any], actions: list[Action]) -> dict[str, Any]:
    """A copy of the document with the actions applied in order. Raises ToolError."""
    result = copy.deepcopy(document)
    for action in actions:
        _apply(result, action)
    return result


def apply_fitting(name: str, document: dict[str, Any], actions: Iterable[Action]) -> tuple[Document, list[str]]:
    """Apply overlays to a document that they may not have been written for.

    Returns:
        The document with every action that can be applied, and for each other action a sentence that says what to do.

    """
    value, problems = document, list[str]()
    for action in actions:
        try:
            changed = apply(value, [action])
        except ToolError as error:
            problems.append(str(error))
            continue
        try:
            check(Document(action.name, changed))
        except ToolError as error:
            problems.append(f"{error} Correct or delete the action.")
            continue
        value = changed
    return Document(name, value), problems


def _apply(document: dict[str, Any], action: Action) -> None:
    try:
        matches = list(_RFC_9535.finditer(action.target, document))
    except jsonpath.JSONPathError as error:
        reason = str(error).splitlines()[0]
        raise ToolError(f"{action.name} has an invalid JSONPath as its target: {reason}.") from error
    if not matches:
        raise ToolError(f"{action.name} matches nothing in the document: correct the target or delete the action.")
    # From last to first, so that list positions stay valid while entries are removed.
    for match in reversed(matches):
        if action.remove:
            if match.parent is None:
                raise ToolError(f"{action.name} would remove the whole document.")
            del cast("Any", match.parent.obj)[match.parts[-1]]
        elif not _update(match.obj, copy.deepcopy(action.update), action.name):
            raise ToolError(
                f"{action.name} changes nothing at {match.pointer()}: the document already says so, delete the action."
            )


def _update(target: object, update: object, name: str) -> bool:
    """Merge the update into the target, in place; return whether anything changed."""
    entries = as_list(target)
    if entries is not None:
        entries.append(update)
        return True
    mapping, changes = as_object(target), as_object(update)
    if mapping is None:
        raise ToolError(f"{name} targets a value that is neither an object nor a list: target its parent.")
    if changes is None:
        raise ToolError(f"{name} updates an object with a value that is not an object.")
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
            raise ToolError(f"{name} adds a value to {key!r} that is already there: delete that part of the action.")
        entries.extend(added)
        return bool(added)
    if isinstance(present, dict | list) or isinstance(value, dict | list):
        raise ToolError(f"{name} changes the type of {key!r}: remove the present value by an earlier action.")
    mapping[key] = value
    return (type(present), present) != (type(value), value)
