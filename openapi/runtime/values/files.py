"""A file in a form, or a body that is no text."""

from collections.abc import Iterator
from typing import BinaryIO

from attrs import define

from .hidden import out_of_reprs


@define(repr=False, field_transformer=out_of_reprs)
class File:
    """Bytes to send. What an open file holds is read when the request is made."""

    payload: BinaryIO | bytes
    file_name: str | None = None
    mime_type: str | None = None

    def __repr__(self) -> str:
        return "File()"

    def __rich_repr__(self) -> Iterator[str]:
        yield from ()

    def read(self) -> bytes:
        """The bytes, from the file's present position on."""
        return self.payload if isinstance(self.payload, bytes) else self.payload.read()
