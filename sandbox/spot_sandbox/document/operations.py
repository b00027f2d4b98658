"""Loads the OpenAPI document and compiles its operations and request schemas."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, cast

import yaml

from spot_sandbox.document.schema import Schema, SchemaError, resolve

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
CONTRACT = "contract.yaml"


class DocumentError(Exception):
    """The document is invalid; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its path, whether it needs credentials, and the schemas of its body by media type.

    `described` is the operation object of the document, `shared` the path item; both may contain references.
    """

    method: str
    template: str
    path: re.Pattern[str]
    secured: bool
    bodies: dict[str, Schema]
    body_required: bool
    document: dict[str, Any] = field(repr=False)
    described: dict[str, Any] = field(repr=False)
    shared: dict[str, Any] = field(repr=False)


def bundled() -> Path:
    """The path of the published document with its corrections, in the wheel or in the checkout."""
    packaged = Path(str(resources.files("spot_sandbox"))) / CONTRACT
    return packaged if packaged.is_file() else Path(__file__).parents[3] / "openapi" / "effective" / CONTRACT


def load(path: Path) -> dict[str, Any]:
    """Read an OpenAPI 3.0 or 3.1 document from YAML or JSON."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        document: Any = yaml.load(path.read_bytes(), Loader=loader)  # noqa: S506 - both loaders are the safe ones.
    except OSError as error:
        raise DocumentError(f"cannot read the document {path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        raise DocumentError(f"the document {path} is neither YAML nor JSON") from None
    if isinstance(document, dict):
        found = cast("dict[str, Any]", document)
        if str(found.get("openapi")).startswith(("3.0", "3.1")):
            return found
    raise DocumentError(f"{path} is not an OpenAPI 3.0 or 3.1 document")


def operations(document: dict[str, Any]) -> list[Operation]:
    """Compile all operations of the document, literal paths before templates."""
    try:
        found = [_compile(document, *each) for each in _find(document)]
        return sorted(found, key=lambda operation: operation.template.count("{"))
    except SchemaError as error:
        raise DocumentError(f"the document cannot be used: {error}") from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DocumentError(f"the document cannot be used: it is not valid OpenAPI ({error})") from None


def _find(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for template, item in document["paths"].items():
        shared = resolve(document, item)
        for method in METHODS:
            if method in shared:
                yield method, template, shared


def _compile(document: dict[str, Any], method: str, template: str, shared: dict[str, Any]) -> Operation:
    operation: dict[str, Any] = shared[method]
    request = resolve(document, operation.get("requestBody", {}))
    content: dict[str, Any] = request.get("content", {})
    path = re.sub(r"\\\{[^{}]*\\\}", "([^/]+)", re.escape(template))
    # The media types share one schema, which is compiled once.
    compiled: dict[str, Schema] = {}
    bodies: dict[str, Schema] = {}
    for media, entry in content.items():
        raw = entry.get("schema", {})
        key = repr(raw)
        if key not in compiled:
            compiled[key] = Schema(document, raw)
        bodies[media.lower()] = compiled[key]
    security: list[dict[str, Any]] = operation.get("security", document.get("security")) or []
    return Operation(
        method=method.upper(),
        template=template,
        path=re.compile(path),
        secured=bool(security) and {} not in security,
        bodies=bodies,
        body_required=bool(request.get("required")),
        document=document,
        described=operation,
        shared=shared,
    )
