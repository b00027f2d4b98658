"""Distinct names for schemas that the generator would turn into the same class."""

from typing import Any

from openapi_python_client.strings import ClassName, pascal_case

from spot_tools.openapi.documents import as_list, as_object
from spot_tools.openapi.nodes import Document

Schema = dict[str, Any]


def distinguish(document: Document, schemas: list[Schema]) -> list[str]:
    """Rename components and inner schemas that would get the same class name; return notes.

    Titles are removed: the generator would use them as names, and several schemas may have the same title.
    """
    for schema in schemas:
        if isinstance(schema.get("title"), str):
            del schema["title"]
    components: Schema = (as_object(document.value.get("components")) or {}).get("schemas") or {}
    notes = _rename(components, schemas)
    taken = {_class(name) for name in components}
    for name, component in components.items():
        _inside(_class(name), component, taken)
    return notes


def _class(name: str) -> str:
    return "".join(ClassName(name, "field_"))


def _rename(components: Schema, schemas: list[Schema]) -> list[str]:
    """Number the components that would get the same class name."""
    renamed: dict[str, str] = {}
    made: set[str] = set()
    for name in components:
        number, new = 1, name
        while _class(new) in made:
            number += 1
            new = f"{name}_{number}"
        made.add(_class(new))
        if new != name:
            renamed[name] = new
    entries = [(renamed.get(name, name), value) for name, value in components.items()]
    components.clear()
    components.update(entries)
    references = {f"#/components/schemas/{name}": f"#/components/schemas/{new}" for name, new in renamed.items()}
    for schema in schemas:
        if schema.get("$ref") in references:
            schema["$ref"] = references[schema["$ref"]]
        mapping = as_object((as_object(schema.get("discriminator")) or {}).get("mapping")) or {}
        mapping.update({value: references.get(target, target) for value, target in mapping.items()})
    return [f"the component {name} becomes the class {_class(new)}: its name is taken" for name, new in renamed.items()]


def _inside(name: str, schema: Any, taken: set[str]) -> None:
    """Give inner schemas a title where the generator would name them like a component."""
    value = as_object(schema) or {}
    for part in [value, *(as_object(entry) or {} for entry in as_list(value.get("allOf")) or [])]:
        for key, inner in (as_object(part.get("properties")) or {}).items():
            _name(name, key, inner, taken)


def _name(parent: str, key: str, schema: Any, taken: set[str]) -> None:
    value = as_object(schema)
    if value is None or "$ref" in value:
        return
    title = key
    while f"{parent}{pascal_case(title)}" in taken:
        title += "_inline"
    if title != key and value.get("type") != "array":
        value["title"] = title
    _inside(f"{parent}{pascal_case(title)}", value, taken)
    _name(parent, f"{key}_item", value.get("items"), taken)
