"""How each kind of value in the document is written (exactly, or not at all) and read (leniently)."""

import datetime
import math
import uuid
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cached_property
from typing import Any

from .files import File
from .model import (
    FreeForm,
    Model,
    OpenObject,
    UnknownObject,
    UnreadableError,
    decode_free_form,
    decode_model,
    encode_free_form,
    encode_model,
    fields_of,
)
from .times import parse_date_time
from .unset import UNSET


class Codec:
    """Writes a value as JSON (TypeError, ValueError) and reads it from JSON (UnreadableError); messages hold no value."""

    expected = "a JSON value"

    def encode(self, value: object, where: str) -> Any:
        """The JSON value of what the caller gave; where is the path that messages name."""
        raise NotImplementedError

    def decode(self, value: object, where: str) -> Any:
        """What a JSON value tells."""
        raise NotImplementedError

    def refuse(self, value: object, where: str) -> TypeError:
        """The error for a value of another type."""
        return TypeError(f"{where} must be {self.expected}, not {_type_name(value)}.")

    def unreadable(self, where: str) -> UnreadableError:
        """The error for an answer of another form."""
        return UnreadableError(f"{where} is not {self.expected}")


def _type_name(value: object) -> str:
    if value is UNSET:
        return "UNSET"
    return "None" if value is None else type(value).__name__


def check_text(value: str, where: str) -> str:
    """The text, unless UTF-8 cannot say it. Raises ValueError."""
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError(f"{where} holds a lone surrogate, which UTF-8 cannot carry: repair the text first.")
    return value


def check_key(key: object, where: str) -> str:
    """The key of an object. JSON has text keys only, and a silent str() would change what was given."""
    if not isinstance(key, str):
        raise TypeError(f"{where} has a key of type {_type_name(key)}: keys must be str.")
    return check_text(key, where)


class _Any(Codec):
    def encode(self, value: object, where: str) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return check_text(value, where)
        if isinstance(value, int | float):
            return _number(value, where)
        if isinstance(value, Mapping):
            return OpenObject((check_key(key, where), self.encode(item, where)) for key, item in value.items())  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]
        if isinstance(value, list | tuple):
            return [self.encode(item, where) for item in value]  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]
        raise TypeError(
            f"{where} holds a value of type {_type_name(value)}, which JSON cannot say: give text, numbers, "
            "booleans, None, lists and dicts."
        )

    def decode(self, value: object, where: str) -> Any:  # noqa: ARG002 - the signature of all codecs
        return value


def _number(value: float, where: str) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{where} holds NaN or an infinity, which JSON cannot say.")
    return value


class _Text(Codec):
    expected = "text (str)"

    def encode(self, value: object, where: str) -> Any:
        if not isinstance(value, str):
            raise self.refuse(value, where)
        return check_text(value, where)

    def decode(self, value: object, where: str) -> Any:
        if not isinstance(value, str):
            raise self.unreadable(where)
        return value


class _Integer(Codec):
    expected = "an integer (int)"

    def encode(self, value: object, where: str) -> Any:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.refuse(value, where)
        return value

    def decode(self, value: object, where: str) -> Any:
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.unreadable(where)
        return value


class _Number(Codec):
    expected = "a number (int or float)"

    def encode(self, value: object, where: str) -> Any:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.refuse(value, where)
        return _number(value, where)

    def decode(self, value: object, where: str) -> Any:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.unreadable(where)
        return value


class _Boolean(Codec):
    expected = "True or False"

    def encode(self, value: object, where: str) -> Any:
        if not isinstance(value, bool):
            raise self.refuse(value, where)
        return value

    def decode(self, value: object, where: str) -> Any:
        if not isinstance(value, bool):
            raise self.unreadable(where)
        return value


class _Null(Codec):
    expected = "None"

    def encode(self, value: object, where: str) -> Any:
        if value is not None:
            raise self.refuse(value, where)

    def decode(self, value: object, where: str) -> Any:
        if value is not None:
            raise self.unreadable(where)


class _DateTime(Codec):
    expected = "a datetime with an offset"

    def encode(self, value: object, where: str) -> Any:
        if not isinstance(value, datetime.datetime):
            raise self.refuse(value, where)
        if value.utcoffset() is None:
            raise ValueError(f"{where} has no offset: give it one, for example datetime.now(UTC).")
        return value.isoformat()

    def decode(self, value: object, where: str) -> Any:
        if isinstance(value, str):
            try:
                return parse_date_time(value)
            except ValueError:
                pass
        raise self.unreadable(where)


class _Date(Codec):
    expected = "a date"

    def encode(self, value: object, where: str) -> Any:
        if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
            raise self.refuse(value, where)
        return value.isoformat()

    def decode(self, value: object, where: str) -> Any:
        if isinstance(value, str) and len(value) == len("2023-01-01") and "W" not in value:
            try:
                return datetime.date.fromisoformat(value)
            except ValueError:
                pass
        raise self.unreadable(where)


