"""The client's document in the words that the generator reads, so that it drops nothing in silence.

What it would overlook is spelled out where that says the same, handed to the templates where the runtime can do it,
told as a note where a program can do without, and stops everything where the client would do something wrong.
"""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from openapi_python_client.parser.openapi import generate_operation_id
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonIdentifier

from . import credentials, schema_words, styles
from .changes.nodes import METHODS, Document, Node
from .changes.schemas import Schema
from .credentials import Scheme
from .documents import as_object
from .errors import ToolError

_BYTES = "application/octet-stream"
_READ = ("application/json", _BYTES, "text/html")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_IGNORED_HEADERS = ("accept", "authorization", "content-type")
"""Headers that OpenAPI lets no parameter describe."""
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass
class Spelled:
    """A document that the generator can read, and what it has no words for."""

    document: dict[str, Any]
    base_url: str
    schemes: list[Scheme]
    """What the client has arguments for; the token first."""
    notes: list[str] = field(default_factory=list[str])
    """What a program will miss."""
    facts: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """By the name of each operation, Python code for the templates."""
    content_types: dict[str, str] = field(default_factory=dict[str, str])
    """Media types and what the generator is to take them for."""


def spell_out(raw: dict[str, Any], name: str) -> Spelled:
    """Put the document into the generator's words. Raises ToolError, naming what the client cannot express."""
    document = Document(name, copy.deepcopy(raw))
    spelled = Spelled(document.value, _base_url(document), credentials.schemes(document))
    if "webhooks" in document.value:
        spelled.notes.append(f"{name} has webhooks; the client only calls")
    for path, item in document.root.members("paths").items():
        if "$ref" in item.value:
            document.value["paths"][path] = copy.deepcopy(item.resolved().value)
    for operation in operations(document):
        _own(operation)
    spelled.notes += schema_words.spell_out(document)
    names: dict[str, str] = {}
    for operation in list(operations(document)):
        told = f"{operation.path[-1].upper()} {operation.path[1]}"
        method = _name(operation)
        if method in names:
            raise ToolError(f"{names[method]} and {told} would both be the method {method}: rename one by an overlay.")
        names[method] = told
        _spell_operation(spelled, operation, told, method)
    for path in list(document.value.get("paths", {})):
        item = document.value["paths"][path]
        item.pop("parameters", None)  # Each operation has its own copy now.
        document.value["paths"][_generic_path(path)] = document.value["paths"].pop(path)
    used = {scheme for fact in spelled.facts.values() for way in fact["ways"] for scheme in way}
    spelled.schemes = [one for one in spelled.schemes if one.argument == "token" or one.name in used]
    return spelled


def _spell_operation(spelled: Spelled, operation: Node, told: str, method: str) -> None:
    operation.value["operationId"] = method
    ways = credentials.ways(operation, told, spelled.schemes, spelled.notes)
    operation.value["security"] = []  # The templates have the ways; the generator knows no more than their number.
    parameters = _parameters(operation, told, spelled)
    _ranges(operation)
    spelled.facts[method] = {
        "path": repr(_generic_path(operation.path[1])),
        "ways": ways,
        "server": repr(_server(operation, told, spelled.base_url)),
        "parameters": parameters,
        "encodings": _contents(operation, told, spelled),
    }
    if "callbacks" in operation.value:
        spelled.notes.append(f"{told} has callbacks; the client only calls")


def operations(document: Document) -> Iterator[Node]:
    """Every operation of the document."""
    for item in document.root.members("paths").values():
        for method in METHODS:
            operation = item.get(method)
            if operation is not None and as_object(operation.value) is not None:
                yield operation


def _name(operation: Node) -> str:
    """The name that the generator gives the operation's module, as a plain text."""
    own = operation.value.get("operationId")
    if isinstance(own, str) and own:
        return "".join(PythonIdentifier(own, "field_"))
    path = UntrustedString(_generic_path(operation.path[1]))
    return "".join(generate_operation_id(path=path, method=operation.path[-1], prefix="field_"))


def _generic_path(path: str) -> str:
    """The path with placeholders that the generator takes for some: their names never show in a request."""
    return _PLACEHOLDER.sub(lambda match: "{" + _generic(match[1]) + "}", path)


def _generic(name: str) -> str:
    plain = re.sub(r"[^a-zA-Z0-9_-]", "_", name)
    return plain if re.match(r"[a-zA-Z_-]", plain) else f"_{plain}"


def _item(operation: Node) -> Node:
    return operation.document.root.follow("#" + Node(operation.document, operation.path[:-1], None).pointer)


def _own(operation: Node) -> None:
    """Give the operation body, answers and parameters of its own in place of references."""
    value, body = operation.value, operation.get("requestBody")
    if body is not None:
        value["requestBody"] = copy.deepcopy(body.resolved().value)
    for status, node in operation.members("responses").items():
        value["responses"][status] = copy.deepcopy(node.resolved().value)
    kept: dict[tuple[Any, Any], Any] = {}
    for node in (*operation.entries("parameters"), *_item(operation).entries("parameters")):
        parameter = node.resolved().value
        kept.setdefault((parameter.get("in"), parameter.get("name")), copy.deepcopy(parameter))
    value["parameters"] = list(kept.values())
    for message in _messages(operation):
        for kind, media in message.members("content").items():
            _fill(kind, media)


def _messages(operation: Node) -> list[Node]:
    found = list(operation.members("responses").values())
    body = operation.get("requestBody")
    return found if body is None else [body, *found]


