"""The response to a request. It holds nothing of what was sent."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from attrs import define

from ..values.hidden import out_of_reprs

T = TypeVar("T")


@define(repr=False, frozen=True, field_transformer=out_of_reprs)
class Response(Generic[T]):
    """A response of the server. Its repr shows only the status: body and headers may contain personal data.

    Attributes:
        status_code (int): The HTTP status. An int, because servers also send statuses that `http.HTTPStatus` does
            not list.
        content (bytes): The body as received, decompressed. If the connection broke, the part that arrived.
        headers (Mapping[str, str]): The headers. Names are case-insensitive.
        parsed (T): The model that the document declares for this status; None in errors.
        request_id (str | None): The server's identifier of the request, to quote to its support. None if the server
            sent none.
        elapsed (timedelta): The duration of the call, including all attempts and the pauses between them.
        attempts (int): The number of attempts; 1 if there was no retry.

    """

    status_code: int
    content: bytes
    headers: Mapping[str, str]
    parsed: T
    request_id: str | None = None
    elapsed: dt.timedelta = dt.timedelta()
    attempts: int = 1

    def __repr__(self) -> str:
        return f"<Response {self.status_code}>"

    def __rich_repr__(self) -> Iterator[tuple[str, int]]:
        yield "status_code", self.status_code
