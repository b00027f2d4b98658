"""Private values, kept out of what debuggers, loggers and error reporters read: locals and attributes."""

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
E = TypeVar("E", bound=BaseException)


class Sealed(Generic[T]):
    """A value that only `open` returns: serialisers find neither text nor fields nor items here.

    The value lives in the function itself, since attributes and slots are what serialisers read.
    """

    __slots__ = ("open",)

    open: Callable[[], T]
    """Return the value."""

    def __init__(self, value: T, /) -> None:
        """Take the value."""
        self.open = lambda: value

    def __repr__(self) -> str:
        return "***"

    def __reduce__(self) -> str:
        raise TypeError("What is private is not pickled: make a client anew where it is needed.")


def sheltered(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Call a function whose locals are private, with arguments that are not: its errors come without its frames."""
    problem: BaseException
    try:
        return function(*arguments, **named)
    except BaseException as error:  # noqa: BLE001 - whatever it is, the frames it passed hold private values
        problem = bare(error)
    raise problem


def bare(error: E) -> E:
    """The exception without the frames it passed and without what it came from: both hold the request."""
    error.__cause__ = error.__context__ = None
    error.__traceback__ = None
    for inner in getattr(error, "exceptions", ()):  # Of a group.
        bare(inner)
    return error
