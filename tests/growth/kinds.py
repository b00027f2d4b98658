"""The cases of kinds_3_0.yaml and kinds_3_1.yaml, and the package that the cases of each file make."""

from pathlib import Path

import packages
from spot_tools.openapi.documents import parse

HERE = Path(__file__).parent
FILES = {name: parse((HERE / name).read_bytes(), name) for name in ("kinds_3_0.yaml", "kinds_3_1.yaml")}


def document(name: str):
    """One document of all cases of a file: each has paths and components of its own."""
    found = {**FILES[name]["document"], "paths": {}}
    schemas = found["components"].setdefault("schemas", {})
    for case in FILES[name]["cases"]:
        for path, item in case.get("paths", {}).items():
            assert path not in found["paths"], path
            found["paths"][path] = item
        for schema_name, schema in case.get("schemas", {}).items():
            assert schema_name not in schemas, schema_name
            schemas[schema_name] = schema
    return found


def build(name: str, root: Path) -> Path:
    """Build the package of a file; return the folder that holds it."""
    return packages.build(root, document(name), "package_name_override: spot_api_client\n")
