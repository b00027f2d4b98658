"""What the generated models have in common: exact writing, lenient reading, and a repr that keeps people's data."""

import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, Self, TypeVar, cast

from .kinds import is_list, is_object
from .sealed import Sealed, sheltered
from .unset import UNSET

if TYPE_CHECKING:
    from .codecs import Codec

_M = TypeVar("_M", bound="Model")
_F = TypeVar("_F", bound="FreeForm[Any]")
V = TypeVar("V")


_PLAIN = re.compile(r"[A-Za-z0-9_.$-]{1,60}")


class UnreadableError(ValueError):
    """A JSON value does not have the form that the document gives it. The text names the place, never the value."""


class Field(NamedTuple):
    """One property of an object in the document."""

    attribute: str
    """The name in Python."""
    name: str
    """The name in JSON."""
    codec: "Codec"
    required: bool
    write_only: bool = False
    """Whether it is sent and never comes, so that it is UNSET in what was read."""


class _Readable:
    """What pydantic asks of a class."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Say to pydantic how a model is read and written, where pydantic is there."""
        from .pydantic_schemas import core_schema_of  # noqa: PLC0415 - pydantic is no dependency

        return core_schema_of(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> Any:
        """Say to pydantic what the JSON of a model looks like."""
        from .json_schemas import schema_of  # noqa: PLC0415 - nobody else needs it

        return schema_of(cls)


class Model(_Readable):
    """An object of the document. Properties that it does not name are kept in `additional_properties`."""

    __slots__ = ()

    _shown: ClassVar[frozenset[str]] = frozenset()
    _goes_out: ClassVar[bool] = False
    """Whether an operation sends it."""
    additional_properties: dict[str, Any]

    @classmethod
    def __spot_fields__(cls) -> tuple[Field, ...]:
        """The properties that the document names."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object, without what is `UNSET`. Raises TypeError or ValueError, naming the field."""
        return encode_model(self, "")

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], *, keep_unknown: bool | None = None) -> Self:
        """Read the JSON object.

        Args:
            src_dict: The object.
            keep_unknown: Whether properties that the document does not name are kept in `additional_properties`, or
                refused. By default what is sent refuses them, since a misspelt one would be lost on the server; what
                is received keeps them.

        Raises:
            UnreadableError: A ValueError that names the place, and the unknown property, but no value.

        """
        return sheltered(_from_dict, cls, Sealed(src_dict), keep_unknown=keep_unknown)

    def __repr__(self) -> str:
        shown = (f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({', '.join(shown)})"

    def __rich_repr__(self) -> Iterator[tuple[str, Any]]:
        # rich reads the fields itself where this is missing.
        for field in fields_of(type(self)):
            if field.name in self._shown and (value := getattr(self, field.attribute)) is not UNSET:
                yield field.attribute, value


class FreeForm(_Readable, MutableMapping[str, V], Generic[V]):
    """An object whose properties the document leaves open: a mapping that equals any mapping with the same content."""

    __slots__ = ("_content",)

    def __init__(self, content: Mapping[str, V] | None = None, /) -> None:
        """Take a copy of the content; keys must be texts and values whatever JSON can say."""
        self._content: dict[str, V] = dict(content or {})

    def __getitem__(self, key: str) -> V:
        return self._content[key]

    def __setitem__(self, key: str, value: V) -> None:
        self._content[key] = value

    def __delitem__(self, key: str) -> None:
        del self._content[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._content)

    def __len__(self) -> int:
        return len(self._content)

    def __eq__(self, other: object) -> bool:
        return is_object(other) and self._content == dict(other)

    __hash__ = None  # type: ignore[assignment]  # Mutable, as dict is.

    def __repr__(self) -> str:
        return f"{type(self).__name__}(<{len(self)} entries>)"

    def __sentry_repr__(self) -> str:
        # Sentry goes through the items of mappings where this is missing.
        return repr(self)

    @classmethod
    def __spot_values__(cls) -> "Codec":
        """What the document says of the values."""
        from .codecs import ANY  # noqa: PLC0415 - codecs imports this module

        return ANY

    @property
    def additional_properties(self) -> dict[str, V]:
        """The content, as models with named properties call it."""
        return self._content

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object. Raises TypeError or ValueError for what JSON cannot say."""
        return encode_free_form(type(self), self, type(self).__name__)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read the JSON object. Raises UnreadableError where the document says more about its values."""
        return decode_free_form(cls, src_dict, cls.__name__)


class OpenObject(dict[str, Any]):
    """The JSON of an open mapping: dotted names would lose the types of its values, so forms carry it as JSON."""


class UnknownObject(FreeForm[Any]):
    """An object of a kind that the document does not know yet, kept as it came."""

    __slots__ = ()


def own_copy(value: Mapping[str, Any]) -> dict[str, Any]:
    """The additional properties of a new model, which it shares with no other."""
    # What is no mapping is refused when it is sent, where the message can name the place.
    return dict(value) if is_object(value) else cast("dict[str, Any]", value)


_TO_MARK: list[Callable[[], None]] = []


def add_outgoing(mark: Callable[[], None]) -> None:
    """Take what marks the models that go out, for the first call of `from_dict`."""
    _TO_MARK.append(mark)


def _from_dict(model: type[_M], value: Sealed[Mapping[str, Any]], *, keep_unknown: bool | None) -> _M:
    made = decode_model(model, value.open(), "")
    while _TO_MARK:
        _TO_MARK[0]()
        _TO_MARK.clear()
    if not (keep_unknown if keep_unknown is not None else not model._goes_out):  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        refuse_unknown(made, "")
    return made


def refuse_unknown(model: Model, where: str) -> None:
    """Refuse properties that the document does not name, in the model and below. Raises UnreadableError."""
    fields = fields_of(type(model))
    for name in model.additional_properties:
        told = join(where, name) if _PLAIN.fullmatch(name) else f"{where or type(model).__name__}.(hidden)"
        from difflib import get_close_matches  # noqa: PLC0415 - for this one message

        near = get_close_matches(name, [field.name for field in fields], 1)
        advice = f"did you mean {near[0]}? " if near else ""
        raise UnreadableError(f"{told} is unknown: {advice}pass keep_unknown=True to keep it all the same")
    for field in fields:
        value = getattr(model, field.attribute)
        for item in value if is_list(value) else [value]:
            if isinstance(item, Model):
                refuse_unknown(item, join(where, field.name))


_FIELDS: dict[type[Model], tuple[Field, ...]] = {}


def fields_of(model: type[Model]) -> tuple[Field, ...]:
    """The fields of a model, read once: they name other models, whose modules may import this one's."""
    fields = _FIELDS.get(model)
    if fields is None:
        fields = _FIELDS[model] = model.__spot_fields__()
    return fields


def join(where: str, name: str) -> str:
    """The path of a property, as messages name it."""
    return f"{where}.{name}" if where else name


def encode_model(model: Model, where: str) -> dict[str, Any]:
    """The JSON object of a model; where is its path in messages."""
    result: dict[str, Any] = {}
    for attribute, name, codec, required, _ in fields_of(type(model)):
        value = getattr(model, attribute)
        if type(value) is str and codec.is_text and value.isascii():
            result[name] = value  # Most values there are, without the cost of a call.
        elif value is not UNSET:
            result[name] = codec.encode(value, join(where, name))
        elif required:
            raise ValueError(f"{join(where, name)} is required, so it cannot be UNSET.")
    if model.additional_properties:
        result.update(_encode_additional(model, where))
    return result


def _encode_additional(model: Model, where: str) -> dict[str, Any]:
    from .codecs import ANY  # noqa: PLC0415 - codecs imports this module

    added = ANY.encode(model.additional_properties, join(where, "additional_properties"))
    twice = added.keys() & {field.name for field in fields_of(type(model))}
    if twice:
        raise ValueError(f"{join(where, min(twice))} stands in additional_properties although it has a field.")
    return dict(added)


def decode_model(model: type[_M], value: Any, where: str) -> _M:
    """The model that a JSON object tells."""
    if not is_object(value):
        raise UnreadableError(f"{where or model.__name__} is not an object")
    rest = dict(value)
    arguments: dict[str, Any] = {}
    for attribute, name, codec, required, write_only in fields_of(model):
        raw = rest.pop(name, UNSET)
        if type(raw) is str and codec.is_text:
            arguments[attribute] = raw  # Most values there are, without the cost of a call.
        elif raw is not UNSET:
            arguments[attribute] = codec.decode(raw, join(where, name))
        elif write_only:
            arguments[attribute] = UNSET
        elif required:
            raise UnreadableError(f"{join(where, name)} is missing")
    result = model(**arguments)
    result.additional_properties.update(rest)
    return result


def encode_free_form(kind: type[FreeForm[Any]], value: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The JSON object of an open mapping."""
    from .codecs import check_key  # noqa: PLC0415 - codecs imports this module

    codec = kind.__spot_values__()
    # Keys of an open mapping are the caller's data: messages name the mapping alone.
    return OpenObject((check_key(key, where), codec.encode(item, f"{where}[…]")) for key, item in value.items())


def decode_free_form(kind: type[_F], value: Any, where: str) -> _F:
    """The open mapping that a JSON object tells."""
    if not is_object(value):
        raise UnreadableError(f"{where or 'the answer'} is not an object")
    codec = kind.__spot_values__()
    if codec.reads_anything:
        return kind(value)
    return kind({str(key): codec.decode(item, f"{where}[…]") for key, item in value.items()})
