"""Files in forms, and bodies that are not text."""

from collections.abc import Iterator
from typing import BinaryIO

from attrs import define

from .hidden import out_of_reprs


@define(repr=False, field_transformer=out_of_reprs)
class File:
    """A file to send, or one that was received. An open file is read when the request is built.

    Attributes:
        payload (BinaryIO | bytes): The bytes, or a file opened in binary mode.
        file_name (str | None): The name sent to the server. None sends `upload`.
        mime_type (str | None): The media type. None leaves it unspecified.

    """

    payload: BinaryIO | bytes
    file_name: str | None = None
    mime_type: str | None = None

    def __repr__(self) -> str:
        return "File()"

    def __rich_repr__(self) -> Iterator[str]:
        yield from ()

    def read(self) -> bytes:
        """Read the payload.

        Returns:
            The bytes. An open file is read from its current position.

        Raises:
            OSError: The file cannot be read.

        """
        return self.payload if isinstance(self.payload, bytes) else self.payload.read()
