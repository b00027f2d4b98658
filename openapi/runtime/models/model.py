"""The base class of all models: exact writing, lenient reading, and a repr without personal data."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, NamedTuple, Self, TypeVar, cast

from ..values.kinds import is_list, is_object
from ..values.sealed import Sealed, drop_frames
from ..values.unset import UNSET
from .codecs import ANY, Codec, UnreadableError
from .pydantic_schemas import PydanticField

_M = TypeVar("_M", bound="Model")

_PLAIN = r"[A-Za-z0-9_.$-]{1,60}"


class Field(NamedTuple):
    """One property of an object in the document."""

    attribute: str
    """The name in Python."""
    name: str
    """The name in JSON."""
    codec: Codec
    required: bool
    write_only: bool = False
    """Whether it is only sent. It is UNSET in models that were read."""
    read_only: bool = False
    """Whether it is only received. It is left out when a model that was read is sent again."""


class Model(PydanticField):
    """An object of the document. Properties that the document does not name are kept in `additional_properties`."""

    __slots__ = ()

    _shown: ClassVar[frozenset[str]] = frozenset()
    _goes_out: ClassVar[bool] = False
    """Whether an operation sends the model."""
    additional_properties: dict[str, Any]

    @classmethod
    def __spot_fields__(cls) -> tuple[Field, ...]:
        """The properties that the document names."""
        raise NotImplementedError

    @classmethod
    def __spot_schema__(cls) -> dict[str, Any]:
        """The JSON Schema, including the schemas of the models inside."""
        return schema_of(cls, ())

    def to_dict(self) -> dict[str, Any]:
        """Return the model as a JSON object.

        Returns:
            A dict of JSON values by the document's names. Fields that are `UNSET` are left out.

        Raises:
            TypeError: A value has the wrong type. The message names the field.
            ValueError: A value cannot be written, or a required field is UNSET. The message names the field.

        """
        return drop_frames(encode_model)(self, "")

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], *, keep_unknown: bool | None = None) -> Self:
        """Create a model from a JSON object.

        Args:
            src_dict: The object, with the document's names as keys.
            keep_unknown: True keeps properties that the document does not name in `additional_properties`, False
                refuses them. By default, models that are sent refuse them, because the server would ignore a misspelt
                name, and models that are received keep them.

        Returns:
            The model.

        Raises:
            UnreadableError: A property is missing, unknown or has the wrong type. A ValueError; its message names the
                place, never the value.

        """
        given = Sealed(src_dict)
        del src_dict
        return _from_dict(cls, given, keep_unknown=keep_unknown)

    # Shared by all models: attrs would compile one for each class when the package is imported.
    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        names = [*(field.attribute for field in fields_of(type(self))), "additional_properties"]
        return all(getattr(self, name) == getattr(other, name) for name in names)

    __hash__ = None  # type: ignore[assignment]  # Mutable, as dict is.

    def __repr__(self) -> str:
        shown = (f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({', '.join(shown)})"

    def __rich_repr__(self) -> Iterator[tuple[str, Any]]:
        # Without this method, rich would read the fields itself.
        for field in fields_of(type(self)):
            if field.name in self._shown and (value := getattr(self, field.attribute)) is not UNSET:
                yield field.attribute, value


def own_copy(value: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the additional properties, so that no two models share them."""
    # A value of another type is refused when it is sent, because only that message can name the place.
    return dict(value) if is_object(value) else cast("dict[str, Any]", value)


_TO_MARK: list[Callable[[], None]] = []


def add_outgoing(mark: Callable[[], None]) -> None:
    """Register a function that marks the models that are sent. The first `from_dict` calls it."""
    _TO_MARK.append(mark)


@drop_frames
def _from_dict(model: type[_M], value: Sealed[Mapping[str, Any]], *, keep_unknown: bool | None) -> _M:
    made = decode_model(model, value.open(), "")
    while _TO_MARK:
        _TO_MARK[0]()
        _TO_MARK.clear()
    if not (keep_unknown if keep_unknown is not None else not model._goes_out):  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        refuse_unknown(made, "")
    return made