def _parameters(operation: Node, told: str, spelled: Spelled) -> dict[str, dict[str, str]]:
    """Each parameter's code by place and name."""
    carried = {one.place.lower() for one in spelled.schemes if one.location == "header"}
    kept: list[Node] = []
    for parameter in operation.entries("parameters"):
        name, place = str(parameter.value.get("name")), str(parameter.value.get("in"))
        if place == "header" and name.lower() in {*_IGNORED_HEADERS, *carried}:
            spelled.notes.append(f"{told} has the header {name} as a parameter; the client sets it by itself")
        else:
            kept.append(parameter)
    found: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}, "cookie": {}}
    for parameter in kept:
        place, code = str(parameter.value["in"]), styles.parameter(parameter, told)
        if place == "path":
            parameter.value["name"] = _generic(str(parameter.value["name"]))
        found[place][str(parameter.value["name"])] = code
    operation.value["parameters"] = [parameter.value for parameter in kept]
    return found


def _base_url(document: Document) -> str:
    servers = document.root.entries("servers")
    if not servers:
        raise ToolError("The client's document names no server, so that the client has no default address.")
    return _url(servers[0])


def _url(server: Node) -> str:
    url = str(server.value.get("url"))
    for name, variable in server.members("variables").items():
        url = url.replace("{" + name + "}", str(variable.value.get("default")))
    return url


def _server(operation: Node, told: str, base_url: str) -> str:
    """The address of the operation's own server; empty where it is the document's."""
    for home in (operation, _item(operation)):
        servers = home.entries("servers")
        if not servers:
            continue
        url = urljoin(base_url.rstrip("/") + "/", _url(servers[0])).rstrip("/")
        if urlsplit(url).scheme != "https" and urlsplit(url).netloc != urlsplit(base_url).netloc:
            raise ToolError(
                f"{told} has a server of its own at {home.at('servers')} that is no https address: token and payload "
                "would travel in the clear. Mend it by an overlay."
            )
        return "" if url == base_url.rstrip("/") else url
    return ""


def _ranges(operation: Node) -> None:
    """Ranges of statuses in capitals: 5xx is written 5XX."""
    responses = as_object(operation.value.get("responses")) or {}
    operation.value["responses"] = {
        status.upper() if re.fullmatch(r"[1-5]xx", status) else status: value for status, value in responses.items()
    }


def _fill(kind: str, media: Node) -> None:
    """A schema for what has none: bytes, text or any JSON, by the media type."""
    if media.get("schema") is None:
        text = _bare(kind).startswith("text/")
        binary = {"type": "string", "format": "binary"}
        media.value["schema"] = {} if styles.is_json(kind) else {"type": "string"} if text else binary
    elif media.value["schema"] is True:
        media.value["schema"] = {}
    elif _bare(kind) == _BYTES and {way.kind for way in _alternatives(media)} == {"string"}:
        media.value["schema"] = {"type": "string", "format": "binary"}
    if _bare(kind) == "multipart/form-data":
        schema_words.say_parts(media.document, media.value["schema"])


def _contents(operation: Node, told: str, spelled: Spelled) -> str:
    """Check what is sent and read; return the encodings of forms as Python."""
    for status, response in operation.members("responses").items():
        if status[0] in "1345":
            # The generator would stop at what it has no model for; errors carry the body as it came.
            content = as_object(response.value.get("content")) or {}
            for kind in [kind for kind, media in response.members("content").items() if not _can_read(kind, media)]:
                del content[kind]
        kinds = response.members("content")
        readable = [kind for kind, media in kinds.items() if _can_read(kind, media)]
        # What cannot be read at all stops the generator itself; of several kinds it takes the first that it can.
        others = [kind for kind in kinds if readable and kind != readable[0] and status[0] == "2"]
        spelled.notes += [f"{told} may answer {status} as {kind}, which the client does not ask for" for kind in others]
        for kind, media in kinds.items():
            if _bare(kind).startswith("text/") and {way.kind for way in _alternatives(media)} - {"string"}:
                media.value["schema"] = {"type": "string"}
                spelled.notes.append(f"{told} answers {status} as {kind}; the client gives its text")
            if _is_binary(media) and _bare(kind) not in _READ:
                spelled.content_types[kind] = _BYTES
    body = operation.get("requestBody")
    found: list[str] = []
    for kind, media in (body.members("content") if body is not None else dict[str, Node]()).items():
        sent = _sent(kind, media, told, spelled)
        if sent != kind and body is not None:
            content = body.value["content"]
            body.value["content"] = {sent if key == kind else key: value for key, value in content.items()}
        encoding = styles.encodings(kind, media, told)
        found += [f"{kind!r}: {encoding}"] if encoding else []
    return "{" + ", ".join(found) + "}" if found else ""


def _sent(kind: str, media: Node, told: str, spelled: Spelled) -> str:
    """The media type of a body, as it is sent."""
    if styles.is_json(kind) or _bare(kind) in _FORMS:
        return kind
    if _is_binary(media):
        if _bare(kind) != _BYTES:
            spelled.content_types[kind] = _BYTES
        return kind
    if {way.kind for way in _alternatives(media)} != {"string"}:
        raise ToolError(
            f"{told} takes {kind} at {media.pointer}, which the client cannot make of anything but text or bytes: "
            "take it out by an overlay."
        )
    # The client writes UTF-8; with that said, answers of the same type are still read as text.
    sent = kind if "charset" in kind.lower() else f"{kind}; charset=utf-8"
    spelled.content_types[sent] = _BYTES
    return sent


def _bare(kind: str) -> str:
    return kind.partition(";")[0].strip().lower()


def _can_read(kind: str, media: Node) -> bool:
    bare = _bare(kind)
    return bare in _READ or bare.startswith("text/") or bare.endswith("+json") or _is_binary(media)


def _alternatives(media: Node) -> list[Any]:
    schema = media.get("schema")
    return Schema((schema,)).alternatives if schema is not None else []


def _is_binary(media: Node) -> bool:
    return any(way.format == "binary" for way in _alternatives(media))
