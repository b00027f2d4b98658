"""Changes of the client's Python API: names, signatures and types, each with a severity.

griffe.find_breaking_changes does not suffice: it knows no additions, no types of parameters, and not whether a model is
sent or received.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from spot_tools.changes.findings import SEVERITIES, Severity
from spot_tools.generation.surface import Class, Definition, Function, Parameter, surface


@dataclass(frozen=True)
class ApiChange:
    """One change that a program can notice."""

    severity: Severity
    name: str
    message: str


def compare(old: Path, new: Path) -> list[ApiChange]:
    """The changes between two packages, the most severe first."""
    before, after = surface(old), surface(new)
    used = _Use(before), _Use(after)
    found: list[ApiChange] = []
    for name in {**before, **after}:
        left, right = before.get(name), after.get(name)
        if right is None:
            found.append(ApiChange("breaking", name, "was removed"))
        elif left is None:
            found.append(ApiChange("additive", name, "was added"))
        elif type(left) is not type(right):
            found.append(ApiChange("breaking", name, "is now of another kind"))
        elif isinstance(left, Function) and isinstance(right, Function):
            found += _function(name, left, right)
        elif isinstance(left, Class) and isinstance(right, Class):
            sent = any(name in use.sent for use in used)
            received = any(name in use.received for use in used)
            found += _class(name, left, right, sent=sent or not received, received=received or not sent)
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


def _class(name: str, old: Class, new: Class, *, sent: bool, received: bool) -> Iterator[ApiChange]:
    for key in {**old.fields, **new.fields}:
        yield from _field(f"{name}.{key}", old.fields.get(key), new.fields.get(key), sent=sent, received=received)
    for key in {**old.methods, **new.methods}:
        before, after = old.methods.get(key), new.methods.get(key)
        if before is not None and after is not None:
            yield from _function(f"{name}.{key}", before, after)
        elif before is not None:
            yield ApiChange("breaking", f"{name}.{key}", "was removed")
        else:
            yield ApiChange("additive", f"{name}.{key}", "was added")
    for key in {**old.members, **new.members}:
        if key not in new.members:
            yield ApiChange("breaking", f"{name}.{key}", "was removed")
        elif key not in old.members:
            yield ApiChange("additive", f"{name}.{key}", "was added")
        elif old.members[key] != new.members[key] and new.is_enum:
            yield ApiChange("breaking", f"{name}.{key}", f"is now {new.members[key]}, before {old.members[key]}")


def _field(
    name: str, old: Parameter | None, new: Parameter | None, *, sent: bool, received: bool
) -> Iterator[ApiChange]:
    if new is None:
        yield ApiChange("breaking", name, "was removed")
    elif old is None:
        needed = new.default is None and sent
        yield ApiChange(
            "breaking" if needed else "additive", name, f"was added ({new.annotation})" + ", required" * needed
        )
    else:
        if old.default is not None and new.default is None:
            yield ApiChange("breaking" if sent else "additive", name, "is now required")
        elif old.default is None and new.default is not None:
            yield ApiChange("additive", name, "is now optional")
        narrowed, widened = _types(old, new)
        if narrowed or widened:
            hurts = (narrowed and sent) or (widened and received)
            yield _retyped(name, old.annotation, new.annotation, hurts=hurts)


def _positions(name: str, old: Function, new: Function) -> Iterator[ApiChange]:
    """Positional arguments that changed their position."""
    for place, key in enumerate(old.positional):
        if key in new.parameters and key not in new.positional:
            yield ApiChange("breaking", f"{name}({key})", "is now keyword-only")
        elif key in new.parameters and new.positional.index(key) != place:
            now = new.positional.index(key) + 1
            yield ApiChange("breaking", f"{name}({key})", f"is now positional argument {now}, before {place + 1}")


def _function(name: str, old: Function, new: Function) -> Iterator[ApiChange]:
    yield from _positions(name, old, new)
    for key in {**old.parameters, **new.parameters}:
        before, after = old.parameters.get(key), new.parameters.get(key)
        place = f"{name}({key})"
        if after is None:
            yield ApiChange("breaking", place, "was removed")
        elif before is None:
            needed = after.default is None
            yield ApiChange(
                "breaking" if needed else "additive", place, f"was added ({after.annotation})" + ", required" * needed
            )
        else:
            if (before.default is None) != (after.default is None):
                severity: Severity = "breaking" if after.default is None else "additive"
                yield ApiChange(severity, place, "is now required" if after.default is None else "is now optional")
            elif before.default != after.default:
                yield ApiChange("breaking", place, f"now has the default {after.default}, before {before.default}")
            narrowed, widened = _types(before, after)
            if narrowed or widened:
                yield _retyped(place, before.annotation, after.annotation, hurts=narrowed)
    results = [Parameter(function.returns, None) for function in (old, new)]
    narrowed, widened = _types(results[0], results[1])
    if narrowed or widened:
        yield _retyped(f"the result of {name}", old.returns, new.returns, hurts=widened)


def _types(old: Parameter, new: Parameter) -> tuple[bool, bool]:
    """Whether types were removed, and whether types were added; Any includes every type."""
    narrowed = not old.types <= new.types and "Any" not in new.types
    widened = not new.types <= old.types and "Any" not in old.types
    return narrowed, widened


def _retyped(name: str, old: str, new: str, *, hurts: bool) -> ApiChange:
    return ApiChange("breaking" if hurts else "additive", name, f"now has the type {new}, before {old}")
