"""Codecs of enumerations, lists and objects. They write a value exactly or not at all, and read leniently."""

from collections.abc import Mapping
from enum import Enum
from functools import cached_property
from typing import Any

from ..values.kinds import is_list, is_object
from .codecs import Codec, ConstOf, UnreadableError, WrongTypeError, check_text
from .enums import OpenIntEnum, OpenStrEnum
from .free_form import FreeForm, UnknownObject, decode_free_form, encode_free_form
from .model import Model, decode_model, encode_model, fields_of, schema_of


class EnumOf(Codec):
    """A value of an enumeration. Listed values and members are written; unlisted values are read, too."""

    def __init__(self, kind: type[OpenStrEnum | OpenIntEnum]) -> None:
        """Take an open enumeration."""
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
            raise self.wrong_type(value, where)
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
    """A list. Order and duplicates are kept."""

    expected = "a list"

    def __init__(self, item: Codec) -> None:
        """Take the codec of the items."""
        self.item = item

    def schema(self, above: tuple[type, ...]) -> dict[str, Any]:
        return {"type": "array", "items": self.item.schema(above)}

    def encode(self, value: Any, where: str) -> Any:
        if not is_list(value):
            raise self.wrong_type(value, where)
        return [self.item.encode(item, f"{where}[{index}]") for index, item in enumerate(value)]

    def decode(self, value: Any, where: str) -> Any:
        if not is_list(value):
            raise self.unreadable(where)
        return [self.item.decode(item, f"{where}[{index}]") for index, item in enumerate(value)]


class ModelOf(Codec):
    """An object with named properties."""

    def __init__(self, kind: type[Model]) -> None:
        """Take the class of the model."""
        self.kind = kind
        self.expected = f"an object ({kind.__name__})"

    def schema(self, above: tuple[type, ...]) -> dict[str, Any]:
        return schema_of(self.kind, above)

    def encode(self, value: Any, where: str) -> Any:
        if not isinstance(value, self.kind):
            raise self.wrong_type(value, where)
        return encode_model(value, where)

    def decode(self, value: Any, where: str) -> Any:
        return decode_model(self.kind, value, where)


class FreeFormOf(Codec):
    """An open mapping. Any mapping can be written."""

    def __init__(self, kind: type[FreeForm[Any]]) -> None:
        """Take the class of the mapping."""
        self.kind = kind
        self.expected = f"a mapping ({kind.__name__})"

    def schema(self, above: tuple[type, ...]) -> dict[str, Any]:  # noqa: ARG002 - objects use it
        return self.kind.__spot_schema__()

    def encode(self, value: Any, where: str) -> Any:
        if not is_object(value):
            raise self.wrong_type(value, where)
        return encode_free_form(self.kind, value, where)

    def decode(self, value: Any, where: str) -> Any:
        return decode_free_form(self.kind, value, where)


class OneOf(Codec):
    """Alternatives. A property with different values in all of them is the discriminator."""

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
            except WrongTypeError as error:
                # An error inside the object means that this was the right alternative.
                if error.where != where:
                    raise
        if isinstance(value, UnknownObject):
            return encode_free_form(UnknownObject, value, where)
        raise self.wrong_type(value, where)

    def decode(self, value: Any, where: str) -> Any:
        models = self._models
        if is_object(value) and len(models) > 1:
            return self._decode_object(value, where)
        reason: UnreadableError | None = None
        for alternative in self.alternatives:
            try:
                return alternative.decode(value, where)
            except UnreadableError as error:
                # What is missing from an object says more than "is not None".
                reason = error if reason is None or isinstance(alternative, ModelOf) else reason
        raise reason or self.unreadable(where)

    @cached_property
    def _models(self) -> tuple[ModelOf, ...]:
        return tuple(alternative for alternative in self.alternatives if isinstance(alternative, ModelOf))

    @cached_property
    def _kinds(self) -> tuple[str, dict[Any, ModelOf]] | None:
        """The name of the discriminator, and the model for each of its values."""
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