def refuse_unknown(model: Model, where: str) -> None:
    """Refuse properties that the document does not name, in the model and inside it. Raises UnreadableError."""
    fields = fields_of(type(model))
    for name in model.additional_properties:
        place = join(where, name) if re.fullmatch(_PLAIN, name) else f"{where or type(model).__name__}.(hidden)"
        from difflib import get_close_matches  # noqa: PLC0415 - for this one message

        near = get_close_matches(name, [field.name for field in fields], 1)
        advice = f"did you mean {near[0]}? Otherwise " if near else ""
        raise UnreadableError(f"{place} is unknown: {advice}pass keep_unknown=True to keep it")
    for field in fields:
        value = getattr(model, field.attribute)
        for item in value if is_list(value) else [value]:
            if isinstance(item, Model):
                refuse_unknown(item, join(where, field.name))


_FIELDS: dict[type[Model], tuple[Field, ...]] = {}


def fields_of(model: type[Model]) -> tuple[Field, ...]:
    """The fields of a model, read on first use: the modules of models inside it may not have been imported before."""
    fields = _FIELDS.get(model)
    if fields is None:
        fields = _FIELDS[model] = model.__spot_fields__()
    return fields


def join(where: str, name: str) -> str:
    """The path of a property in messages."""
    return f"{where}.{name}" if where else name


def encode_model(model: Model, where: str) -> dict[str, Any]:
    """Write a model as a JSON object; `where` is its path in messages."""
    result: dict[str, Any] = {}
    for attribute, name, codec, required, _, _ in fields_of(type(model)):
        value = getattr(model, attribute)
        if type(value) is str and codec.is_text and value.isascii():
            result[name] = value  # Most values, without the cost of a call.
        elif value is not UNSET:
            result[name] = codec.encode(value, join(where, name))
        elif required:
            raise ValueError(f"{join(where, name)} is required, so it cannot be UNSET.")
    if model.additional_properties:
        result.update(_encode_additional(model, where))
    return result


def _encode_additional(model: Model, where: str) -> dict[str, Any]:
    added = ANY.encode(model.additional_properties, join(where, "additional_properties"))
    duplicates = added.keys() & {field.name for field in fields_of(type(model))}
    if duplicates:
        raise ValueError(
            f"{join(where, min(duplicates))} is in additional_properties: set the field of that name instead."
        )
    return dict(added)


def decode_model(model: type[_M], value: Any, where: str) -> _M:
    """Read a model from a JSON object; `where` is its path in messages."""
    if not is_object(value):
        raise UnreadableError(f"{where or model.__name__} is not an object")
    rest = dict(value)
    arguments: dict[str, Any] = {}
    for attribute, name, codec, required, write_only, _ in fields_of(model):
        raw = rest.pop(name, UNSET)
        if type(raw) is str and codec.is_text:
            arguments[attribute] = raw  # Most values, without the cost of a call.
        elif raw is not UNSET:
            arguments[attribute] = codec.decode(raw, join(where, name))
        elif write_only:
            arguments[attribute] = UNSET
        elif required:
            raise UnreadableError(f"{join(where, name)} is missing")
    result = model(**arguments)
    result.additional_properties.update(rest)
    return result


def schema_of(model: type[Model], above: tuple[type, ...]) -> dict[str, Any]:
    """The JSON Schema of a model, including the models inside it. A model inside itself is left open."""
    if model in above:
        return {"title": model.__name__, "type": "object"}
    fields = fields_of(model)
    schema: dict[str, Any] = {
        "title": model.__name__,
        "type": "object",
        "properties": {field.name: field.codec.schema((*above, model)) for field in fields},
    }
    required = [field.name for field in fields if field.required]
    return {**schema, "required": required} if required else schema
