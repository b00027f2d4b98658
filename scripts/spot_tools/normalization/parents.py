"""Unions whose branches extend them by allOf: the shared keywords become a separate component."""

from typing import Any

from spot_tools.openapi.documents import as_list, as_object

Schema = dict[str, Any]

_UNIONS = ("oneOf", "anyOf")
_SHARED = ("type", "properties", "required", "additionalProperties")


def extract_shared(components: dict[str, Any]) -> None:
    """Let branches extend a separate component instead of their union, since a class cannot contain itself."""
    for name, component in list(components.items()):
        union = as_object(component) or {}
        branches = [_name(entry) for key in _UNIONS for entry in as_list(union.get(key)) or []]
        back = {branch: _extensions(components.get(branch), name) for branch in branches if branch}
        if not any(back.values()):
            continue
        shared = f"{name}Base"
        while shared in components:
            shared += "_"
        components[shared] = {"type": "object", **{key: union[key] for key in _SHARED if key in union}}
        for extension in (entry for found in back.values() for entry in found):
            extension["$ref"] = f"#/components/schemas/{shared}"
        if len(back) == len(branches) and all(back.values()):
            for key in _SHARED:
                union.pop(key, None)  # Each branch has it.


def _extensions(branch: object, union: str) -> list[Schema]:
    """The parts of the branch that refer to the union."""
    parts = as_list((as_object(branch) or {}).get("allOf")) or []
    return [part for part in map(as_object, parts) if part is not None and _name(part) == union]


def _name(schema: object) -> str:
    """The component that a schema refers to; empty where it is not a reference."""
    reference = (as_object(schema) or {}).get("$ref")
    start = "#/components/schemas/"
    return reference.removeprefix(start) if isinstance(reference, str) and reference.startswith(start) else ""
