"""Discriminators: the property that tells the branches of a union apart."""

from spot_tools.documents import as_object

from .nodes import Node
from .schemas import Schema


def discriminator(schema: Schema) -> tuple[str, dict[str, Node]] | None:
    """The property's name, and the branch that each of its values stands for; None where none is declared.

    A branch that no value is mapped to is known by the name of its component.
    """
    for home in schema.objects():
        found = home.get("discriminator")
        if found is None or as_object(found.value) is None:
            continue
        mapping: dict[str, Node] = {}
        for value, target in found.members("mapping").items():
            text = str(target.value)
            mapping[value] = found.follow(text if text.startswith("#") else f"#/components/schemas/{text}")
        mapped = {node.path for node in mapping.values()}
        for branch in (*home.entries("oneOf"), *home.entries("anyOf")):
            reference = (as_object(branch.value) or {}).get("$ref")
            target = branch.follow(reference) if isinstance(reference, str) else branch
            if target.path not in mapped and target is not branch:
                mapping[target.path[-1]] = target
        return str(found.value.get("propertyName")), mapping
    return None
