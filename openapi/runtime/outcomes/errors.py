"""The ways a request can fail: not sent, outcome unknown, rejected."""

from collections.abc import Mapping
from typing import Any, TypeVar

from ..values.sealed import Sealed
from .responses import Response

T = TypeVar("T")


class SpotError(Exception):
    """A request failed. The subclass says what happened to the order.

    `detail`, `body` and `response` contain what the server sent, which may include personal data: do not log them
    unread. The message contains neither the token nor any part of the order.
    """

    def __init__(self, message: str, *, response: Response[None] | None = None, **facts: Any) -> None:
        """Take a message without private data, and the facts that the client read from the response."""
        super().__init__(message)
        # Responses may contain personal data, so no attribute exposes them to error reporters.
        self._facts: Sealed[Mapping[str, Any]] = Sealed({"response": response, **facts})

    @property
    def message(self) -> str:
        """The text of the error, without private data."""
        # Error reporters prefer an attribute `message` or `detail` to the text.
        return str(self)

    @property
    def status_code(self) -> int | None:
        """The HTTP status of the response; None if there was no response."""
        return self.response.status_code if self.response is not None else None

    @property
    def request_id(self) -> str | None:
        """The server's identifier of the request, to quote to its support; None if the server sent none."""
        return self._fact("request_id", str)

    @property
    def error_type(self) -> str | None:
        """`error.type` of the response, such as `bad_request`, or `error.code`; None if the response has neither."""
        return self._fact("error_type", str)

    @property
    def detail(self) -> str | None:
        """`error.detail` of the response, or `error.details` joined with "; ". May contain personal data."""
        return self._fact("detail", str)

    @property
    def body(self) -> Any:
        """The body of the response parsed as JSON; None if it is not JSON."""
        return self._facts.open().get("body")

    @property
    def response(self) -> Response[None] | None:
        """The response; None if there was none."""
        found: Response[None] | None = self._facts.open().get("response")
        return found

    def _fact(self, name: str, kind: type[T]) -> T | None:
        value = self._facts.open().get(name)
        return value if isinstance(value, kind) else None

    def __reduce__(self) -> tuple[Any, ...]:
        state = {name: value for name, value in vars(self).items() if name != "_facts"}
        return _rebuild, (type(self), self.args[0], dict(self._facts.open())), state


def _rebuild(kind: type[SpotError], message: str, facts: dict[str, Any]) -> SpotError:
    """Rebuild an error that was pickled or copied."""
    return kind(message, **facts)


class NotSentError(SpotError):
    """The request was not sent, so nothing was created. It is safe to retry."""


class OutcomeUnknownError(SpotError):
    """The request was sent, but no readable response arrived: the order may exist. Check before you send it again.

    Raised for read timeouts, dropped connections, 3xx, 5xx, and responses of success that cannot be read.
    """

    @property
    def order_id(self) -> str | None:
        """The identifier found in a response that is unreadable otherwise. If it is set, the order exists."""
        return self._fact("order_id", str)


class RejectedError(SpotError):
    """The server refused the request (4xx) and created nothing."""


class BadRequestError(RejectedError):
    """400: the order is not valid. `detail` names the field."""


class AuthenticationError(RejectedError):
    """401: the token is missing or not valid."""


class PermissionDeniedError(RejectedError):
    """403: the token is valid, but it does not permit this request."""


class NotFoundError(RejectedError):
    """404: the path or the object does not exist."""


class RateLimitedError(RejectedError):
    """429: too many requests. Retries were used up, or the server asked for a pause of more than 60 seconds."""

    @property
    def retry_after(self) -> float | None:
        """The number of seconds to wait, from Retry-After; None if the server did not send it."""
        return self._fact("retry_after", float)


class LedgerError(Exception):
    """The ledger of a batch cannot be opened, read or written. The message gives the reason."""
