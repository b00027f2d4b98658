"""Objects whose properties the document leaves open: mappings that hide their content from every repr."""

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, Generic, Self, TypeVar

from ..values.kinds import is_object
from ..values.sealed import Sealed, drop_frames
from .codecs import ANY, Codec, OpenObject, UnreadableError, check_key
from .pydantic_schemas import PydanticField

_F = TypeVar("_F", bound="FreeForm[Any]")
V = TypeVar("V")


class FreeForm(PydanticField, MutableMapping[str, V], Generic[V]):
    """An object whose properties the document leaves open. A mapping; it equals any mapping with the same content."""

    __slots__ = ("__weakref__", "_content")

    def __init__(self, content: Mapping[str, V] | None = None, /) -> None:
        """Create a mapping.

        Args:
            content: The content, which is copied. Keys must be str, values must be JSON values.

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
        # Without this method, Sentry would read the items.
        return repr(self)

    @classmethod
    def __spot_values__(cls) -> Codec:
        """The codec of the values."""
        return ANY

    @property
    def additional_properties(self) -> dict[str, V]:
        """The content as a dict, under the same name as in other models."""
        return self._content

    def to_dict(self) -> dict[str, Any]:
        """Return the mapping as a JSON object.

        Returns:
            A dict of JSON values.

        Raises:
            TypeError: A key is not a str, or JSON has no such type of value.
            ValueError: JSON cannot represent a value, such as NaN.

        """
        return drop_frames(encode_free_form)(type(self), self, type(self).__name__)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Create a mapping from a JSON object.

        Args:
            src_dict: The object.

        Returns:
            The mapping.

        Raises:
            UnreadableError: It is not an object, or a value does not have the type that the document describes.

        """
        given = Sealed(src_dict)
        del src_dict
        return _from_dict(cls, given)


class UnknownObject(FreeForm[Any]):
    """An object of a kind that the document does not describe, kept as the server sent it.

    Args:
        content: The content, which is copied.

    """

    __slots__ = ()


@drop_frames
def _from_dict(kind: type[_F], value: Sealed[Mapping[str, Any]]) -> _F:
    return decode_free_form(kind, value.open(), kind.__name__)


def encode_free_form(kind: type[FreeForm[Any]], value: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The JSON object of an open mapping."""
    codec = kind.__spot_values__()
    # Keys of an open mapping may be personal data, so messages name only the mapping.
    return OpenObject((check_key(key, where), codec.encode(item, f"{where}[…]")) for key, item in value.items())


def decode_free_form(kind: type[_F], value: Any, where: str) -> _F:
    """The open mapping of a JSON object."""
    if not is_object(value):
        raise UnreadableError(f"{where or 'the body'} is not an object")
    codec = kind.__spot_values__()
    if codec.reads_anything:
        return kind(value)
    return kind({str(key): codec.decode(item, f"{where}[…]") for key, item in value.items()})
