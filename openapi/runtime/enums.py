"""Enumerations that stay open: a value that the document does not know yet is kept, never an error."""

import re
from enum import IntEnum, StrEnum
from typing import Self

_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,40}")


class OpenStrEnum(StrEnum):
    """Texts that the document lists, and whatever the server sends beside them.

    `is_known` tells the two apart; an unknown member equals and prints as the text that was sent.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = "UNKNOWN"
        member._value_ = str(value)
        return member

    @property
    def is_known(self) -> bool:
        """Whether the document that this client was made of lists the value."""
        return self._value_ in type(self)._value2member_map_

    def __repr__(self) -> str:
        # An unlisted text can be anything, so only what looks like an enumeration's value is shown.
        shown = repr(self._value_) if self.is_known or _PLAIN.fullmatch(self._value_) else "(hidden)"
        return f"<{type(self).__name__}.{self._name_}: {shown}>"


class OpenIntEnum(IntEnum):
    """Integers that the document lists, and whatever the server sends beside them; see `is_known`."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_ = "UNKNOWN"
        member._value_ = int(value)
        return member

    @property
    def is_known(self) -> bool:
        """Whether the document that this client was made of lists the value."""
        return self._value_ in type(self)._value2member_map_
