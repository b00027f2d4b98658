"""Parsing and writing YAML 1.2 and JSON documents, safely and within limits of size."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import yaml

from spot_tools.errors import ToolError

MAX_BYTES = 10 * 1024 * 1024
"""Larger documents are rejected unread; the published one has 15 KiB."""

MAX_NODES = 500_000
"""The most values in a document after alias expansion, which stops alias bombs."""

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
    """The YAML 1.2 core schema: `no` and 2023-01-01 are strings. Duplicate keys are errors."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: ARG002 - PyYAML's
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is not a string", key.start_mark)
            if key.value == "<<" and key.style is None:
                raise yaml.constructor.ConstructorError(
                    None, None, "YAML 1.2 has no merge key '<<': write the values out", key.start_mark
                )
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"duplicate key {key.value!r}", key.start_mark)
            seen.add(key.value)
        construct = cast("Callable[..., Any]", self.construct_object)  # pyright: ignore[reportUnknownMemberType]
        return {str(key.value): construct(value, deep=True) for key, value in node.value}

    def construct_core_int(self, node: yaml.ScalarNode) -> int:
        text = self.construct_scalar(node)
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)

    def construct_core_float(self, node: yaml.ScalarNode) -> float:
        text = self.construct_scalar(node)
        if text[-1:] in "fFnN":
            raise yaml.constructor.ConstructorError(None, None, f"{text} is not a JSON number", node.start_mark)
        return float(text)


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_mapping)
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_core_int)
_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.construct_core_float)


class _Dumper(yaml.SafeDumper):
    """Quotes strings that YAML 1.1 or 1.2 would read as another type; writes no aliases."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the signature is PyYAML's
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - PyYAML's
        # Lists are indented as in the published document, so that a diff against it shows only what overlays change.
        super().increase_indent(flow, False)


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in _CORE_SCHEMA:
    for _class in (_Loader, _Dumper):
        _class.add_implicit_resolver(_tag, re.compile(_pattern), _first)  # pyright: ignore[reportUnknownMemberType]


def as_object(value: object) -> dict[str, Any] | None:
    """The value if it is an object, otherwise None."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def as_list(value: object) -> list[Any] | None:
    """The value if it is a list, otherwise None."""
    # pyright needs the cast that mypy finds redundant.
    return cast("list[Any]", value) if isinstance(value, list) else None  # type: ignore[redundant-cast]


def sha256(data: bytes) -> str:
    """The SHA-256 digest of the bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def read_bytes(path: Path, name: str) -> bytes:
    """The content of a file; messages call it `name`. Raises ToolError where it is missing or too large."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ToolError(f"{name} cannot be read ({error.strerror}): restore it from version control.") from error
    if len(data) > MAX_BYTES:
        raise ToolError(f"{name} has {path.stat().st_size:,} bytes; the limit is {MAX_BYTES:,}.")
    return data


def parse(data: bytes, name: str) -> Any:
    """The value of a YAML or JSON document; all keys are strings. Raises ToolError that names the line."""
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
        raise ToolError(f"{name} is not valid YAML: expected UTF-8 text without control characters.") from error
    except (yaml.YAMLError, ValueError) as error:
        raise ToolError(f"{name} is not valid YAML: {str(error).splitlines()[0]}.") from error
    except RecursionError as error:
        raise ToolError(f"{name} is nested too deeply.") from error


def _parse_json(data: bytes, name: str) -> Any:
    """The value of a JSON document; None where it is not JSON, since a YAML flow mapping also begins with a brace."""

    def unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(members)
        if len(found) != len(members):
            keys = [key for key, _ in members]
            raise ToolError(f"{name} is not valid JSON: duplicate key {max(keys, key=keys.count)!r}.")
        return found

    def reject(constant: str) -> Any:
        raise ToolError(f"{name} is not valid JSON: {constant} is not a JSON number.")

    try:
        return json.loads(data, object_pairs_hook=unique, parse_constant=reject)
    except ValueError:
        return None
    except RecursionError as error:
        raise ToolError(f"{name} is nested too deeply.") from error


def _bound(root: yaml.Node | None, name: str) -> None:
    """Raise ToolError where a document becomes too large, or infinite, once its aliases are expanded."""
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()

    def size(node: yaml.Node) -> int:
        if id(node) in sizes:
            return sizes[id(node)]
        if id(node) in open_nodes:
            raise ToolError(f"{name} has an alias that contains itself.")
        open_nodes.add(id(node))
        total = 1
        if isinstance(node, yaml.MappingNode):
            total += sum(1 + size(value) for _, value in node.value)
        elif isinstance(node, yaml.SequenceNode):
            total += sum(size(value) for value in node.value)
        open_nodes.discard(id(node))
        if total > MAX_NODES:
            raise ToolError(f"{name} has more than {MAX_NODES:,} values once its aliases are expanded.")
        sizes[id(node)] = total
        return total

    if root is not None:
        size(root)


def parse_openapi(data: bytes, name: str) -> dict[str, Any]:
    """The OpenAPI document in the data. Raises ToolError unless it is an OpenAPI 3.0 or 3.1 document."""
    value = as_object(parse(data, name))
    version = str((value or {}).get("openapi", ""))
    if value is None or not version.startswith("3."):
        raise ToolError(f"{name} is not an OpenAPI 3 document: it has no top-level 'openapi: 3.…'.")
    if not _VERSION.fullmatch(version):
        raise ToolError(
            f"{name} has OpenAPI version {version}; supported are 3.0 and 3.1. Ask the provider for one of these, or "
            "convert the document by hand."
        )
    has_operations = as_object(value.get("paths")) is not None
    if "paths" not in value and not version.startswith("3.0"):
        # Since 3.1 a document may have webhooks or components alone.
        has_operations = bool({"webhooks", "components"} & value.keys())
    if not has_operations or as_object(value.get("info")) is None:
        raise ToolError(f"{name} is not an OpenAPI 3 document: 'info' and 'paths' must be objects.")
    return value


def dump(value: object, comment: str) -> bytes:
    """The value as YAML below a comment; equal values give equal bytes."""
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    text: str = yaml.dump(  # pyright: ignore[reportUnknownMemberType]
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=80
    )
    return (head + text).encode()
