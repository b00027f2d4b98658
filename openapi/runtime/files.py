"""A file in a form, or a body that is no text."""

from typing import BinaryIO

from attrs import define


@define(repr=False)
class File:
    """Bytes to send. What an open file holds is read when the request is made."""

    payload: BinaryIO | bytes
    file_name: str | None = None
    mime_type: str | None = None

    def __repr__(self) -> str:
        return "File()"

    def read(self) -> bytes:
        """The bytes, from the file's present position on."""
        return self.payload if isinstance(self.payload, bytes) else self.payload.read()
