"""From a failing order to the smallest one: what is ordinary is put back field by field while it still fails."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from .jsontext import is_object

Found = TypeVar("Found")
Body = dict[str, Any]


def smaller_bodies(body: Body, ordinary: Body, attempt: Callable[[Body], Found | None]) -> Found | None:
    """What `attempt` says of the smallest body that it still finds; None where it does not even find `body` again.

    At most one attempt for each leaf and branch of the body is spent.
    """
    found = attempt(body)
    if found is None:
        return None
    for path in list(_paths(body)):
        candidate = _mended(body, ordinary, path)
        if candidate is not None and candidate != body:
            smaller = attempt(candidate)
            if smaller is not None:
                body, found = candidate, smaller
    return found


def _paths(value: Body, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The branches before their leaves, so that whole objects are mended at once where that works."""
    for name in value:
        path = (*prefix, name)
        yield path
        inner = value[name]
        if is_object(inner):
            yield from _paths(inner, path)


def _mended(body: Body, ordinary: Body, path: tuple[str, ...]) -> Body | None:
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
        mended = _mended(inner, usual if is_object(usual) else {}, tuple(rest))
        if mended is None:
            return None
        changed[name] = mended
    elif name == "metadata" or name not in ordinary:
        del changed[name]
    else:
        changed[name] = ordinary[name]
    return changed
