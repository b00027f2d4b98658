"""How single values are written (exactly, or not at all) and read (leniently)."""

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any, ClassVar

from ..values.files import File
from ..values.kinds import is_list, is_object
from ..values.times import parse_date_time
from ..values.unset import UNSET


class UnreadableError(ValueError):
    """A JSON value does not have the form that the document gives it.

    The text names the place, never the value. Raised by `from_dict`; an unreadable answer of the server raises
    `OutcomeUnknownError` instead.
    """


class OpenObject(dict[str, Any]):
    """The JSON of an open mapping: dotted names would lose the types of its values, so forms carry it as JSON."""


class RefusedError(TypeError):
    """The value at `where` itself has the wrong type, not one inside it."""

    def __init__(self, message: str, where: str) -> None:
        super().__init__(message)
        self.where = where


class Codec:
    """Writes a value as JSON (TypeError, ValueError) and reads it (UnreadableError); messages hold no value."""

    expected = "a JSON value"
    reads_anything = False
    """Whether decode gives every value back as it is."""
    is_text = False
    """Whether each text is written and read as it is."""
    json_schema: ClassVar[Mapping[str, Any]] = {}
    """The JSON Schema of the values, where it does not depend on the document."""

    def encode(self, value: Any, where: str) -> Any:
        """The JSON value of what the caller gave; where is the path that messages name."""
        raise NotImplementedError

    def decode(self, value: Any, where: str) -> Any:
        """The Python value of a JSON value."""
        raise NotImplementedError

    def schema(self, above: tuple[type, ...]) -> dict[str, Any]:  # noqa: ARG002 - objects use it
        """The JSON Schema of the values; above holds the models around them, which are not described again."""
        return dict(self.json_schema)

    def refuse(self, value: Any, where: str) -> "RefusedError":
        """The error for a value of another type."""
        return RefusedError(f"{where or 'body'} must be {self.expected}, not {_type_name(value)}.", where)

    def unreadable(self, where: str) -> UnreadableError:
        """The error for an answer of another form."""
        return UnreadableError(f"{where or 'the answer'} is not {self.expected}")


def _type_name(value: object) -> str:
    if value is UNSET:
        return "UNSET"
    return "None" if value is None else type(value).__name__


def check_text(value: str, where: str) -> str:
    """The text, unless UTF-8 cannot encode it. Raises ValueError."""
    if not value.isascii() and not _is_writable_text(value):
        raise ValueError(f"{where} holds a lone surrogate, which UTF-8 cannot encode: repair the text first.")
    # str() would write a member of a `class Kind(str, Enum)` as "Kind.NAME".
    return value if type(value) is str else str.__str__(value)


def _is_writable_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_key(key: object, where: str) -> str:
    """The key of an object. JSON has text keys only, and a silent str() would change what was given."""
    if not isinstance(key, str):
        raise TypeError(f"{where} has a key of type {_type_name(key)}: keys must be str.")
    return check_text(key, where)


class _Any(Codec):
    reads_anything = True

    def encode(self, value: Any, where: str) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return check_text(value, where)
        if isinstance(value, int | float):
            return _number(value, where)
        if is_object(value):
            return OpenObject((check_key(key, where), self.encode(item, where)) for key, item in value.items())
        if is_list(value):
            return [self.encode(item, where) for item in value]
        raise TypeError(
            f"{where} holds a value of type {_type_name(value)}, which JSON cannot represent: use "
            "str, numbers, booleans, None, lists and dicts."
        )

    def decode(self, value: Any, where: str) -> Any:  # noqa: ARG002 - the signature of all codecs
        return value


def _number(value: float, where: str) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{where} holds NaN or an infinity, which JSON cannot represent.")
    if isinstance(value, int) and value.bit_length() > _SURELY_WRITABLE_BITS and not _is_writable(value):
        raise ValueError(f"{where} holds an integer of more digits than Python writes.")
    return value


_SURELY_WRITABLE_BITS = 2000


def _is_writable(value: int) -> bool:
    try:
        int.__repr__(value)
    except ValueError:
        return False
    return True


class _Text(Codec):
    expected = "text (str)"
    json_schema: ClassVar[Mapping[str, Any]] = {"type": "string"}
    is_text = True

    def encode(self, value: Any, where: str) -> Any:
        if not isinstance(value, str):
            raise self.refuse(value, where)
        return check_text(value, where)

    def decode(self, value: Any, where: str) -> Any:
        if not isinstance(value, str):
            raise self.unreadable(where)
        return value


