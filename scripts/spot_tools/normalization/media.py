"""Request bodies and responses: media types normalized for the generator, or noted where the client ignores them."""

from typing import Any

from spot_tools.errors import ToolError
from spot_tools.openapi.documents import as_object
from spot_tools.openapi.nodes import Node
from spot_tools.openapi.schemas import Schema

from . import schemas, styles

BYTES = "application/octet-stream"
_JSON = "application/json"
_READABLE = (_JSON, BYTES, "text/html")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_BINARY = {"type": "string", "format": "binary"}
_ERRORS = "1345"
"""First digits of the statuses whose bodies are passed on as received."""


def fill(message: Node) -> None:
    """Give each media type of a body or a response a concrete name and a schema."""
    content = as_object(message.value.get("content")) or {}
    for kind, media in message.members("content").items():
        _fill(kind, media)
    for kind, media in message.members("content").items():
        concrete = _concrete(kind, media)
        if concrete != kind:
            del content[kind]
            content.setdefault(concrete, media.value)


def responses(operation: Node, label: str, content_types: dict[str, str]) -> list[str]:
    """Normalize the responses of an operation; return notes on what the client ignores."""
    notes: list[str] = []
    for status, response in operation.members("responses").items():
        if status[0] in _ERRORS:
            # The generator fails on media types without a model; exceptions carry the body as received.
            _keep(response, [kind for kind, media in response.members("content").items() if _can_read(kind, media)])
        kinds = response.members("content")
        readable = [kind for kind, media in kinds.items() if _can_read(kind, media)]
        if kinds and not readable:
            notes.append(f"{label} answers {status} as {' or '.join(kinds)}; the client returns the bytes")
            readable = [next(iter(kinds))]
            _set(kinds[readable[0]], _BINARY)
        # The generator uses the first media type that it can read.
        others = [kind for kind in kinds if readable and kind != readable[0] and status[0] == "2"]
        notes += [f"{label} may answer {status} as {kind}, which the client does not request" for kind in others]
        for kind, media in response.members("content").items():
            if _bare(kind).startswith("text/") and {way.kind for way in _alternatives(media)} - {"string"}:
                _set(media, {"type": "string"})
                notes.append(f"{label} answers {status} as {kind}; the client returns the text")
            if _is_binary(media) and _bare(kind) not in _READABLE:
                content_types[kind] = BYTES
    return notes


def body(operation: Node, label: str, content_types: dict[str, str], notes: list[str]) -> str:
    """Normalize the body of an operation; return the encodings of forms as Python code. Raises ToolError."""
    message = operation.get("requestBody")
    if message is None:
        return ""
    kinds = message.members("content")
    sendable = [kind for kind, media in kinds.items() if _can_send(kind, media)]
    if kinds and not sendable:
        sendable = [_as_bytes(kinds, label, notes)]
    else:
        left = [kind for kind in kinds if kind not in sendable]
        notes += [f"{label} also accepts {kind}, which the client does not send" for kind in left]
    _keep(message, sendable)
    found: list[str] = []
    content: dict[str, Any] = {}
    for kind, media in message.members("content").items():
        content[_sent(kind, media, content_types)] = media.value
        encoding = styles.encodings(kind, media, label)
        found += [f"{kind!r}: {encoding}"] if encoding else []
    message.value["content"] = content
    return "{" + ", ".join(found) + "}" if found else ""


def _keep(message: Node, kinds: list[str]) -> None:
    content = as_object(message.value.get("content"))
    if content is not None:
        message.value["content"] = {kind: content[kind] for kind in content if kind in kinds}


def _set(media: Node, schema: dict[str, Any]) -> None:
    media.value["schema"] = dict(schema)
    media.document.cache.clear()  # Cached schemas are known by their paths.


def _fill(kind: str, media: Node) -> None:
    """Add a missing schema: bytes, text or any JSON, depending on the media type."""
    if media.get("schema") is None:
        text = _bare(kind).startswith("text/")
        media.value["schema"] = {} if styles.is_json(kind) else {"type": "string"} if text else dict(_BINARY)
    elif media.value["schema"] is True:
        media.value["schema"] = {}
    elif _bare(kind) == BYTES and {way.kind for way in _alternatives(media)} == {"string"}:
        _set(media, _BINARY)
    if _bare(kind) == "multipart/form-data":
        schemas.describe_parts(media.document, media.value["schema"])


def _concrete(kind: str, media: Node) -> str:
    """The media type that stands for a range such as text/*, by its first half or its schema."""
    bare = _bare(kind)
    if "*" not in bare:
        return kind
    if _is_binary(media):
        return BYTES
    return "text/plain" if bare.startswith("text/") or _is_text(media) else _JSON


def _as_bytes(kinds: dict[str, Node], label: str, notes: list[str]) -> str:
    """The first media type that programs can encode themselves. Raises ToolError where there is none."""
    whole = [kind for kind in kinds if not _bare(kind).startswith("multipart/")]
    if not whole:
        kind, media = next(iter(kinds.items()))
        raise ToolError(
            f"{label} requires {kind} at {media.pointer}, which the client cannot encode: remove it by an overlay."
        )
    notes.append(f"{label} requires {' or '.join(kinds)}; the client sends given bytes as {whole[0]}")
    _set(kinds[whole[0]], _BINARY)
    return whole[0]


def _sent(kind: str, media: Node, content_types: dict[str, str]) -> str:
    """The media type that the client sends."""
    if styles.is_json(kind) or _bare(kind) in _FORMS:
        return kind
    if _is_binary(media):
        if _bare(kind) != BYTES:
            content_types[kind] = BYTES
        return kind
    # The client writes UTF-8. With the charset, responses of the same media type are still read as text.
    sent = kind if "charset" in kind.lower() else f"{kind}; charset=utf-8"
    content_types[sent] = BYTES
    return sent


def _bare(kind: str) -> str:
    return kind.partition(";")[0].strip().lower()


def _can_read(kind: str, media: Node) -> bool:
    return _bare(kind) in _READABLE or _bare(kind).startswith("text/") or styles.is_json(kind) or _is_binary(media)


def _can_send(kind: str, media: Node) -> bool:
    return styles.is_json(kind) or _bare(kind) in _FORMS or _is_binary(media) or _is_text(media)


def _alternatives(media: Node) -> list[Any]:
    schema = media.get("schema")
    return Schema((schema,)).alternatives if schema is not None else []


def _is_text(media: Node) -> bool:
    return {way.kind for way in _alternatives(media)} == {"string"}


def _is_binary(media: Node) -> bool:
    return any(way.format == "binary" for way in _alternatives(media))
