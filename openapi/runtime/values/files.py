"""A file in a form, or a body that is no text."""

from collections.abc import Iterator
from typing import BinaryIO

from attrs import define

from .hidden import out_of_reprs


@define(repr=False, field_transformer=out_of_reprs)
class File:
    """Bytes to send. An open file is read when the request is made.

    Attributes:
        payload (BinaryIO | bytes): The bytes, or a file opened in binary mode.
        file_name (str | None): The name that the server sees; None for `upload`.
        mime_type (str | None): The media type; None where it is left open.

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
            The bytes; of an open file those from its present position on.

        Raises:
            OSError: The file cannot be read.

        """
        return self.payload if isinstance(self.payload, bytes) else self.payload.read()
