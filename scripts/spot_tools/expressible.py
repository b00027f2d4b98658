"""The client's document in the words that the generator reads, so that it drops nothing in silence.

What it would overlook is spelled out where that says the same, told as a note where a program can do without, and stops
everything where the client would do something wrong.
"""

import copy
import re
from collections.abc import Iterator
from typing import Any

from .changes.nodes import METHODS, Document, Node
from .changes.schemas import Schema
from .documents import as_object
from .errors import ToolError

_READ = ("application/json", "application/octet-stream", "text/html")
_SENT = ("application/json", "application/octet-stream", "application/x-www-form-urlencoded", "multipart/form-data")
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}


def spell_out(raw: dict[str, Any], name: str) -> tuple[dict[str, Any], list[str]]:
    """The document as the generator needs it, and notes on what a program will miss. Raises ToolError."""
    document = Document(name, copy.deepcopy(raw))
    notes = [f"{name} has webhooks; the client only calls"] * ("webhooks" in document.value)
    for path, item in document.root.members("paths").items():
        if "$ref" in item.value:
            document.value["paths"][path] = copy.deepcopy(item.resolved().value)
    methods: dict[str, str] = {}
    for operation in operations(document):
        told = f"{operation.path[-1].upper()} {operation.path[1]}"
        _servers(operation, told)
        _security(operation, told, notes)
        for parameter in _parameters(operation):
            _check_parameter(parameter, told)
        _ranges(operation)
        _contents(operation, told, notes)
        if "callbacks" in operation.value:
            notes.append(f"{told} has callbacks; the client only calls")
        method = _snake(str(operation.value.get("operationId", told)))
        if method in methods:
            raise ToolError(
                f"{methods[method]} and {told} would both be the method {method}: rename one by an overlay."
            )
        methods[method] = told
    return document.value, notes


def binary_types(document: dict[str, Any]) -> dict[str, str]:
    """The media types that carry bytes, as overrides of the generator's configuration."""
    found: dict[str, str] = {}
    for operation in operations(Document("", document)):
        for message in _messages(operation):
            for kind, media in message.members("content").items():
                bare = kind.partition(";")[0].strip().lower()
                if _is_binary(media) and bare not in (*_SENT, *_READ):
                    found[kind] = "application/octet-stream"
    return found


def operations(document: Document) -> Iterator[Node]:
    """Every operation of the document."""
    for item in document.root.members("paths").values():
        for method in METHODS:
            operation = item.get(method)
            if operation is not None and as_object(operation.value) is not None:
                yield operation


def _item(operation: Node) -> Node:
    return operation.document.root.follow("#" + Node(operation.document, operation.path[:-1], None).pointer)


def _messages(operation: Node) -> list[Node]:
    body = operation.get("requestBody")
    responses = [node.resolved() for node in operation.members("responses").values()]
    return responses if body is None else [body.resolved(), *responses]


def _parameters(operation: Node) -> list[Node]:
    return [node.resolved() for node in (*_item(operation).entries("parameters"), *operation.entries("parameters"))]


def _servers(operation: Node, told: str) -> None:
    default = [server.value.get("url") for server in operation.document.root.entries("servers")][:1]
    for home in (operation, _item(operation)):
        servers = [server.value.get("url") for server in home.entries("servers")]
        if servers and servers[:1] != default:
            raise ToolError(
                f"{told} has a server of its own at {home.at('servers')}, which the client cannot express: it sends "
                "everything to one. Take the operation or its server out by an overlay."
            )


def _security(operation: Node, told: str, notes: list[str]) -> None:
    """Put the document's security into each operation: the generator looks nowhere else."""
    components = operation.document.root.get("components")
    schemes = components.members("securitySchemes") if components is not None else {}
    ours = {name for name, scheme in schemes.items() if "x-prefix" in scheme.resolved().value}
    home = operation if operation.get("security") is not None else operation.document.root
    ways: list[dict[str, Any]] = [as_object(entry.value) or {} for entry in home.entries("security")]
    usable = [way for way in ways if set(way) <= ours]
    if ways and not usable:
        asked = ", or ".join(" and ".join(way) for way in ways)
        header = any(_is_plain_header(schemes[name].resolved()) for way in ways for name in way if name in schemes)
        advice = "programs pass it by headers=" if header else "its token is sent, which the server may refuse"
        notes.append(f"{told} asks for {asked}, which the client does not know: {advice}")
    if any(not way for way in usable):
        usable = []
    operation.value["security"] = usable


def _is_plain_header(scheme: Node) -> bool:
    """Whether a program can give the credential as a header; Authorization is the client's own."""
    value: dict[str, Any] = scheme.value
    return value.get("in") == "header" and str(value.get("name")).lower() != "authorization"


def _check_parameter(parameter: Node, told: str) -> None:
    name, place = parameter.value.get("name"), str(parameter.value.get("in"))
    where = f"the {place} parameter {name} of {told} ({parameter.pointer})"
    schema = parameter.get("schema")
    if schema is None:
        raise ToolError(
            f"{where} has no schema but a content, which the client cannot express: give it one by an overlay."
        )
    kinds = {way.kind for way in Schema((schema,)).alternatives}
    style = str(parameter.value.get("style", _STYLES.get(place)))
    exploded = parameter.value.get("explode", style == "form")
    usual = style == _STYLES.get(place) and exploded == (style == "form")
    if (kinds & {"array", "object"} and not usual) or style not in ("form", "simple"):
        raise ToolError(
            f"{where} is written in the style {style}, explode {str(exploded).lower()}; the client cannot express that."
        )
    if kinds & {"array", "object"} and place != "query":
        raise ToolError(f"{where} is a list or an object, which the client can only write into the query.")
    if parameter.value.get("allowReserved") is True:
        raise ToolError(f"{where} leaves reserved characters as they are, which the client cannot express.")


def _ranges(operation: Node) -> None:
    """Ranges of statuses in capitals: 5xx is written 5XX."""
    responses = as_object(operation.value.get("responses")) or {}
    if any(re.fullmatch(r"[1-5]xx", status) for status in responses):
        operation.value["responses"] = {
            status.upper() if re.fullmatch(r"[1-5]xx", status) else status: value for status, value in responses.items()
        }


def _contents(operation: Node, told: str, notes: list[str]) -> None:
    for status, response in operation.members("responses").items():
        kinds = response.resolved().members("content")
        readable = [kind for kind, media in kinds.items() if _can_read(kind, media)]
        # What cannot be read at all stops the generator itself; of several kinds it takes the first that it can.
        others = [kind for kind in kinds if readable and kind != readable[0] and status[0] == "2"]
        notes += [f"{told} may answer {status} as {kind}, which the client does not ask for" for kind in others]
    body = operation.get("requestBody")
    sent = body.resolved().members("content") if body is not None else dict[str, Node]()
    for kind, media in sent.items():
        if media.members("encoding"):
            raise ToolError(
                f"{kind} of {told} has encodings of its own at {media.at('encoding')}, which the client cannot express."
            )


def _can_read(kind: str, media: Node) -> bool:
    bare = kind.partition(";")[0].strip().lower()
    return bare in _READ or bare.startswith("text/") or bare.endswith("+json") or _is_binary(media)


def _is_binary(media: Node) -> bool:
    schema = media.get("schema")
    return schema is None or any(way.format == "binary" for way in Schema((schema,)).alternatives)


def _snake(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).strip("_").lower()
