"""Which kind of JSON value something is, in words that type checkers understand."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeGuard, TypeVar, overload

T_co = TypeVar("T_co", covariant=True)

if TYPE_CHECKING:
    JsonValue: TypeAlias = "bool | int | float | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
    """Whatever JSON can say."""
else:  # The annotations that name it must resolve, which the recursive type would not.
    JsonValue = Any


class ListLike(Protocol[T_co]):
    """A list, a tuple or another sequence; type checkers take no text for one, unlike `Sequence[str]`."""

    def __contains__(self, value: object, /) -> bool: ...

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[T_co]: ...

    @overload
    def __getitem__(self, index: int, /) -> T_co: ...

    @overload
    def __getitem__(self, index: slice, /) -> Sequence[T_co]: ...


def is_object(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Whether the value can be a JSON object; its keys may still be no texts."""
    return type(value) is dict or isinstance(value, Mapping)  # The common case first: asking Mapping takes longer.


def is_list(value: object) -> TypeGuard[Sequence[Any]]:
    """Whether the value can be a JSON list; tuples and other sequences count, since they say the same."""
    if isinstance(value, (list, tuple)):  # A union would be made anew each time.
        return True
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray, memoryview))
