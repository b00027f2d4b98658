"""Codecs of single values. They write a value exactly or not at all, and read leniently."""

import datetime as dt
import math
from collections.abc import Callable, Mapping
from typing import Any

from ..values.files import File
from ..values.kinds import is_list, is_object
from ..values.times import parse_date_time
from ..values.unset import UNSET


class UnreadableError(ValueError):
    """A JSON value does not have the form that the document describes.

    The message names the place, never the value. Raised by `from_dict`. An unreadable response of the server raises
    `OutcomeUnknownError` instead.
    """


class OpenObject(dict[str, Any]):
    """The JSON of an open mapping. Forms carry it as JSON text, because dotted names would lose the types of values."""


class WrongTypeError(TypeError):
    """The value at `where` has the wrong type, as opposed to a value inside it."""

    def __init__(self, message: str, where: str) -> None:
        super().__init__(message)
        self.where = where


class Codec:
    """Writes a value as JSON (TypeError, ValueError) and reads it (UnreadableError). Messages contain no value."""

    expected = "a JSON value"
    """The expected value, as messages describe it."""
    reads_anything = False
    """Whether decode returns every value unchanged."""
    is_text = False
    """Whether every str is written and read unchanged."""
    json_schema: Mapping[str, Any] = {}
    """The JSON Schema of the values, where it does not depend on the enclosing models."""

    def encode(self, value: Any, where: str) -> Any:
        """Convert a caller's value to JSON; `where` is its path in messages."""
        raise NotImplementedError

    def decode(self, value: Any, where: str) -> Any:
        """Convert a JSON value to Python; `where` is its path in messages."""
        raise NotImplementedError

    def schema(self, above: tuple[type, ...]) -> dict[str, Any]:  # noqa: ARG002 - objects use it
        """The JSON Schema of the values. `above` holds the enclosing models, which are not described again."""
        return dict(self.json_schema)

    def wrong_type(self, value: Any, where: str) -> WrongTypeError:
        """The error for a caller's value of another type."""
        return WrongTypeError(f"{where or 'body'} must be {self.expected}, not {_type_name(value)}.", where)

    def unreadable(self, where: str) -> UnreadableError:
        """The error for a JSON value of another form."""
        return UnreadableError(f"{where or 'the body'} is not {self.expected}")


def _type_name(value: object) -> str:
    if value is UNSET:
        return "UNSET"
    return "None" if value is None else type(value).__name__


def check_text(value: str, where: str) -> str:
    """The text, if UTF-8 can encode it. Raises ValueError."""
    if not value.isascii() and not _is_encodable(value):
        raise ValueError(f"{where} contains a lone surrogate, which UTF-8 cannot encode: correct the text.")
    # str() would write a member of a `class Kind(str, Enum)` as "Kind.NAME".
    return value if type(value) is str else str.__str__(value)


def _is_encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_key(key: object, where: str) -> str:
    """The key of an object. JSON allows only text, and a silent str() would change the caller's data."""
    if not isinstance(key, str):
        raise TypeError(f"{where} has a key of type {_type_name(key)}: keys must be str.")
    return check_text(key, where)


def _check_number(value: float, where: str) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{where} contains NaN or an infinity, which JSON cannot represent.")
    if isinstance(value, int) and value.bit_length() > _SURELY_WRITABLE_BITS and not _is_writable(value):
        raise ValueError(f"{where} contains an integer with more digits than Python can write.")
    return value


_SURELY_WRITABLE_BITS = 2000


def _is_writable(value: int) -> bool:
    try:
        int.__repr__(value)
    except ValueError:
        return False
    return True


class _Any(Codec):
    reads_anything = True

    def encode(self, value: Any, where: str) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return check_text(value, where)
        if isinstance(value, int | float):
            return _check_number(value, where)
        if is_object(value):
            return OpenObject((check_key(key, where), self.encode(item, where)) for key, item in value.items())
        if is_list(value):
            return [self.encode(item, where) for item in value]
        raise TypeError(
            f"{where} contains a value of type {_type_name(value)}, which JSON cannot represent: use "
            "str, numbers, booleans, None, lists and dicts."
        )

    def decode(self, value: Any, where: str) -> Any:  # noqa: ARG002 - the signature of all codecs
        return value


def _unchanged(value: Any, where: str) -> Any:  # noqa: ARG001 - the signature of all checks
    return value


