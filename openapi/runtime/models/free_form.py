"""Objects whose properties the document leaves open: mappings that keep what they hold out of every repr."""

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, Generic, Self, TypeVar

from ..values.kinds import is_object
from .codecs import ANY, Codec, OpenObject, UnreadableError, check_key
from .pydantic_schemas import PydanticField

_F = TypeVar("_F", bound="FreeForm[Any]")
V = TypeVar("V")


class FreeForm(PydanticField, MutableMapping[str, V], Generic[V]):
    """An object whose properties the document leaves open: a mapping that equals any mapping with the same content."""

    __slots__ = ("__weakref__", "_content")

    def __init__(self, content: Mapping[str, V] | None = None, /) -> None:
        """Make a mapping.

        Args:
            content: What it holds; it is copied. Keys must be str, values JSON values.

        """
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

    @classmethod
    def __spot_schema__(cls) -> dict[str, Any]:
        """The JSON Schema: any object."""
        return {"title": cls.__name__, "type": "object"}

    def __sentry_repr__(self) -> str:
        # Without this method Sentry would read the items.
        return repr(self)

    @classmethod
    def __spot_values__(cls) -> Codec:
        """What the document says of the values."""
        return ANY

    @property
    def additional_properties(self) -> dict[str, V]:
        """The content as a dict, under the name that models with named properties use."""
        return self._content

    def to_dict(self) -> dict[str, Any]:
        """Return the mapping as a JSON object.

        Returns:
            A dict of JSON values.

        Raises:
            TypeError: A key is no str, or a value has a type that JSON does not have.
            ValueError: A value cannot be written as JSON, such as NaN.

        """
        return encode_free_form(type(self), self, type(self).__name__)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Make a mapping of a JSON object.

        Args:
            src_dict: The object.

        Returns:
            The mapping.

        Raises:
            UnreadableError: It is no object, or a value has another type than the document says.

        """
        return decode_free_form(cls, src_dict, cls.__name__)


class UnknownObject(FreeForm[Any]):
    """An object of a kind that the document does not describe, kept as the server sent it.

    Args:
        content: What it holds; it is copied.

    """

    __slots__ = ()


def encode_free_form(kind: type[FreeForm[Any]], value: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The JSON object of an open mapping."""
    codec = kind.__spot_values__()
    # Keys of an open mapping may be personal data, so messages name the mapping alone.
    return OpenObject((check_key(key, where), codec.encode(item, f"{where}[…]")) for key, item in value.items())


def decode_free_form(kind: type[_F], value: Any, where: str) -> _F:
    """The open mapping of a JSON object."""
    if not is_object(value):
        raise UnreadableError(f"{where or 'the answer'} is not an object")
    codec = kind.__spot_values__()
    if codec.reads_anything:
        return kind(value)
    return kind({str(key): codec.decode(item, f"{where}[…]") for key, item in value.items()})
