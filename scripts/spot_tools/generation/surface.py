"""The public API of a package, read from its source, so that two versions can be compared."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import griffe

_DEFAULTS = ("default", "factory", "default_factory")
"""The arguments of a field that make it optional."""


@dataclass(frozen=True)
class Parameter:
    """An argument of a function, or a field of a model."""

    annotation: str
    default: str | None
    """None where it is required."""

    @property
    def types(self) -> frozenset[str]:
        """The members of the annotated union."""
        return frozenset(_members(self.annotation))


@dataclass
class Function:
    """A function or method."""

    parameters: dict[str, Parameter]
    returns: str
    positional: tuple[str, ...] = ()
    """The parameters that can be passed by position, in order."""


@dataclass
class Class:
    """A class with everything that it inherits within the package."""

    fields: dict[str, Parameter] = field(default_factory=dict[str, Parameter])
    methods: dict[str, Function] = field(default_factory=dict[str, Function])
    members: dict[str, str] = field(default_factory=dict[str, str])
    """Members of enumerations, and constants."""
    is_enum: bool = False


@dataclass(frozen=True)
class Constant:
    """A module-level name with a value."""

    value: str


Definition = Function | Class | Constant


def load(package: Path) -> griffe.Module:
    """Load a package without importing it."""
    found = griffe.load(package.name, search_paths=[package.parent], allow_inspection=False)
    assert isinstance(found, griffe.Module)  # noqa: S101 - a folder is one
    return found


def surface(package: Path) -> dict[str, Definition]:
    """The public definitions of a package, by their shortest import names; empty where the folder does not exist."""
    if not package.is_dir():
        return {}
    root = load(package)
    found: dict[str, tuple[str, griffe.Object]] = {}
    for module in sorted(_modules(root), key=lambda one: (one.path.count("."), one.path)):
        for name in exported(module):
            defined = target(module[name])
            if defined is not None and defined.canonical_path.startswith(f"{root.name}."):
                short = f"{module.path}.{name}".removeprefix(f"{root.name}.")
                found.setdefault(defined.canonical_path, (short, defined))
    described = ((name, _describe(defined)) for name, defined in found.values())
    return {name: definition for name, definition in described if definition is not None}


def exported(module: griffe.Module) -> list[str]:
    """The public names of a module: its __all__, or its own names without an underscore."""
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
    """The definition that a name or alias refers to; None where it is outside of the package."""
    if isinstance(member, griffe.Object):
        return member
    try:
        return member.final_target
    except (griffe.AliasResolutionError, griffe.CyclicAliasError):
        return None


def has_base(defined: griffe.Class, *endings: str) -> bool:
    """Whether a direct or inherited base has a name that ends so, as StrEnum ends in Enum."""
    bases = (str(base).partition("[")[0] for one in (defined, *defined.mro()) for base in one.bases)
    return any(base.endswith(endings) for base in bases)


def member_value(member: griffe.Attribute) -> str:
    """The value of a member of an enumeration as Python, without the runtime's call around it."""
    call = member.value
    return str(call.arguments[0] if isinstance(call, griffe.ExprCall) and call.arguments else call)


def _describe(defined: griffe.Object) -> Definition | None:
    if isinstance(defined, griffe.Function):
        return _function(defined)
    if isinstance(defined, griffe.Class):
        return _class(defined)
    if isinstance(defined, griffe.Attribute) and defined.value is not None:
        return Constant(str(defined.value))
    return None


def _class(defined: griffe.Class) -> Class:
    found = Class(is_enum=has_base(defined, "Enum"))
    for name, member in defined.all_members.items():
        resolved = target(member)
        if name.startswith("_") and name != "__init__":
            continue
        if isinstance(resolved, griffe.Function):
            found.methods[name] = _function(resolved)
        elif isinstance(resolved, griffe.Attribute) and resolved.annotation is not None:
            if is_in_body(resolved) and _is_argument(resolved):
                found.fields[name] = Parameter(str(resolved.annotation), _default(resolved))
        elif isinstance(resolved, griffe.Attribute) and is_in_body(resolved):
            found.members[name] = member_value(resolved)
    return found


def is_in_body(attribute: griffe.Attribute) -> bool:
    """Whether the attribute is defined in the class body rather than in a method."""
    return "class-attribute" in attribute.labels or attribute.value is None


def _is_argument(attribute: griffe.Attribute) -> bool:
    """Whether the field is an argument of the model."""
    return "ClassVar" not in str(attribute.annotation) and _options(attribute).get("init") != "False"


def _default(attribute: griffe.Attribute) -> str | None:
    """The default of a field as Python; None where it is required."""
    if attribute.value is None or _options(attribute):
        return next((value for key, value in _options(attribute).items() if key in _DEFAULTS), None)
    return str(attribute.value)


def _options(attribute: griffe.Attribute) -> dict[str, str]:
    """The arguments of attrs' field(...) for an attribute; empty where it is not used."""
    call = attribute.value
    if not isinstance(call, griffe.ExprCall) or str(call.function).rpartition(".")[2].lstrip("_") != "field":
        return {}
    return {str(one.name): str(one.value) for one in call.arguments if isinstance(one, griffe.ExprKeyword)}


def _function(defined: griffe.Function) -> Function:
    given = [one for one in defined.parameters if one.name not in ("self", "cls")]
    parameters = {
        one.name: Parameter(str(one.annotation or "Any"), None if one.default is None else str(one.default))
        for one in given
    }
    returns = str(defined.returns or "Any")
    positional = (griffe.ParameterKind.positional_only, griffe.ParameterKind.positional_or_keyword)
    return Function(
        parameters,
        f"Awaitable[{returns}]" if "async" in defined.labels else returns,
        tuple(one.name for one in given if one.kind in positional),
    )


def _members(annotation: str) -> Iterator[str]:
    """The members of a union with |, and of a Literal."""
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
