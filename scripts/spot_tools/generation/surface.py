"""What a program can name of the client, read from its source, so that two versions can be compared side by side."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import griffe

_DEFAULTS = ("default", "factory", "default_factory")
"""Options of a field that need not be given."""


@dataclass(frozen=True)
class Parameter:
    """An argument of a function, or a field of a model."""

    annotation: str
    default: str | None
    """None where it must be given."""

    @property
    def types(self) -> frozenset[str]:
        """The members of the union that the annotation is."""
        return frozenset(_members(self.annotation))


@dataclass
class Function:
    """Something to call."""

    parameters: dict[str, Parameter]
    returns: str
    positional: tuple[str, ...] = ()
    """Those that a call may give without their names, in their order."""


@dataclass
class Class:
    """A class with all that it inherits within the package."""

    fields: dict[str, Parameter] = field(default_factory=dict[str, Parameter])
    methods: dict[str, Function] = field(default_factory=dict[str, Function])
    members: dict[str, str] = field(default_factory=dict[str, str])
    """Names with values: members of enums, constants."""
    is_enum: bool = False


@dataclass(frozen=True)
class Constant:
    """A name with a value or a type of its own."""

    value: str


Definition = Function | Class | Constant


def load(package: Path) -> griffe.Module:
    """The package in this folder, read without importing it."""
    found = griffe.load(package.name, search_paths=[package.parent], allow_inspection=False)
    assert isinstance(found, griffe.Module)  # noqa: S101 - a folder is one
    return found


def surface(package: Path) -> dict[str, Definition]:
    """Each public definition of the package in this folder, by the shortest name that a program can import it by.

    Empty where there is no such folder.
    """
    if not package.is_dir():
        return {}
    root = load(package)
    found: dict[str, tuple[str, griffe.Object]] = {}
    for module in sorted(_modules(root), key=lambda one: (one.path.count("."), one.path)):
        for name in exported(module):
            meant = target(module[name])
            if meant is not None and meant.canonical_path.startswith(f"{root.name}."):
                found.setdefault(meant.canonical_path, (f"{module.path}.{name}".removeprefix(f"{root.name}."), meant))
    described = ((name, _describe(meant)) for name, meant in found.values())
    return {name: definition for name, definition in described if definition is not None}


def exported(module: griffe.Module) -> list[str]:
    """The names that the module offers: those of its __all__, or its own public ones."""
    if module.exports is not None:
        return [str(name) for name in module.exports]
    own = (name for name, member in module.members.items() if not member.is_alias and not member.is_module)
    return [name for name in own if not name.startswith("_")]


def _modules(module: griffe.Module) -> Iterator[griffe.Module]:
    yield module
    for name, inner in module.modules.items():
        if not name.startswith("_"):
            yield from _modules(inner)


def target(member: griffe.Object | griffe.Alias) -> griffe.Object | None:
    """What is named in the end; None where that is outside the package."""
    if isinstance(member, griffe.Object):
        return member
    try:
        return member.final_target
    except (griffe.AliasResolutionError, griffe.CyclicAliasError):
        return None


def is_kind_of(meant: griffe.Class, *endings: str) -> bool:
    """Whether the class, or one that it inherits from, has a base whose name ends so, as StrEnum ends in Enum."""
    bases = (str(base).partition("[")[0] for one in (meant, *meant.mro()) for base in one.bases)
    return any(base.endswith(endings) for base in bases)


def member_value(member: griffe.Attribute) -> str:
    """The value of a member of an enumeration as Python, without the call of the runtime that marks it as listed."""
    call = member.value
    return str(call.arguments[0] if isinstance(call, griffe.ExprCall) and call.arguments else call)


def _describe(meant: griffe.Object) -> Definition | None:
    if isinstance(meant, griffe.Function):
        return _function(meant)
    if isinstance(meant, griffe.Class):
        return _class(meant)
    if isinstance(meant, griffe.Attribute) and meant.value is not None:
        return Constant(str(meant.value))
    return None


def _class(meant: griffe.Class) -> Class:
    found = Class(is_enum=is_kind_of(meant, "Enum"))
    for name, member in meant.all_members.items():
        resolved = target(member)
        if name.startswith("_") and name != "__init__":
            continue
        if isinstance(resolved, griffe.Function):
            found.methods[name] = _function(resolved)
        elif isinstance(resolved, griffe.Attribute) and resolved.annotation is not None:
            if is_in_body(resolved) and _is_given(resolved):
                found.fields[name] = Parameter(str(resolved.annotation), _default(resolved))
        elif isinstance(resolved, griffe.Attribute) and is_in_body(resolved):
            found.members[name] = member_value(resolved)
    return found


def is_in_body(attribute: griffe.Attribute) -> bool:
    """Whether the attribute stands in the class's body, rather than in one of its methods."""
    return "class-attribute" in attribute.labels or attribute.value is None


def _is_given(attribute: griffe.Attribute) -> bool:
    """Whether the field is an argument of its model."""
    return "ClassVar" not in str(attribute.annotation) and _options(attribute).get("init") != "False"


def _default(attribute: griffe.Attribute) -> str | None:
    """The field's default as Python; None where the field must be given."""
    if attribute.value is None or _options(attribute):
        return next((value for key, value in _options(attribute).items() if key in _DEFAULTS), None)
    return str(attribute.value)


def _options(attribute: griffe.Attribute) -> dict[str, str]:
    """The arguments of the call of attrs' field that describes the attribute; none where there is no such call."""
    call = attribute.value
    if not isinstance(call, griffe.ExprCall) or str(call.function).rpartition(".")[2].lstrip("_") != "field":
        return {}
    return {str(one.name): str(one.value) for one in call.arguments if isinstance(one, griffe.ExprKeyword)}


def _function(meant: griffe.Function) -> Function:
    given = [one for one in meant.parameters if one.name not in ("self", "cls")]
    parameters = {one.name: Parameter(str(one.annotation or "Any"), _text(one.default)) for one in given}
    returns = str(meant.returns or "Any")
    positional = (griffe.ParameterKind.positional_only, griffe.ParameterKind.positional_or_keyword)
    return Function(
        parameters,
        f"Awaitable[{returns}]" if "async" in meant.labels else returns,
        tuple(one.name for one in given if one.kind in positional),
    )


def _text(value: str | griffe.Expr | None) -> str | None:
    return None if value is None else str(value)


def _members(annotation: str) -> Iterator[str]:
    """The members of a union written with |, and of a Literal."""
    stack = [ast.parse(annotation, mode="eval").body]
    while stack:
        entry = stack.pop()
        if isinstance(entry, ast.BinOp) and isinstance(entry.op, ast.BitOr):
            stack += [entry.left, entry.right]
        elif isinstance(entry, ast.Subscript) and ast.unparse(entry.value) == "Literal":
            values = entry.slice.elts if isinstance(entry.slice, ast.Tuple) else [entry.slice]
            yield from (f"Literal[{ast.unparse(value)}]" for value in values)
        else:
            yield ast.unparse(entry)
