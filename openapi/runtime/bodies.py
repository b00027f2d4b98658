"""Bodies of requests: JSON, and the two kinds of form in the two styles that servers read."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args
from urllib.parse import urlencode

import httpx

from .codecs import Codec
from .files import File
from .kinds import is_list, is_object
from .model import OpenObject, join
from .unset import UNSET

FormStyle = Literal["json", "dotted"]
"""How a form says nested values: as JSON text in one field, or as dotted names (`recipient.address.city`)."""

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

_TO_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def write_body(
    bodies: Mapping[str, Codec], body: object, content_type: str | None, form_style: str
) -> tuple[bytes | None, str | None]:
    """The bytes of a body and their content type. Raises TypeError and ValueError that hold no value."""
    if form_style not in get_args(FormStyle):
        raise ValueError(f"form_style must be one of {', '.join(get_args(FormStyle))}.")
    if not bodies or body is UNSET:
        return None, None
    chosen = content_type or next((name for name in bodies if _is_json(name)), next(iter(bodies)))
    if chosen not in bodies:
        raise ValueError(f"content_type must be one of {', '.join(bodies)}.")
    problem: Exception
    try:
        value = bodies[chosen].encode(body, "")
        return _write(value, chosen, form_style)
    except RecursionError:
        problem = ValueError("The body is nested too deeply, or holds itself: nothing was sent.")
    except (TypeError, ValueError) as error:
        # Raised anew outside of the handler, so that no context holds the value that is not to be told.
        problem = (TypeError if isinstance(error, TypeError) else ValueError)(*error.args[:1])
    raise problem


def _is_json(content_type: str) -> bool:
    return content_type == "application/json" or content_type.endswith("+json")


def _write(value: Any, content_type: str, form_style: str) -> tuple[bytes, str]:
    if _is_json(content_type):
        return _to_json(value).encode(), content_type
    if content_type in (URLENCODED, MULTIPART):
        fields = list(_fields(value, "", dotted=form_style == "dotted"))
        return _urlencoded(fields) if content_type == URLENCODED else _multipart(fields)
    content = value.read() if isinstance(value, File) else value
    if not isinstance(content, bytes | str):
        raise TypeError(f"A body of type {content_type} must be a File, bytes or str.")
    return (content.encode() if isinstance(content, str) else content), content_type


def _to_json(value: Any) -> str:
    return _TO_JSON(value)


def _fields(value: Any, name: str, *, dotted: bool) -> Iterator[tuple[str, Any]]:
    """Name and value of each field of a form; a value is text, JSON in bytes, or a File."""
    if not is_object(value):
        raise TypeError("A form can only carry an object.")
    for key, item in value.items():
        path = join(name, key)
        if is_list(item):
            if not item:
                raise ValueError(f"{path} is an empty list, which a form cannot say: use application/json.")
            for entry in item:
                yield path, _single(entry, path, dotted=dotted)
        elif dotted and isinstance(item, dict) and not isinstance(item, OpenObject):
            if not item:
                raise ValueError(f"{path} is an empty object, which dotted names cannot say: use application/json.")
            yield from _fields(item, path, dotted=True)
        else:
            yield path, _single(item, path, dotted=dotted)


def _single(value: Any, path: str, *, dotted: bool) -> str | bytes | File:
    if value is None:
        raise ValueError(f"{path} is None, which a form cannot say: leave it out, or use application/json.")
    if isinstance(value, str | File):
        return value
    if isinstance(value, bool | int | float):
        return _to_json(value)
    if dotted and isinstance(value, list | dict) and not isinstance(value, OpenObject):
        raise ValueError(f"{path} holds objects or lists, which dotted names cannot say: use form_style='json'.")
    return _to_json(value).encode()


def _urlencoded(fields: list[tuple[str, Any]]) -> tuple[bytes, str]:
    for name, value in fields:
        if isinstance(value, File):
            raise TypeError(f"{name} is a file, which only {MULTIPART} can carry.")
    return urlencode(fields).encode("ascii"), URLENCODED


def _multipart(fields: list[tuple[str, Any]]) -> tuple[bytes, str]:
    # httpx chooses a random boundary, so that no value can end its part and begin another.
    parts: list[tuple[str, Any]] = []
    for name, value in fields:
        if isinstance(value, File):
            parts.append((name, (value.file_name or "upload", value.read(), value.mime_type)))
        elif isinstance(value, str):
            parts.append((name, (None, value.encode(), None)))
        else:
            parts.append((name, (None, value, "application/json")))
    request = httpx.Request("POST", "http://localhost", files=parts)
    return request.read(), request.headers["Content-Type"]
