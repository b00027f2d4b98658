"""One entry of the journal."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from spot_sandbox.http.messages import CREATED, Answer, Request

# Values of these headers are masked by three asterisks, after the scheme if there is one.
_SECRET = frozenset({b"authorization", b"proxy-authorization", b"cookie", b"x-api-key"})
_scheme = re.compile(r"([A-Za-z]+ +)?.*", re.DOTALL)
FIRST_ERROR = 400


@dataclass(slots=True)
class Entry:
    """One request, its answer, and its outcome.

    Attributes:
        number: counts from 1; never reused.
        at: when the request ended, in seconds since 1970.
        owner: the key of the caller's token; empty for the server's own token and for invalid ones.
        size: the approximate memory use, in bytes.

    """

    number: int
    at: float
    owner: str
    size: int
    request: Request
    answer: Answer | None

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The request headers in the order sent; tokens and cookies are masked."""
        return _shown(self.request.headers)

    @property
    def status(self) -> int | None:
        """The status of the answer; None if the connection was dropped before it."""
        return self.answer.status if self.answer else None

    @property
    def order_id(self) -> str | None:
        """The id of the order that the request placed, whatever was answered; None if it placed none."""
        return self.request.order_id

    @property
    def scenario(self) -> str | None:
        """The name of the scenario that applied to the request."""
        return self.request.armed.name if self.request.armed and self.request.has_met else None

    @property
    def outcome(self) -> str:
        """The outcome, in a sentence."""
        if self.order_id:
            placed = f"Order {self.order_id} was placed"
        elif self.request.is_unknown:
            placed = "Whether an order was placed is not known: the database was lost while it wrote"
        else:
            placed = "Nothing was placed"
        return f"{placed}; {self._answered()}."

    def _answered(self) -> str:
        if self.request.dropped:
            return self.request.dropped
        if self.answer is None:
            return "the client closed the connection before its request was complete"
        if self.answer.status == CREATED and self.order_id:
            return "answered with 201"
        if any(name == b"spot-sandbox-played" for name, _ in self.answer.headers):
            return f"answered with {self.answer.status}, an example of the document"
        return f"{'refused' if self.answer.status >= FIRST_ERROR else 'answered'} with {self.answer.status}"

    def as_json(self) -> dict[str, object]:
        """The entry as JSON for the control interface; bodies are text, with U+FFFD for invalid UTF-8."""
        request = self.request
        return {
            "number": self.number,
            "time": datetime.fromtimestamp(self.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "method": request.method,
            "path": request.path,
            "query": _masked_query(request.query.decode("latin-1")),
            "headers": self.headers,
            "body": request.raw.decode("utf-8", "replace"),
            "status": self.status,
            "answer_headers": _shown(self.answer.headers) if self.answer else [],
            "answer": self.answer.body.decode("utf-8", "replace") if self.answer else None,
            "order_id": self.order_id,
            "scenario": self.scenario,
            "outcome": self.outcome,
        }


def _shown(headers: list[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), _masked(name, value.decode("latin-1"))) for name, value in headers]


def _masked(name: bytes, value: str) -> str:
    return _scheme.sub(r"\1***", value, count=1) if name in _SECRET and value else value


def _masked_query(query: str) -> str:
    return re.sub(r"(?i)((?:^|&)[^=&]*(?:token|key|secret|password)[^=&]*=)[^&]*", r"\1***", query)
