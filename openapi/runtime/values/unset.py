"""The value of an absent property, as opposed to null."""

from typing import Final, Literal, final


@final
class Unset:
    """The type of `UNSET`, the value of an absent field. Fields that may be absent are annotated with it.

    Test for it by `value is UNSET`. `None` is JSON's null.
    """

    _only: "Unset | None" = None

    def __new__(cls) -> "Unset":
        """Return the only instance, so that copies and pickles are still `UNSET`."""
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
"""The value of an absent property: it is not sent, or the response did not contain it. `None` is JSON's null."""
