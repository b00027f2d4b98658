"""JSON types, and checks of values that type checkers understand."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeGuard, TypeVar, overload

T_co = TypeVar("T_co", covariant=True)

if TYPE_CHECKING:
    JsonValue: TypeAlias = "bool | int | float | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
    """Any JSON value."""
else:  # `typing.get_type_hints` cannot resolve the recursive type.
    JsonValue = Any


class ListLike(Protocol[T_co]):
    """A list, a tuple or another sequence. Unlike `Sequence[str]`, it does not accept a str."""

    def __contains__(self, value: object, /) -> bool: ...

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[T_co]: ...

    @overload
    def __getitem__(self, index: int, /) -> T_co: ...

    @overload
    def __getitem__(self, index: slice, /) -> Sequence[T_co]: ...


def is_object(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Whether the value can be a JSON object. Its keys are not checked."""
    return type(value) is dict or isinstance(value, Mapping)  # The common case first: checking for Mapping is slower.


def is_list(value: object) -> TypeGuard[Sequence[Any]]:
    """Whether the value can be a JSON array: a list, a tuple or another sequence."""
    if isinstance(value, (list, tuple)):  # A union would be rebuilt on each call.
        return True
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray, memoryview))
