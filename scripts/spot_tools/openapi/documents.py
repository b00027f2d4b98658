"""Reading and writing YAML documents: YAML 1.2 as OpenAPI asks for, safely and within bounds."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import yaml

from spot_tools.errors import ToolError

MAX_BYTES = 10 * 1024 * 1024
"""A larger document is refused unread; the published one has 15 KiB."""

MAX_NODES = 500_000
"""Nodes after aliases are followed: an alias bomb of a few lines reaches this at once."""

_VERSION = re.compile(r"3\.[01](\.\d+)?([-+].*)?")

_CORE_SCHEMA = (
    ("tag:yaml.org,2002:null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("tag:yaml.org,2002:int", r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", list("-+0123456789")),
    (
        "tag:yaml.org,2002:float",
        r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$",
        list("-+.0123456789"),
    ),
)


class _Loader(yaml.SafeLoader):
    """YAML 1.2 core schema: `no` is a text and 2023-01-01 too. A key told twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: ARG002 - PyYAML's
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is not a text", key.start_mark)
            if key.value == "<<" and key.style is None:
                raise yaml.constructor.ConstructorError(
                    None, None, "YAML 1.2 has no merge key '<<': write its values out", key.start_mark
                )
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} stands twice", key.start_mark
                )
            seen.add(key.value)
        construct = cast("Callable[..., Any]", self.construct_object)  # pyright: ignore[reportUnknownMemberType]
        return {str(key.value): construct(value, deep=True) for key, value in node.value}

    def construct_core_int(self, node: yaml.ScalarNode) -> int:
        text = self.construct_scalar(node)
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)

    def construct_core_float(self, node: yaml.ScalarNode) -> float:
        text = self.construct_scalar(node)
        if text[-1:] in "fFnN":
            raise yaml.constructor.ConstructorError(None, None, f"{text} is no number that JSON has", node.start_mark)
        return float(text)


def _construct_map(loader: _Loader, node: yaml.MappingNode) -> dict[str, Any]:
    return loader.construct_mapping(node)


_Loader.add_constructor("tag:yaml.org,2002:map", _construct_map)
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_core_int)
_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.construct_core_float)


class _Dumper(yaml.SafeDumper):
    """Quotes whatever either YAML 1.1 or 1.2 would take for something else than a text; writes no aliases."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the signature is PyYAML's
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - PyYAML's
        # Lists are indented as in the published document, so that a diff against it shows the overlays alone.
        super().increase_indent(flow, False)


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in _CORE_SCHEMA:
    for _class in (_Loader, _Dumper):
        _class.add_implicit_resolver(_tag, re.compile(_pattern), _first)  # pyright: ignore[reportUnknownMemberType]


def as_object(value: object) -> dict[str, Any] | None:
    """The value if it is an object, else None."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def as_list(value: object) -> list[Any] | None:
    """The value if it is a list, else None."""
    # pyright needs the cast that mypy finds redundant.
    return cast("list[Any]", value) if isinstance(value, list) else None  # type: ignore[redundant-cast]


def sha256(data: bytes) -> str:
    """The SHA-256 of the bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def read_bytes(path: Path, name: str) -> bytes:
    """The bytes of a file that must be there. Raises ToolError."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ToolError(f"{name} cannot be read ({error.strerror}): restore it from version control.") from error
    if len(data) > MAX_BYTES:
        raise ToolError(f"{name} has {path.stat().st_size:,} bytes; more than {MAX_BYTES:,} are not read.")
    return data


def parse(data: bytes, name: str) -> Any:
    """The value of a YAML or JSON text; mappings are dicts with text keys. Raises ToolError, naming the line."""
    if data.lstrip()[:1] == b"{":
        found = _parse_json(data, name)
        if found is not None:
            return found
    try:
        loader = _Loader(data)
        try:
            node = loader.get_single_node()
            _bound(node, name)
            return None if node is None else loader.construct_document(node)  # pyright: ignore[reportUnknownMemberType]
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        raise ToolError(f"{name} is not valid YAML{where}: {error.problem or error.context}.") from error
    except (yaml.reader.ReaderError, UnicodeDecodeError) as error:
        raise ToolError(f"{name} is not valid YAML: it is no text in UTF-8 without control characters.") from error
    except (yaml.YAMLError, ValueError) as error:
        raise ToolError(f"{name} is not valid YAML: {str(error).splitlines()[0]}.") from error
    except RecursionError as error:
        raise ToolError(f"{name} is nested too deeply to be a document.") from error


def _parse_json(data: bytes, name: str) -> Any:
    """The value of a JSON text, or None where it is none: YAML's own way of writing objects begins alike."""

    def unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(members)
        if len(found) != len(members):
            keys = [key for key, _ in members]
            raise ToolError(f"{name} is not valid JSON: the key {max(keys, key=keys.count)!r} stands twice.")
        return found

    def refuse(word: str) -> Any:
        raise ToolError(f"{name} is not valid JSON: {word} is no JSON number.")

    try:
        return json.loads(data, object_pairs_hook=unique, parse_constant=refuse)
    except ValueError:
        return None
    except RecursionError as error:
        raise ToolError(f"{name} is nested too deeply to be a document.") from error


def _bound(root: yaml.Node | None, name: str) -> None:
    """Count nodes with every alias followed, so that a few lines cannot fill the memory."""
    sizes: dict[int, int] = {}
    under_way: set[int] = set()

    def size(node: yaml.Node) -> int:
        if id(node) in sizes:
            return sizes[id(node)]
        if id(node) in under_way:
            raise ToolError(f"{name} has an alias that holds itself.")
        under_way.add(id(node))
        total = 1
        if isinstance(node, yaml.MappingNode):
            total += sum(1 + size(value) for _, value in node.value)
        elif isinstance(node, yaml.SequenceNode):
            total += sum(size(value) for value in node.value)
        under_way.discard(id(node))
        if total > MAX_NODES:
            raise ToolError(f"{name} has more than {MAX_NODES:,} values once its aliases are followed.")
        sizes[id(node)] = total
        return total

    if root is not None:
        size(root)


def parse_openapi(data: bytes, name: str) -> dict[str, Any]:
    """The OpenAPI 3 document in the text. Raises ToolError where it is none, or of a version that is not read."""
    value = as_object(parse(data, name))
    version = str((value or {}).get("openapi", ""))
    if value is None or not version.startswith("3."):
        raise ToolError(f"{name} is not an OpenAPI 3 document: it has no top-level 'openapi: 3.…'.")
    if not _VERSION.fullmatch(version):
        raise ToolError(
            f"{name} is a document of OpenAPI {version}, of which 3.0 and 3.1 are read: ask the provider for one of "
            "these, or write one by hand."
        )
    has_operations = as_object(value.get("paths")) is not None
    if "paths" not in value and not version.startswith("3.0"):
        # Since 3.1 a document may hold webhooks or components alone.
        has_operations = bool({"webhooks", "components"} & value.keys())
    if not has_operations or as_object(value.get("info")) is None:
        raise ToolError(f"{name} is not an OpenAPI 3 document: 'info' and 'paths' must be objects.")
    return value


def dump(value: object, comment: str) -> bytes:
    """The value as YAML below the comment, the same bytes every time."""
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    text: str = yaml.dump(  # pyright: ignore[reportUnknownMemberType]
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=80
    )
    return (head + text).encode()
