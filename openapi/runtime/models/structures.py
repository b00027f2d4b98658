"""How enumerations, lists and objects are written (exactly, or not at all) and read (leniently)."""

from collections.abc import Mapping
from enum import Enum
from functools import cached_property
from typing import Any

from ..values.kinds import is_list, is_object
from .codecs import Codec, ConstOf, RefusedError, UnreadableError, check_text
from .enums import OpenIntEnum, OpenStrEnum
from .free_form import FreeForm, UnknownObject, decode_free_form, encode_free_form
from .model import Model, decode_model, encode_model, fields_of, schema_of


class EnumOf(Codec):
    """A value of an enumeration: written when known or a member, read even when unknown."""

    def __init__(self, kind: type[OpenStrEnum | OpenIntEnum]) -> None:
        """Take an open enumeration of the package."""
        self.kind: Any = kind
        members: list[Any] = list(self.kind)
        self.known = frozenset(member.value for member in members)
        self.expected = f"one of {', '.join(str(member.value) for member in members)} ({kind.__name__})"
        self._json: type = str if issubclass(kind, str) else int

    def schema(self, above: tuple[type, ...]) -> dict[str, Any]:  # noqa: ARG002 - objects use it
        found: dict[str, Any] = self.kind.__spot_schema__()
        return found

    def encode(self, value: Any, where: str) -> Any:
        if isinstance(value, self.kind):
            return check_text(value.value, where) if isinstance(value.value, str) else value.value
        if isinstance(value, Enum) or not isinstance(value, self._json) or isinstance(value, bool):
            raise self.refuse(value, where)
        if value not in self.known:
            raise ValueError(f"{where} must be {self.expected}.")
        return value

    def decode(self, value: Any, where: str) -> Any:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, self._json) or isinstance(value, bool):
            raise UnreadableError(f"{where} is not {'text' if self._json is str else 'a number'}")
        return self.kind(value)


class ListOf(Codec):
    """A list, whose order and duplicates are kept."""

    expected = "a list"

    def __init__(self, item: Codec) -> None:
        """Take the codec of the items."""
        self.item = item

    def schema(self, above: tuple[type, ...]) -> dict[str, Any]:
        return {"type": "array", "items": self.item.schema(above)}

    def encode(self, value: Any, where: str) -> Any:
        if not is_list(value):
            raise self.refuse(value, where)
        return [self.item.encode(item, f"{where}[{index}]") for index, item in enumerate(value)]

    def decode(self, value: Any, where: str) -> Any:
        if not is_list(value):
            raise self.unreadable(where)
        return [self.item.decode(item, f"{where}[{index}]") for index, item in enumerate(value)]


class ModelOf(Codec):
    """An object with named properties."""

    def __init__(self, kind: type[Model]) -> None:
        """Take the model's class."""
        self.kind = kind
        self.expected = f"an object ({kind.__name__})"

    def schema(self, above: tuple[type, ...]) -> dict[str, Any]:
        return schema_of(self.kind, above)

    def encode(self, value: Any, where: str) -> Any:
        if not isinstance(value, self.kind):
            raise self.refuse(value, where)
        return encode_model(value, where)

    def decode(self, value: Any, where: str) -> Any:
        return decode_model(self.kind, value, where)


class FreeFormOf(Codec):
    """An open mapping; any mapping is written."""

    def __init__(self, kind: type[FreeForm[Any]]) -> None:
        """Take the mapping's class."""
        self.kind = kind
        self.expected = f"a mapping ({kind.__name__})"

    def schema(self, above: tuple[type, ...]) -> dict[str, Any]:  # noqa: ARG002 - models use it
        return self.kind.__spot_schema__()

    def encode(self, value: Any, where: str) -> Any:
        if not is_object(value):
            raise self.refuse(value, where)
        return encode_free_form(self.kind, value, where)

    def decode(self, value: Any, where: str) -> Any:
        return decode_free_form(self.kind, value, where)


class OneOf(Codec):
    """Alternatives. A property whose values differ in all of them shows which kind an object is."""

    def __init__(self, *alternatives: Codec) -> None:
        """Take the codecs in the document's order."""
        self.alternatives = alternatives
        self.expected = " or ".join(alternative.expected for alternative in alternatives)

    def schema(self, above: tuple[type, ...]) -> dict[str, Any]:
        return {"anyOf": [alternative.schema(above) for alternative in self.alternatives]}

    def encode(self, value: Any, where: str) -> Any:
        for alternative in self.alternatives:
            try:
                return alternative.encode(value, where)
            except RefusedError as error:
                # An error inside the object shows that the kind was the right one.
                if error.where != where:
                    raise
        if isinstance(value, UnknownObject):
            return encode_free_form(UnknownObject, value, where)
        raise self.refuse(value, where)

    def decode(self, value: Any, where: str) -> Any:
        models = self._models
        if is_object(value) and len(models) > 1:
            return self._decode_object(value, where)
        reason: UnreadableError | None = None
        for alternative in self.alternatives:
            try:
                return alternative.decode(value, where)
            except UnreadableError as error:
                # An object that lacks something says more than "it is not null".
                reason = error if reason is None or isinstance(alternative, ModelOf) else reason
        raise reason or self.unreadable(where)

    @cached_property
    def _models(self) -> tuple[ModelOf, ...]:
        return tuple(alternative for alternative in self.alternatives if isinstance(alternative, ModelOf))

    @cached_property
    def _kinds(self) -> tuple[str, dict[Any, ModelOf]] | None:
        """The property that shows the kind of an object, and the kind for each of its values."""
        for candidate in fields_of(self._models[0].kind):
            kinds: dict[Any, ModelOf] = {}
            for model in self._models:
                field = next((field for field in fields_of(model.kind) if field.name == candidate.name), None)
                if (
                    field is None
                    or not isinstance(field.codec, EnumOf | ConstOf)
                    or not kinds.keys().isdisjoint(field.codec.known)
                ):
                    break
                kinds.update(dict.fromkeys(field.codec.known, model))
            else:
                return candidate.name, kinds
        return None

    def _decode_object(self, value: Mapping[str, Any], where: str) -> Any:
        if self._kinds is not None:
            name, kinds = self._kinds
            kind = value.get(name)
            model = kinds.get(kind) if isinstance(kind, str | int) else None
            return UnknownObject(value) if model is None else model.decode(value, where)
        for model in self._models:
            try:
                return model.decode(value, where)
            except UnreadableError:
                continue
        return UnknownObject(value)