class _Scalar(Codec):
    """A text, number, boolean or null, which is the same in JSON and Python."""

    def __init__(
        self, expected: str, json_type: str, *kinds: type, check: Callable[[Any, str], Any] = _unchanged
    ) -> None:
        self.expected = expected
        self.is_text = json_type == "string"
        self.json_schema = {"type": json_type}
        self._kinds = kinds
        self._check = check

    def _accepts(self, value: object) -> bool:
        # A bool is an int, but not a number in JSON.
        return isinstance(value, self._kinds) and (bool in self._kinds or not isinstance(value, bool))

    def encode(self, value: Any, where: str) -> Any:
        if not self._accepts(value):
            raise self.wrong_type(value, where)
        return self._check(value, where)

    def decode(self, value: Any, where: str) -> Any:
        if not self._accepts(value):
            raise self.unreadable(where)
        return value


class _Integer(_Scalar):
    def decode(self, value: Any, where: str) -> Any:
        return super().decode(int(value) if isinstance(value, float) and value.is_integer() else value, where)


class _TextFormat(Codec):
    """A Python object that JSON represents as text."""

    def parse(self, text: str) -> Any:
        """The object of a text. Raises ValueError."""
        raise NotImplementedError

    def decode(self, value: Any, where: str) -> Any:
        if isinstance(value, str):
            try:
                return self.parse(value)
            except ValueError:
                pass
        raise self.unreadable(where)


class _DateTime(_TextFormat):
    expected = "a datetime with an offset"
    json_schema: Mapping[str, Any] = {"type": "string", "format": "date-time"}

    def encode(self, value: Any, where: str) -> Any:
        if not isinstance(value, dt.datetime):
            raise self.wrong_type(value, where)
        if value.utcoffset() is None:
            raise ValueError(f"{where} has no offset: pass an aware datetime, for example datetime.now(UTC).")
        return value.isoformat()

    def parse(self, text: str) -> dt.datetime:
        return parse_date_time(text)


class _Date(_TextFormat):
    expected = "a date"
    json_schema: Mapping[str, Any] = {"type": "string", "format": "date"}

    def encode(self, value: Any, where: str) -> Any:
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise self.wrong_type(value, where)
        return value.isoformat()

    def parse(self, text: str) -> dt.date:
        # `fromisoformat` also accepts 20230101 and 2023-W01-1.
        if len(text) != len("2023-01-01") or "W" in text:
            raise ValueError("not an RFC 3339 date")
        return dt.date.fromisoformat(text)


class _Uuid(_TextFormat):
    expected = "a UUID"
    json_schema: Mapping[str, Any] = {"type": "string", "format": "uuid"}

    def encode(self, value: Any, where: str) -> Any:
        import uuid  # noqa: PLC0415 - few documents need it, and its import is slow

        if not isinstance(value, uuid.UUID):
            raise self.wrong_type(value, where)
        return str(value)

    def parse(self, text: str) -> Any:
        import uuid  # noqa: PLC0415 - as above

        return uuid.UUID(text)


class _File(Codec):
    expected = "a File"
    json_schema: Mapping[str, Any] = {"type": "string", "format": "binary"}

    def encode(self, value: Any, where: str) -> Any:
        if not isinstance(value, File):
            raise self.wrong_type(value, where)
        return value

    def decode(self, value: Any, where: str) -> Any:
        if not isinstance(value, bytes):
            raise self.unreadable(where)
        return File(payload=value)


ANY = _Any()
TEXT = _Scalar("text (str)", "string", str, check=check_text)
INTEGER = _Integer("an integer (int)", "integer", int, check=_check_number)
NUMBER = _Scalar("a number (int or float)", "number", int, float, check=_check_number)
BOOLEAN = _Scalar("True or False", "boolean", bool)
NULL = _Scalar("None", "null", type(None))
DATE_TIME, DATE, UUID, FILE = _DateTime(), _Date(), _Uuid(), _File()


class ConstOf(Codec):
    """The only value that the document allows."""

    def __init__(self, value: object) -> None:
        """Take the value."""
        self._value = value
        self.known = frozenset([value])
        self.expected = f"the constant {value!r}"
        self.json_schema = {"const": value}

    def encode(self, value: Any, where: str) -> Any:
        if value != self._value:
            raise ValueError(f"{where} must be {self.expected}.")
        return value

    def decode(self, value: Any, where: str) -> Any:  # noqa: ARG002 - the signature of all codecs
        return value
