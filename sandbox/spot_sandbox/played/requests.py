"""Validates the parameters of requests against the document."""

import re
from typing import Any
from urllib.parse import parse_qs

from spot_sandbox.document.operations import Operation
from spot_sandbox.document.schema import Schema, kinds_of, read_scalar, resolve
from spot_sandbox.http.headers import cookies
from spot_sandbox.http.messages import Body, Request

_SEPARATORS = {"spaceDelimited": " ", "pipeDelimited": "|"}
# OpenAPI says to ignore header parameters of these names.
_OF_HTTP = frozenset({"accept", "content-type", "authorization"})


class Parameters:
    """The parameters of one operation, as one schema per location."""

    def __init__(self, operation: Operation) -> None:
        document = operation.document
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for source in (operation.shared, operation.described):
            for raw in source.get("parameters", []):
                parameter = resolve(document, raw)
                found[parameter["in"], parameter["name"]] = parameter
        self._operation = operation
        self._document = document
        self._parameters = [each for each in found.values() if each["name"].lower() not in _OF_HTTP]
        self._texts = {"path": self._path, "query": _query, "header": _header, "cookie": _cookie}
        self._schemas = {
            place: Schema(document, self._whole(place))
            for place in self._texts
            if any(each["in"] == place for each in self._parameters)
        }
        self._path_names: list[str] = re.findall(r"\{([^{}]*)\}", operation.template)

    def problems(self, request: Request) -> dict[str, str]:
        """The problems of a request's parameters, by name."""
        found: dict[str, str] = {}
        for place, schema in self._schemas.items():
            given = self._texts[place](request)
            tree = {
                each["name"]: self._read(each, given[_key(each)])
                for each in self._parameters
                if each["in"] == place and _key(each) in given
            }
            for name, sentence in schema.problems(Body(tree, {})).items():
                found[f"{place} {name}"] = sentence.replace(" field ", f" parameter in the {place} ", 1)
        return found

    def _whole(self, place: str) -> dict[str, Any]:
        here = [each for each in self._parameters if each["in"] == place]
        required = [each["name"] for each in here if each.get("required") or place == "path"]
        schemas = {each["name"]: self._schema_of(each) for each in here}
        return {"type": "object", "properties": schemas, **({"required": required} if required else {})}

    def _schema_of(self, parameter: dict[str, Any]) -> dict[str, Any]:
        """The schema; empty for parameters that are spread over several names, which are not validated."""
        return {} if parameter.get("style") == "deepObject" else parameter.get("schema", {})

    def _read(self, parameter: dict[str, Any], texts: list[str]) -> Any:
        """The texts parsed by the schema's type; a text that cannot be parsed is returned unchanged."""
        if "content" in parameter:
            return texts[-1]
        schema = resolve(self._document, parameter.get("schema", {}))
        if "array" in kinds_of(schema):
            if len(texts) == 1 and (parameter["in"] != "query" or not parameter.get("explode", True)):
                texts = texts[0].split(_SEPARATORS.get(str(parameter.get("style")), ","))
            items = resolve(self._document, schema.get("items", {}))
            return [read_scalar(text, items) for text in texts]
        return read_scalar(texts[-1], schema)

    def _path(self, request: Request) -> dict[str, list[str]]:
        found = self._operation.path.fullmatch(request.path)
        return {name: [text] for name, text in zip(self._path_names, found.groups() if found else (), strict=False)}


def _query(request: Request) -> dict[str, list[str]]:
    return parse_qs(request.query.decode("utf-8", "replace"), keep_blank_values=True)


def _header(request: Request) -> dict[str, list[str]]:
    names = {name for name, _ in request.headers}
    return {name.decode("latin-1"): [b", ".join(request.header(name)).decode("latin-1")] for name in names}


def _cookie(request: Request) -> dict[str, list[str]]:
    return {name: [value] for name, value in cookies(request).items()}


def _key(parameter: dict[str, Any]) -> str:
    name: str = parameter["name"]
    return name.lower() if parameter["in"] == "header" else name
