"""The document's security schemes as arguments of the client, and the schemes that each operation requires."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spot_tools.errors import ToolError
from spot_tools.openapi.documents import as_object
from spot_tools.openapi.nodes import Document, Node

_TAKEN = {
    *("token", "prefix", "base_url", "timeout", "max_retries", "headers", "allow_http", "transport", "http_client"),
    "self",
}
"""Arguments of the clients that are not credentials."""


@dataclass(frozen=True)
class Scheme:
    """A security scheme that the client supports, with the fields of the runtime's Scheme."""

    name: str
    argument: str
    variable: str
    location: str
    place: str
    prefix: str = ""
    is_basic: bool = False

    @property
    def code(self) -> str:
        """The runtime's Scheme as Python code."""
        facts = (self.name, self.argument, self.variable, self.location, self.place, self.prefix)
        return f"Scheme({', '.join(map(repr, facts))}, is_basic={self.is_basic})"

    @property
    def annotation(self) -> str:
        """The type of the client's argument."""
        return "tuple[str, str]" if self.is_basic else "str"

    @property
    def about(self) -> str:
        """The docstring of the argument."""
        if self.argument == "token":
            return f"The API token, without the prefix; by default the variable {self.variable}."
        what = "User and password" if self.is_basic else "The credential"
        form = ' (as "user:password")' if self.is_basic else ""
        how = {"header": "in the header", "query": "in the query as", "cookie": "in the cookie"}[self.location]
        alone = ", without its prefix" if self.prefix and not self.is_basic else ""
        return f"{what} of {self.name}, sent {how} {self.place}{alone}; by default the variable {self.variable}{form}."


def schemes(document: Document) -> list[Scheme]:
    """The schemes of the document that the client supports."""
    components = document.root.get("components")
    declared = components.members("securitySchemes") if components is not None else {}
    found = {name: _read(name, node.resolved()) for name, node in declared.items()}
    # Schemes that an overlay marks with x-prefix come first.
    marked = sorted(found, key=lambda name: "x-prefix" not in declared[name].resolved().value)
    return [one for name in marked if (one := found[name]) is not None]


def arguments(used: Sequence[Scheme], prefix: str) -> list[Scheme]:
    """The schemes with distinct arguments and variables; the first with a single string is the token and leads."""
    kept = {f"{prefix}_API_TOKEN", f"{prefix}_BASE_URL"}
    token = next((one for one in used if not one.is_basic), None)
    result = [] if token is None else [replace(token, argument="token", variable=f"{prefix}_API_TOKEN")]
    for one in used:
        if one is token:
            continue
        taken = _TAKEN | {other.argument for other in result}
        variables = kept | {other.variable for other in result}
        argument = one.argument
        while argument in taken or f"{prefix}_{argument.upper()}" in variables:
            argument += "_auth"
        result.append(replace(one, argument=argument, variable=f"{prefix}_{argument.upper()}"))
    return result


def _read(name: str, scheme: Node) -> Scheme | None:
    """The scheme; None where the client does not support it."""
    value: Mapping[str, Any] = as_object(scheme.value) or {}
    kind, way = value.get("type"), str(value.get("scheme", "")).lower()
    prefix = value.get("x-prefix")
    argument = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip("_")
    if not argument or argument[0].isdigit():
        argument = f"credential_{argument}".rstrip("_")
    if kind == "apiKey" and value.get("in") in ("header", "query", "cookie"):
        return Scheme(name, argument, "", value["in"], str(value.get("name")), prefix or "")
    if kind in ("oauth2", "openIdConnect") or (kind == "http" and way == "bearer"):
        return Scheme(name, argument, "", "header", "Authorization", prefix or "Bearer")
    if kind == "http" and way == "basic":
        return Scheme(name, argument, "", "header", "Authorization", "Basic", is_basic=True)
    return None


def ways(operation: Node, label: str, known: Sequence[Scheme], notes: list[str]) -> list[list[str]]:
    """The alternative ways to authenticate an operation, each a list of schemes that are sent together.

    Raises ToolError where the client supports none of them.
    """
    by_name = {scheme.name: scheme for scheme in known}
    home = operation if operation.get("security") is not None else operation.document.root
    asked: list[list[str]] = [list(as_object(entry.value) or {}) for entry in home.entries("security")]
    usable = [way for way in asked if not _problem(way, by_name)]
    for way in asked:
        problem = _problem(way, by_name)
        if problem and not usable:
            raise ToolError(
                f"{label} requires {' and '.join(way)} at {home.at('security')}, which the client does not support: "
                f"{problem}. Remove the operation or change its scheme by an overlay."
            )
        if problem:
            notes.append(f"{label} also accepts {' and '.join(way)}, which the client does not support: {problem}")
    return usable


def _problem(way: Sequence[str], known: Mapping[str, Scheme]) -> str:
    unknown = [name for name in way if name not in known]
    if unknown:
        return f"{unknown[0]} is not an API key, bearer token or basic authentication"
    places = [(known[name].location, known[name].place.lower()) for name in way]
    twice = next((name for name, place in zip(way, places, strict=True) if places.count(place) > 1), None)
    if twice is not None:
        return f"one request cannot carry two credentials in the {known[twice].location} {known[twice].place}"
    return ""
