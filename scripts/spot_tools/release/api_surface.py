"""What a program can name of the client: read from the source, so that two versions can be compared side by side."""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath


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
_Node = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign


class Package:
    """The sources of a package, by their paths in it."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._modules = {_module(path): ast.parse(text) for path, text in files.items() if path.endswith(".py")}
        self._packages = {_module(path) for path in files if path.endswith("__init__.py")}
        self._names = {module: _top(tree) for module, tree in self._modules.items()}

    def surface(self) -> dict[str, Definition]:
        """Each public definition by the shortest name that a program can import it by."""
        found: dict[tuple[str, str], str] = {}
        for module in sorted(self._modules, key=lambda name: (name.count("."), name)):
            if any(part.startswith("_") for part in module.split(".")):
                continue
            for name in self._exported(module):
                home = self._home(module, name)
                if home is not None and home not in found:
                    found[home] = f"{module}.{name}" if module else name
        described = ((name, self._describe(home)) for home, name in found.items())
        return {name: definition for name, definition in described if definition is not None}

    def _exported(self, module: str) -> list[str]:
        for statement in self._modules[module].body:
            if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
                return list(ast.literal_eval(statement.value))
        own = self._names[module]
        return [name for name, node in own.items() if not name.startswith("_") and not isinstance(node, ast.ImportFrom)]

    def _home(self, module: str, name: str, depth: int = 0) -> tuple[str, str] | None:
        """Where a name of a module is defined; None where that is outside the package."""
        node = self._names.get(module, {}).get(name)
        if node is None or depth > len(self._modules):
            return None
        if not isinstance(node, ast.ImportFrom):
            return module, name
        if not node.level:
            return None
        package = module if module in self._packages else module.rpartition(".")[0]
        for _ in range(node.level - 1):
            package = package.rpartition(".")[0]
        target = ".".join(part for part in (package, node.module or "") if part)
        original = next(alias.name for alias in node.names if (alias.asname or alias.name) == name)
        return self._home(target, original, depth + 1)

    def _describe(self, home: tuple[str, str]) -> Definition | None:
        module, name = home
        node = self._names[module][name]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return _function(node)
        if isinstance(node, ast.ClassDef):
            return self._class(module, node, ())
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            return Constant(ast.unparse(node.value))
        return None

    def _class(self, module: str, node: ast.ClassDef, under_way: tuple[str, ...]) -> Class:
        found = Class()
        bases = [ast.unparse(base).partition("[")[0] for base in node.bases]
        found.is_enum = any(base.rpartition(".")[2].endswith("Enum") for base in bases)
        for base in reversed(bases):
            home = self._home(module, base)
            parent = self._names[home[0]][home[1]] if home is not None else None
            if home is not None and isinstance(parent, ast.ClassDef) and base not in under_way:
                inherited = self._class(home[0], parent, (*under_way, node.name))
                found.is_enum |= inherited.is_enum
                found.fields |= inherited.fields
                found.methods |= inherited.methods
                found.members |= inherited.members
        for statement in node.body:
            _take(found, statement)
        return found


def _take(found: Class, statement: ast.stmt) -> None:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        name = statement.name
        if name == "__init__" or not name.startswith("_"):
            found.methods[name] = _function(statement)
    elif isinstance(statement, ast.AnnAssign):
        name = ast.unparse(statement.target)
        value = None if statement.value is None else ast.unparse(statement.value)
        is_given = value is None or "init=False" not in value
        if is_given and not name.startswith("_") and "ClassVar" not in ast.unparse(statement.annotation):
            found.fields[name] = Parameter(ast.unparse(statement.annotation), value)
    elif isinstance(statement, ast.Assign):
        for target in statement.targets:
            if isinstance(target, ast.Name) and not target.id.startswith("_"):
                found.members[target.id] = ast.unparse(statement.value)


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [*[None] * (len(positional) - len(arguments.defaults)), *arguments.defaults]
    pairs = [*zip(positional, defaults, strict=True), *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    parameters = {
        argument.arg: Parameter(
            ast.unparse(argument.annotation) if argument.annotation else "Any",
            ast.unparse(default) if default else None,
        )
        for argument, default in pairs
        if argument.arg not in ("self", "cls")
    }
    returns = ast.unparse(node.returns) if node.returns else "Any"
    given = tuple(argument.arg for argument in positional if argument.arg in parameters)
    return Function(parameters, f"Awaitable[{returns}]" if isinstance(node, ast.AsyncFunctionDef) else returns, given)


def _members(annotation: str) -> Iterable[str]:
    """The members of a union written with |; a text that is a whole annotation is read as one."""
    node = ast.parse(annotation, mode="eval").body
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        node = ast.parse(node.value, mode="eval").body
    stack, found = [node], list[str]()
    while stack:
        entry = stack.pop()
        if isinstance(entry, ast.BinOp) and isinstance(entry.op, ast.BitOr):
            stack += [entry.left, entry.right]
        elif isinstance(entry, ast.Subscript) and ast.unparse(entry.value) == "Literal":
            values = entry.slice.elts if isinstance(entry.slice, ast.Tuple) else [entry.slice]
            found += [f"Literal[{ast.unparse(value)}]" for value in values]
        else:
            found.append(ast.unparse(entry))
    return found


def _module(path: str) -> str:
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _top(tree: ast.Module) -> dict[str, _Node | ast.ImportFrom]:
    found: dict[str, _Node | ast.ImportFrom] = {}
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[statement.name] = statement
        elif isinstance(statement, ast.ImportFrom):
            found |= {alias.asname or alias.name: statement for alias in statement.names}
        elif isinstance(statement, ast.AnnAssign):
            found[ast.unparse(statement.target)] = statement
        elif isinstance(statement, ast.Assign):
            found |= {ast.unparse(target): statement for target in statement.targets}
    found.pop("__all__", None)
    return found