class _Uuid(Codec):
    expected = "a UUID"

    def encode(self, value: object, where: str) -> Any:
        if not isinstance(value, uuid.UUID):
            raise self.refuse(value, where)
        return str(value)

    def decode(self, value: object, where: str) -> Any:
        if isinstance(value, str):
            try:
                return uuid.UUID(value)
            except ValueError:
                pass
        raise self.unreadable(where)


class _File(Codec):
    expected = "a File"

    def encode(self, value: object, where: str) -> Any:
        if not isinstance(value, File):
            raise self.refuse(value, where)
        return value

    def decode(self, value: object, where: str) -> Any:
        if not isinstance(value, bytes):
            raise self.unreadable(where)
        return File(payload=value)


ANY, TEXT, INTEGER, NUMBER, BOOLEAN, NULL = _Any(), _Text(), _Integer(), _Number(), _Boolean(), _Null()
DATE_TIME, DATE, UUID, FILE = _DateTime(), _Date(), _Uuid(), _File()


class ConstOf(Codec):
    """The one value that the document allows."""

    def __init__(self, value: object) -> None:
        """Take the value."""
        self._value = value
        self.expected = f"the constant {value!r}"

    def encode(self, value: object, where: str) -> Any:
        if value != self._value:
            raise ValueError(f"{where} must be {self.expected}.")
        return value

    def decode(self, value: object, where: str) -> Any:  # noqa: ARG002 - the signature of all codecs
        return value


class EnumOf(Codec):
    """A value of an enumeration: written when known or given as a member, read even when unknown."""

    def __init__(self, kind: type[Enum]) -> None:
        """Take an open enumeration of the package."""
        self.kind = kind
        self.known = frozenset(member.value for member in kind)
        self.expected = f"one of {', '.join(str(member.value) for member in kind)} ({kind.__name__})"
        self._json: type = str if issubclass(kind, str) else int

    def encode(self, value: object, where: str) -> Any:
        if isinstance(value, self.kind):
            return check_text(value.value, where) if isinstance(value.value, str) else value.value
        if isinstance(value, Enum) or not isinstance(value, self._json) or isinstance(value, bool):
            raise self.refuse(value, where)
        if value not in self.known:
            raise ValueError(f"{where} must be {self.expected}.")
        return value

    def decode(self, value: object, where: str) -> Any:
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

    def encode(self, value: object, where: str) -> Any:
        if not isinstance(value, list | tuple):
            raise self.refuse(value, where)
        return [self.item.encode(item, f"{where}[{index}]") for index, item in enumerate(value)]  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]

    def decode(self, value: object, where: str) -> Any:
        if not isinstance(value, list):
            raise self.unreadable(where)
        return [self.item.decode(item, f"{where}[{index}]") for index, item in enumerate(value)]  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]


class ModelOf(Codec):
    """An object with named properties."""

    def __init__(self, kind: type[Model]) -> None:
        """Take the model's class."""
        self.kind = kind
        self.expected = f"an object ({kind.__name__})"

    def encode(self, value: object, where: str) -> Any:
        if not isinstance(value, self.kind):
            raise self.refuse(value, where)
        return encode_model(value, where)

    def decode(self, value: object, where: str) -> Any:
        return decode_model(self.kind, value, where)


class FreeFormOf(Codec):
    """An open mapping; any mapping is written."""

    def __init__(self, kind: type[FreeForm]) -> None:
        """Take the mapping's class."""
        self.kind = kind
        self.expected = f"a mapping ({kind.__name__})"

    def encode(self, value: object, where: str) -> Any:
        if not isinstance(value, Mapping):
            raise self.refuse(value, where)
        return encode_free_form(self.kind, value, where)  # pyright: ignore[reportUnknownArgumentType]

    def decode(self, value: object, where: str) -> Any:
        return decode_free_form(self.kind, value, where)


class OneOf(Codec):
    """Alternatives. Kinds of object are told apart by the property that has other values in each of them."""

    def __init__(self, *alternatives: Codec) -> None:
        """Take the codecs in the document's order."""
        self.alternatives = alternatives
        self.expected = " or ".join(alternative.expected for alternative in alternatives)

    def encode(self, value: object, where: str) -> Any:
        mistake: ValueError | None = None
        for alternative in self.alternatives:
            try:
                return alternative.encode(value, where)
            except TypeError as error:
                if isinstance(alternative, ModelOf) and isinstance(value, alternative.kind):
                    raise type(error)(*error.args) from None
            except ValueError as error:
                mistake = error
        if isinstance(value, UnknownObject):
            return encode_free_form(UnknownObject, value, where)
        if mistake is not None:
            raise ValueError(*mistake.args)
        raise self.refuse(value, where)

    def decode(self, value: object, where: str) -> Any:
        models = self._models
        if isinstance(value, Mapping) and len(models) > 1:
            return self._decode_object(value, where)  # pyright: ignore[reportUnknownArgumentType]
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
        """The property that tells the kinds apart, and the kind that each of its values means."""
        for candidate in fields_of(self._models[0].kind):
            kinds: dict[Any, ModelOf] = {}
            for model in self._models:
                field = next((field for field in fields_of(model.kind) if field.name == candidate.name), None)
                if (
                    field is None
                    or not isinstance(field.codec, EnumOf)
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


Lazy = Callable[[], Codec]
