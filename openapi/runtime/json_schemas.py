"""JSON Schemas of the models, for tools that describe an API by them."""

from collections.abc import Mapping
from typing import Any

from . import codecs
from .codecs import Codec, ConstOf
from .model import Model, fields_of
from .structures import EnumOf, FreeFormOf, ListOf, ModelOf, OneOf

_PLAIN: Mapping[Codec, Mapping[str, str]] = {
    codecs.TEXT: {"type": "string"},
    codecs.INTEGER: {"type": "integer"},
    codecs.NUMBER: {"type": "number"},
    codecs.BOOLEAN: {"type": "boolean"},
    codecs.NULL: {"type": "null"},
    codecs.DATE_TIME: {"type": "string", "format": "date-time"},
    codecs.DATE: {"type": "string", "format": "date"},
    codecs.UUID: {"type": "string", "format": "uuid"},
    codecs.FILE: {"type": "string", "format": "binary"},
}


def schema_of_model(model: type[Model], above: tuple[type[Model], ...] = ()) -> dict[str, Any]:
    """The schema of a model, with those of the models it holds inside; one that holds itself is left open there."""
    if model in above:
        return {"title": model.__name__, "type": "object"}
    fields = fields_of(model)
    schema: dict[str, Any] = {
        "title": model.__name__,
        "type": "object",
        "properties": {field.name: _schema(field.codec, (*above, model)) for field in fields},
    }
    required = [field.name for field in fields if field.required]
    return {**schema, "required": required} if required else schema


def schema_of(kind: type) -> dict[str, Any]:
    """The schema of a class of the package."""
    return schema_of_model(kind) if issubclass(kind, Model) else {"title": kind.__name__, "type": "object"}


def schema_of_enum(kind: Any) -> dict[str, Any]:
    """The schema of an open enumeration: what is known is an example, no limit."""
    members: list[Any] = list(kind)
    plain = {"type": "string"} if issubclass(kind, str) else {"type": "integer"}
    return {"title": kind.__name__, **plain, "examples": [member.value for member in members]}


def _schema(codec: Codec, above: tuple[type[Model], ...]) -> dict[str, Any]:
    if isinstance(codec, ModelOf):
        return schema_of_model(codec.kind, above)
    if isinstance(codec, ListOf):
        return {"type": "array", "items": _schema(codec.item, above)}
    if isinstance(codec, OneOf):
        return {"anyOf": [_schema(alternative, above) for alternative in codec.alternatives]}
    if isinstance(codec, EnumOf | FreeFormOf):
        return schema_of_enum(codec.kind) if isinstance(codec, EnumOf) else schema_of(codec.kind)
    return {"const": next(iter(codec.known))} if isinstance(codec, ConstOf) else dict(_PLAIN.get(codec, {}))
