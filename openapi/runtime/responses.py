"""What came back, without the request: nothing that was sent can be reached from it."""

from collections.abc import Mapping
from typing import Generic, TypeVar

from attrs import define

T = TypeVar("T")


@define(repr=False, frozen=True)
class Response(Generic[T]):
    """An answer of the server. Its repr shows the status alone, since body and headers may tell of people."""

    status_code: int
    """The HTTP status; an int, since servers also send what `http.HTTPStatus` does not know."""
    content: bytes
    """The body as received, decompressed; what arrived of it when the connection broke."""
    headers: Mapping[str, str]
    """The headers; names in any letter case."""
    parsed: T
    """The model that the document declares for this status, None in errors."""

    def __repr__(self) -> str:
        return f"<Response {self.status_code}>"
