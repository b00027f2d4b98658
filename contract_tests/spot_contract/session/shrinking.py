"""Shrinks a failing order: replaces values by ordinary ones as long as it still fails."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from spot_contract.document.json_values import is_object

Found = TypeVar("Found")
Body = dict[str, Any]


def smaller_bodies(body: Body, ordinary: Body, attempt: Callable[[Body], Found | None]) -> tuple[Body, Found] | None:
    """The smallest body for which `attempt` returns a result, with that result; None if there is none for `body`.

    Branches, then leaves, are replaced by those of `ordinary`; each is attempted once.
    """
    found = attempt(body)
    if found is None:
        return None
    for path in list(_paths(body)):
        candidate = _restored(body, ordinary, path)
        if candidate is not None and candidate != body:
            smaller = attempt(candidate)
            if smaller is not None:
                body, found = candidate, smaller
    return body, found


def differing_values(body: Body, ordinary: Body) -> dict[str, Any]:
    """The places at which a body differs from the ordinary one, with its values. Metadata is one place."""
    return dict(_differing(body, ordinary, ""))


def value_at(body: Body, place: str) -> object:
    """The value at a place such as `recipient.address.zip`; None if there is none."""
    value: Any = body
    for name in place.split("."):
        value = value.get(name) if is_object(value) else None
    return value


def _differing(value: Body, ordinary: Body, prefix: str) -> Iterator[tuple[str, Any]]:
    for name in dict.fromkeys([*value, *ordinary]):
        place = f"{prefix}{name}"
        one, other = value.get(name), ordinary.get(name)
        if place == "metadata":
            if name in value:
                yield place, one
        elif is_object(one) and is_object(other):
            yield from _differing(one, other, f"{place}.")
        elif name not in value or name not in ordinary or one != other:
            yield place, one


def _paths(value: Body, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths in a body, branches before leaves, so that whole objects are replaced first."""
    for name in value:
        path = (*prefix, name)
        yield path
        inner = value[name]
        if is_object(inner):
            yield from _paths(inner, path)


def _restored(body: Body, ordinary: Body, path: tuple[str, ...]) -> Body | None:
    """The body with the ordinary value at the path, or without the path if the ordinary body lacks it."""
    name, *rest = path
    if name not in body:
        return None
    changed = dict(body)
    if rest:
        inner = changed[name]
        if not is_object(inner):
            return None
        usual = ordinary.get(name)
        restored = _restored(inner, usual if is_object(usual) else {}, tuple(rest))
        if restored is None:
            return None
        changed[name] = restored
    elif name == "metadata" or name not in ordinary:
        del changed[name]
    else:
        changed[name] = ordinary[name]
    return changed
