"""Request bodies: JSON, and both kinds of form in two styles of nested values."""

import os
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple, get_args
from urllib.parse import urlencode

import httpx2

from ..models.codecs import Codec, OpenObject
from ..models.model import join
from ..values.files import File
from ..values.kinds import is_list, is_object
from ..values.unset import UNSET
from .outgoing import holds_read_only, without_read_only
from .texts import entries, plain, to_json

FormStyle = Literal["json", "dotted"]
"""The style of nested values in forms: JSON text in one field, or dotted names (`recipient.address.city`)."""

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


class Encoding(NamedTuple):
    """The document's encoding of one field of a form; it takes precedence over form_style."""

    content_type: str = ""
    """The media type of the part; empty if the document does not name one."""
    style: str = ""
    """The style of a list or an object, as for query parameters; empty if the document does not name one."""
    explode: bool = True


def write_body(
    bodies: Mapping[str, Codec],
    body: object,
    content_type: str | None,
    form_style: str,
    encodings: Mapping[str, Mapping[str, Encoding]],
) -> tuple[bytes | None, str | None]:
    """The bytes of a body and their content type. Raises TypeError, ValueError; messages contain no value."""
    if form_style not in get_args(FormStyle):
        raise ValueError(f"form_style must be one of {', '.join(get_args(FormStyle))}.")
    if not bodies or body is UNSET:
        return None, None
    chosen = content_type
    if chosen is None:
        chosen = next((name for name in bodies if _is_json(name)), next(iter(bodies)))
    if not isinstance(chosen, str) or chosen not in bodies:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError(f"content_type must be one of {', '.join(bodies)}.")
    problem: Exception
    try:
        codec = bodies[chosen]
        value = codec.encode(without_read_only(body) if holds_read_only(codec) else body, "")
        return _write(value, chosen, form_style, encodings.get(chosen, {}))
    except RecursionError:
        problem = ValueError("The body is nested too deeply or contains itself. Nothing was sent.")
    except (TypeError, ValueError) as error:
        # Raised outside the handler, so that its context does not hold the value.
        problem = (TypeError if isinstance(error, TypeError) else ValueError)(*error.args[:1])
    raise problem


def _bare(content_type: str) -> str:
    """The media type without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def _is_json(content_type: str) -> bool:
    return _bare(content_type) == "application/json" or _bare(content_type).endswith("+json")


def _write(value: Any, content_type: str, form_style: str, encodings: Mapping[str, Encoding]) -> tuple[bytes, str]:
    if _is_json(content_type):
        return to_json(value).encode(), content_type
    if _bare(content_type) in (URLENCODED, MULTIPART):
        fields = list(_form(value, encodings, dotted=form_style == "dotted", parts=_bare(content_type) == MULTIPART))
        return _urlencoded(fields) if _bare(content_type) == URLENCODED else _multipart(fields)
    content = value.read() if isinstance(value, File) else value
    if not isinstance(content, bytes | str):
        raise TypeError(f"A body of type {content_type} must be a File, bytes or str.")
    return (content.encode() if isinstance(content, str) else content), content_type


def _form(value: Any, encodings: Mapping[str, Encoding], *, dotted: bool, parts: bool) -> Iterator[tuple[str, Any]]:
    """The name and value of each field of a form, in the encoding that the document gives."""
    if not is_object(value):
        raise TypeError("A form body must be an object: use another content_type.")
    for key, item in value.items():
        encoding = encodings.get(key)
        if encoding is None:
            yield from _fields({key: item}, "", dotted=dotted)
        elif encoding.style:
            yield from _styled(key, item, encoding)
        elif _is_json(encoding.content_type):
            several = item if is_list(item) and item and parts else [item]
            yield from ((key, _Part(to_json(single).encode(), encoding.content_type)) for single in several)
        else:
            for name, single in _fields({key: item}, "", dotted=False):
                yield name, _Part(single, encoding.content_type)


class _Part(NamedTuple):
    """A value with the media type that the document gives."""

    value: str | bytes | File
    content_type: str


def _styled(name: str, value: Any, encoding: Encoding) -> Iterator[tuple[str, str]]:
    found = entries(value, name)
    if found is None:
        yield name, plain(value, name)
        return
    pairs = [entry if isinstance(entry, tuple) else ("", entry) for entry in found]
    if encoding.style == "deepObject":
        yield from ((f"{name}[{key}]", text) for key, text in pairs)
    elif encoding.explode:
        yield from ((key or name, text) for key, text in pairs)
    else:
        delimiter = {"spaceDelimited": " ", "pipeDelimited": "|"}.get(encoding.style, ",")
        texts = [text for key, item in pairs for text in ((key, item) if is_object(value) else (item,))]
        if any(delimiter in text for text in texts):
            raise ValueError(f"{name} contains the character that separates its entries.")
        yield name, delimiter.join(texts)


def _fields(value: Any, name: str, *, dotted: bool) -> Iterator[tuple[str, Any]]:
    """The name and value of each field of a form. A value is text, JSON in bytes, or a File."""
    if not is_object(value):
        raise TypeError("A form body must be an object: use another content_type.")
    for key, item in value.items():
        path = join(name, key)
        if is_list(item):
            if not item:
                raise ValueError(f"{path} is an empty list, which a form cannot represent: use application/json.")
            for entry in item:
                yield path, _single(entry, path, dotted=dotted)
        elif dotted and isinstance(item, dict) and not isinstance(item, OpenObject):
            if not item:
                raise ValueError(
                    f"{path} is an empty object, which dotted names cannot represent: use application/json."
                )
            yield from _fields(item, path, dotted=True)
        else:
            yield path, _single(item, path, dotted=dotted)


def _single(value: Any, path: str, *, dotted: bool) -> str | bytes | File:
    if value is None:
        raise ValueError(f"{path} is None, which a form cannot represent: leave it out, or use application/json.")
    if isinstance(value, str | File):
        return value
    if isinstance(value, bool | int | float):
        return to_json(value)
    if dotted and isinstance(value, list | dict) and not isinstance(value, OpenObject):
        raise ValueError(
            f"{path} contains objects or lists, which dotted names cannot represent: use form_style='json'."
        )
    return to_json(value).encode()


def _urlencoded(fields: list[tuple[str, Any]]) -> tuple[bytes, str]:
    bare = [(name, value.value if isinstance(value, _Part) else value) for name, value in fields]
    for name, value in bare:
        if isinstance(value, File):
            raise TypeError(f"{name} is a file, which only {MULTIPART} can carry.")
    return urlencode(bare).encode("ascii"), URLENCODED


def _multipart(fields: list[tuple[str, Any]]) -> tuple[bytes, str]:
    # httpx2 chooses a random boundary, so no value can end its part and start another one.
    parts: list[tuple[str, Any]] = []
    for name, field in fields:
        value, kind = field if isinstance(field, _Part) else (field, None)
        if isinstance(value, File):
            parts.append((name, (value.file_name or "upload", value.read(), value.mime_type or kind)))
        elif isinstance(value, str):
            parts.append((name, (None, value.encode(), kind)))
        else:
            parts.append((name, (None, value, kind or "application/json")))
    if not parts:
        boundary = os.urandom(16).hex()  # httpx2 sends no form if there are no parts.
        return f"--{boundary}--\r\n".encode(), f"{MULTIPART}; boundary={boundary}"
    request = httpx2.Request("POST", "http://localhost", files=parts)
    return request.read(), request.headers["Content-Type"]
