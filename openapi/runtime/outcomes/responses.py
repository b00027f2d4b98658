"""The answer to a request. Nothing that was sent can be reached from it."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from attrs import define

from ..values.hidden import out_of_reprs

T = TypeVar("T")


@define(repr=False, frozen=True, field_transformer=out_of_reprs)
class Response(Generic[T]):
    """An answer of the server. Its repr shows the status alone, since body and headers may hold personal data.

    Attributes:
        status_code (int): The HTTP status. An int, since servers also send what `http.HTTPStatus` does not
            list.
        content (bytes): The body as received, decompressed; where the connection broke, the part that arrived.
        headers (Mapping[str, str]): The headers, with names in any letter case.
        parsed (T): The model that the document declares for this status; None in errors.
        request_id (str | None): The server's identifier of the request, to quote to its support; None when it
            sends none.
        elapsed (timedelta): How long the call took, with all attempts and the pauses between them.
        attempts (int): How many times the request was tried; 1 where there was no retry.

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