class _Integer(Codec):
    expected = "an integer (int)"
    json_schema: ClassVar[Mapping[str, Any]] = {"type": "integer"}

    def encode(self, value: Any, where: str) -> Any:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.refuse(value, where)
        return _number(value, where)

    def decode(self, value: Any, where: str) -> Any:
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.unreadable(where)
        return value


class _Number(Codec):
    expected = "a number (int or float)"
    json_schema: ClassVar[Mapping[str, Any]] = {"type": "number"}

    def encode(self, value: Any, where: str) -> Any:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.refuse(value, where)
        return _number(value, where)

    def decode(self, value: Any, where: str) -> Any:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.unreadable(where)
        return value


class _Boolean(Codec):
    expected = "True or False"
    json_schema: ClassVar[Mapping[str, Any]] = {"type": "boolean"}

    def encode(self, value: Any, where: str) -> Any:
        if not isinstance(value, bool):
            raise self.refuse(value, where)
        return value

    def decode(self, value: Any, where: str) -> Any:
        if not isinstance(value, bool):
            raise self.unreadable(where)
        return value


class _Null(Codec):
    expected = "None"
    json_schema: ClassVar[Mapping[str, Any]] = {"type": "null"}

    def encode(self, value: Any, where: str) -> Any:
        if value is not None:
            raise self.refuse(value, where)

    def decode(self, value: Any, where: str) -> Any:
        if value is not None:
            raise self.unreadable(where)


class _DateTime(Codec):
    expected = "a datetime with an offset"
    json_schema: ClassVar[Mapping[str, Any]] = {"type": "string", "format": "date-time"}

    def encode(self, value: Any, where: str) -> Any:
        if not isinstance(value, dt.datetime):
            raise self.refuse(value, where)
        if value.utcoffset() is None:
            raise ValueError(f"{where} has no offset: give it one, for example datetime.now(UTC).")
        return value.isoformat()

    def decode(self, value: Any, where: str) -> Any:
        if isinstance(value, str):
            try:
                return parse_date_time(value)
            except ValueError:
                pass
        raise self.unreadable(where)


class _Date(Codec):
    expected = "a date"
    json_schema: ClassVar[Mapping[str, Any]] = {"type": "string", "format": "date"}

    def encode(self, value: Any, where: str) -> Any:
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise self.refuse(value, where)
        return value.isoformat()

    def decode(self, value: Any, where: str) -> Any:
        if isinstance(value, str) and len(value) == len("2023-01-01") and "W" not in value:
            try:
                return dt.date.fromisoformat(value)
            except ValueError:
                pass
        raise self.unreadable(where)


class _Uuid(Codec):
    expected = "a UUID"
    json_schema: ClassVar[Mapping[str, Any]] = {"type": "string", "format": "uuid"}

    def encode(self, value: Any, where: str) -> Any:
        import uuid  # noqa: PLC0415 - few documents have one, and its import takes a while

        if not isinstance(value, uuid.UUID):
            raise self.refuse(value, where)
        return str(value)

    def decode(self, value: Any, where: str) -> Any:
        import uuid  # noqa: PLC0415 - as above

        if isinstance(value, str):
            try:
                return uuid.UUID(value)
            except ValueError:
                pass
        raise self.unreadable(where)


class _File(Codec):
    expected = "a File"
    json_schema: ClassVar[Mapping[str, Any]] = {"type": "string", "format": "binary"}

    def encode(self, value: Any, where: str) -> Any:
        if not isinstance(value, File):
            raise self.refuse(value, where)
        return value

    def decode(self, value: Any, where: str) -> Any:
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
        self.known = frozenset([value])
        self.expected = f"the constant {value!r}"

    def schema(self, above: tuple[type, ...]) -> dict[str, Any]:  # noqa: ARG002 - objects use it
        return {"const": self._value}

    def encode(self, value: Any, where: str) -> Any:
        if value != self._value:
            raise ValueError(f"{where} must be {self.expected}.")
        return value

    def decode(self, value: Any, where: str) -> Any:  # noqa: ARG002 - the signature of all codecs
        return value
