"""Private values, hidden from debuggers, loggers and error reporters that read local variables and attributes."""

from collections.abc import Callable
from functools import wraps
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
E = TypeVar("E", bound=BaseException)


class Sealed(Generic[T]):
    """A value that only `open` returns. Serialisers find no text, field or item here.

    The value is kept in a closure, because serialisers read attributes and slots.
    """

    __slots__ = ("open",)

    open: Callable[[], T]
    """Return the value."""

    def __init__(self, value: T, /) -> None:
        """Hide a value."""
        self.open = lambda: value

    def __repr__(self) -> str:
        return "***"

    def __reduce__(self) -> str:
        raise TypeError("A client and its credentials cannot be pickled: create a new client where you need one.")


def drop_frames(function: Callable[P, T]) -> Callable[P, T]:
    """Decorate a function with private local variables and harmless arguments: its errors lose its frames."""

    @wraps(function)
    def call(*arguments: P.args, **named: P.kwargs) -> T:
        problem: BaseException
        try:
            return function(*arguments, **named)
        except BaseException as error:  # noqa: BLE001 - the frames of any exception hold private values
            problem = without_frames(error)
        raise problem

    return call


def without_frames(error: E) -> E:
    """Remove an exception's traceback, cause and context, all of which hold the request."""
    error.__cause__ = error.__context__ = None
    error.__traceback__ = None
    for inner in getattr(error, "exceptions", ()):  # Of a group.
        without_frames(inner)
    return error
