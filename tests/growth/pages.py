"""Pages in the published form, of the operations in grown.yaml."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from spot_tools.checkout.layout import Layout
from spot_tools.openapi.documents import parse
from spot_tools.openapi.page import document_of

HERE = Path(__file__).parent
CHECKOUT = Layout.here()
PUBLISHED = CHECKOUT.source / "create-order.md"


@cache
def growth() -> list[dict[str, Any]]:
    return parse((HERE / "grown.yaml").read_bytes(), "grown.yaml")


def document(entry: dict[str, Any]) -> dict[str, Any]:
    """The document of one page: its operations, and the published components with its own."""
    result = parse(document_of(PUBLISHED.read_bytes(), PUBLISHED.name), PUBLISHED.name)
    refusal = result["paths"]["/api/v2/orders/"]["post"]["responses"]["400"]
    result["paths"] = copy.deepcopy(entry["paths"])
    for item in result["paths"].values():
        for method, operation in item.items():
            if method != "parameters":
                operation.setdefault("security", [{"tokenAuth": []}])
                operation["responses"] |= {} if entry.get("bare") else {"400": copy.deepcopy(refusal)}
    result["components"]["schemas"] |= copy.deepcopy(entry["components"])
    result["components"]["securitySchemes"] |= entry.get("securitySchemes", {})
    return result


def write(folder: Path) -> list[Path]:
    """Every page, the published one first."""
    (folder / PUBLISHED.name).write_bytes(PUBLISHED.read_bytes())
    pages = [folder / PUBLISHED.name]
    for entry in growth():
        # A later page's components may refer to those of an earlier one, as on the provider's pages: each has a copy.
        path = folder / f"{entry['name']}.md"
        text = yaml.safe_dump(document(entry), sort_keys=False, allow_unicode=True)
        path.write_text(f"# {entry['adds']}\n\n````yaml GET /\n{text}````\n", encoding="utf-8")
        pages.append(path)
    return pages


def as_3_1(document: Any) -> Any:
    """An OpenAPI 3.0 document as OpenAPI 3.1 writes it: nullable is a type, an example a list."""
    if isinstance(document, list):
        return [as_3_1(entry) for entry in document]
    if not isinstance(document, dict):
        return document
    found = {key: as_3_1(value) for key, value in document.items()}
    if found.pop("nullable", False) is True:
        found["type"] = [found["type"], "null"]
    if "example" in found and "type" in found:
        found["examples"] = [found.pop("example")]
    if found.get("openapi") == "3.0.3":
        found["openapi"] = "3.1.0"
    return found
