"""Changes of the client's Python API: names, signatures and types, each with a severity.

griffe.find_breaking_changes does not suffice: it knows no additions, no types of parameters, and not whether a model is
sent or received.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from spot_tools.changes.findings import SEVERITIES, Severity
from spot_tools.generation.surface import Class, Definition, Function, Parameter, surface


@dataclass(frozen=True)
class ApiChange:
    """One change that a program can notice."""

    severity: Severity
    name: str
    message: str


class _Direction(NamedTuple):
    """Whether programs pass the values of a type to the client, and whether they receive them."""

    sent: bool
    received: bool


def compare(old: Path, new: Path) -> list[ApiChange]:
    """The changes between two packages, the most severe first."""
    before, after = surface(old), surface(new)
    used = _Use(before), _Use(after)
    found: list[ApiChange] = []
    for name in {**before, **after}:
        left, right = before.get(name), after.get(name)
        if left is None or right is None:
            found.append(_presence(name, is_new=left is None))
        elif type(left) is not type(right):
            found.append(ApiChange("breaking", name, "is now of another kind"))
        elif isinstance(left, Function) and isinstance(right, Function):
            found += _function(name, left, right)
        elif isinstance(left, Class) and isinstance(right, Class):
            sent = any(name in use.sent for use in used)
            received = any(name in use.received for use in used)
            found += _class(name, left, right, _Direction(sent=sent or not received, received=received or not sent))
        elif left != right:
            found.append(ApiChange("docs", name, "has a different value"))
    return sorted(found, key=lambda change: SEVERITIES.index(change.severity))


class _Use:
    """The classes that programs pass to the client, and those that they receive."""

    def __init__(self, surface: Mapping[str, Definition]) -> None:
        self._surface = surface
        self.sent: set[str] = set()
        self.received: set[str] = set()
        for definition in surface.values():
            for function in _functions(definition):
                for parameter in function.parameters.values():
                    self._reach(parameter.annotation, self.sent)
                self._reach(function.returns, self.received)

    def _reach(self, annotation: str, into: set[str]) -> None:
        for name in re.findall(r"[A-Za-z_]\w*", annotation):
            definition = self._surface.get(name)
            if isinstance(definition, Class) and name not in into and not definition.methods.get("__init__"):
                into.add(name)
                for parameter in definition.fields.values():
                    self._reach(parameter.annotation, into)


def _functions(definition: Definition) -> Iterator[Function]:
    if isinstance(definition, Function):
        yield definition
    elif isinstance(definition, Class) and "__init__" in definition.methods:
        # Only methods of clients count: those of models are conversions.
        yield from definition.methods.values()


def _class(name: str, old: Class, new: Class, use: _Direction) -> Iterator[ApiChange]:
    for key in {**old.fields, **new.fields}:
        yield from _parameter(f"{name}.{key}", old.fields.get(key), new.fields.get(key), use)
    for key in {**old.methods, **new.methods}:
        before, after = old.methods.get(key), new.methods.get(key)
        if before is not None and after is not None:
            yield from _function(f"{name}.{key}", before, after)
        else:
            yield _presence(f"{name}.{key}", is_new=before is None)
    for key in {**old.members, **new.members}:
        if key not in new.members or key not in old.members:
            yield _presence(f"{name}.{key}", is_new=key in new.members)
        elif old.members[key] != new.members[key] and new.is_enum:
            yield ApiChange("breaking", f"{name}.{key}", f"is now {new.members[key]}, before {old.members[key]}")


def _presence(name: str, *, is_new: bool) -> ApiChange:
    return ApiChange("additive", name, "was added") if is_new else ApiChange("breaking", name, "was removed")


def _function(name: str, old: Function, new: Function) -> Iterator[ApiChange]:
    yield from _positions(name, old, new)
    for key in {**old.parameters, **new.parameters}:
        before, after = old.parameters.get(key), new.parameters.get(key)
        yield from _parameter(f"{name}({key})", before, after, _Direction(sent=True, received=False))
        if before and after and before.default and after.default and before.default != after.default:
            yield ApiChange(
                "breaking", f"{name}({key})", f"now has the default {after.default}, before {before.default}"
            )
    results = [Parameter(function.returns, None) for function in (old, new)]
    yield from _parameter(f"the result of {name}", results[0], results[1], _Direction(sent=False, received=True))


def _positions(name: str, old: Function, new: Function) -> Iterator[ApiChange]:
    """Positional arguments that changed their position."""
    for place, key in enumerate(old.positional):
        if key in new.parameters and key not in new.positional:
            yield ApiChange("breaking", f"{name}({key})", "is now keyword-only")
        elif key in new.parameters and new.positional.index(key) != place:
            now = new.positional.index(key) + 1
            yield ApiChange("breaking", f"{name}({key})", f"is now positional argument {now}, before {place + 1}")


def _parameter(name: str, old: Parameter | None, new: Parameter | None, use: _Direction) -> Iterator[ApiChange]:
    """Changes of an argument, a field or a result."""
    if old is None or new is None:
        needed = new is not None and new.default is None and use.sent
        change = _presence(name, is_new=old is None)
        if new is not None:
            message = f"was added ({new.annotation})" + ", required" * needed
            change = ApiChange("breaking" if needed else "additive", name, message)
        yield change
        return
    if old.default is not None and new.default is None:
        yield ApiChange("breaking" if use.sent else "additive", name, "is now required")
    elif old.default is None and new.default is not None:
        yield ApiChange("additive", name, "is now optional")
    narrowed, widened = _types(old, new)
    if narrowed or widened:
        is_breaking = (narrowed and use.sent) or (widened and use.received)
        message = f"now has the type {new.annotation}, before {old.annotation}"
        yield ApiChange("breaking" if is_breaking else "additive", name, message)


def _types(old: Parameter, new: Parameter) -> tuple[bool, bool]:
    """Whether types were removed, and whether types were added; Any includes every type."""
    narrowed = not old.types <= new.types and "Any" not in new.types
    widened = not new.types <= old.types and "Any" not in old.types
    return narrowed, widened
