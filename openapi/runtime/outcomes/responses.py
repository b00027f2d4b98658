"""What came back, without the request: nothing that was sent can be reached from it."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from attrs import define

from ..values.hidden import out_of_reprs

T = TypeVar("T")


@define(repr=False, frozen=True, field_transformer=out_of_reprs)
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
    request_id: str | None = None
    """The server's name for the request, for its support; None when it sends none."""
    elapsed: dt.timedelta = dt.timedelta()
    """How long the call took, attempts and the pauses between them together."""
    attempts: int = 1
    """How many times the request was tried; 1 where nothing was repeated."""

    def __repr__(self) -> str:
        return f"<Response {self.status_code}>"

    def __rich_repr__(self) -> Iterator[tuple[str, int]]:
        yield "status_code", self.status_code
