"""The value of an absent property, which is not null."""

from typing import Final, Literal, final


@final
class Unset:
    """The type of `UNSET`; a field that may be absent from the document is annotated with it."""

    _only: "Unset | None" = None

    def __new__(cls) -> "Unset":
        """Return the one instance, so that copies and pickles stay `UNSET`."""
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()
"""The value of a property that is absent: it is not sent, or it was not in the answer. `None` is JSON's null."""
