"""Open enumerations: a value that the document does not list is kept, and is never an error."""

import re
from collections.abc import Iterator, Mapping
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, TypeVar, overload

from .pydantic_schemas import PydanticField

E = TypeVar("E")

_PLAIN_TEXT = r"[A-Za-z0-9_.-]{1,40}"

if TYPE_CHECKING:
    # Type checkers treat an enumeration as closed: a match over its members would be exhaustive, and a comparison with
    # any other value always false. So they see ordinary classes instead.

    class listed:  # noqa: N801 - at run time it is a function
        """A value that the document lists, as a member of the enclosing class."""

        def __init__(self, value: str | int) -> None: ...

        @overload
        def __get__(self, instance: None, owner: type[E]) -> E: ...

        @overload
        def __get__(self, instance: E, owner: type[E] | None = None) -> E: ...

        def __get__(self, instance: Any, owner: Any = None) -> Any: ...

    class _Members(type):
        def __iter__(cls: type[E]) -> Iterator[E]: ...

        def __len__(cls) -> int: ...

        def __getitem__(cls: type[E], name: str) -> E: ...

        def __contains__(cls, value: object) -> bool: ...

        @property
        def __members__(cls: type[E]) -> Mapping[str, E]: ...

    class OpenStrEnum(str, metaclass=_Members):
        """Texts that the document lists, and any other text that the server sends; see `is_known`."""

        __slots__ = ()

        name: str
        value: str

        @property
        def is_known(self) -> bool:
            """Whether the document lists the value."""
            ...

    class OpenIntEnum(int, metaclass=_Members):
        """Integers that the document lists, and any other integer that the server sends; see `is_known`."""

        name: str
        value: int

        @property
        def is_known(self) -> bool:
            """Whether the document lists the value."""
            ...

else:

    def listed(value: Any) -> Any:
        """A value that the document lists."""
        return value

    class _Open(PydanticField):
        """What both classes share."""

        @property
        def is_known(self) -> bool:
            """Whether the document lists the value."""
            return self._value_ in type(self)._value2member_map_

        @classmethod
        def __spot_schema__(cls) -> dict[str, Any]:
            """The JSON Schema: listed values are examples, not limits."""
            plain = {"type": "string"} if issubclass(cls, str) else {"type": "integer"}
            return {"title": cls.__name__, **plain, "examples": [member.value for member in cls]}

    class OpenStrEnum(_Open, StrEnum):
        """Texts that the document lists, and any other text that the server sends.

        `is_known` is false for the latter; an unknown member equals the text that was sent.
        """

        @classmethod
        def _missing_(cls, value: object) -> Any:
            if not isinstance(value, str):
                return None
            member = str.__new__(cls, value)
            member._name_ = "UNKNOWN"
            member._value_ = str(value)
            return member

        def __repr__(self) -> str:
            # An unlisted text may be personal data, so it is shown only if it looks like a value of an enumeration.
            shown = repr(self._value_) if self.is_known or re.fullmatch(_PLAIN_TEXT, self._value_) else "(hidden)"
            return f"<{type(self).__name__}.{self._name_}: {shown}>"

    class OpenIntEnum(_Open, IntEnum):
        """Integers that the document lists, and any other integer that the server sends; see `is_known`."""

        @classmethod
        def _missing_(cls, value: object) -> Any:
            if not isinstance(value, int):
                return None
            member = int.__new__(cls, value)
            member._name_ = "UNKNOWN"
            member._value_ = int(value)
            return member
