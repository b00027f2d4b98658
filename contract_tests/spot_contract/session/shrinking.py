"""From a failing order to the smallest one, and to what in it is to blame: the places that must keep their values."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from spot_contract.document.json_values import is_object

Found = TypeVar("Found")
Body = dict[str, Any]


def smaller_bodies(body: Body, ordinary: Body, attempt: Callable[[Body], Found | None]) -> tuple[Body, Found] | None:
    """The smallest body in which `attempt` finds something, and what; None where it finds nothing in `body` itself.

    What is ordinary is put back branch by branch and leaf by leaf; at most one attempt for each of them is spent.
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
    """The places of a body whose values are not the ordinary ones, with those values. Metadata is one place."""
    return dict(_differing(body, ordinary, ""))


def value_at(body: Body, place: str) -> object:
    """The value at a place such as `recipient.address.zip`; None where there is none."""
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
    """The branches before their leaves, so that whole objects are restored at once where that works."""
    for name in value:
        path = (*prefix, name)
        yield path
        inner = value[name]
        if is_object(inner):
            yield from _paths(inner, path)


def _restored(body: Body, ordinary: Body, path: tuple[str, ...]) -> Body | None:
    """The body with the ordinary value at the path, or without it where nothing is ordinary there."""
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
