"""How a request can fail: not sent, outcome unknown, rejected.

No message, `args` or `repr` holds the token or anything of the payload; `detail`, `body` and `response` hold the
server's words, which may contain personal data: do not log them unread.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from ..values.sealed import Sealed
from .responses import Response

T = TypeVar("T")


class SpotError(Exception):
    """A request failed. The subclasses say what is known of the order."""

    def __init__(self, message: str, *, response: Response[None] | None = None, **facts: Any) -> None:
        """Take a message without private data; facts are read from the answer by the client."""
        super().__init__(message)
        # The server's words may contain personal data, so no attribute holds them for an error reporter to find.
        self._facts: Sealed[Mapping[str, Any]] = Sealed({"response": response, **facts})

    @property
    def message(self) -> str:
        """The text of the error, without private data."""
        # Error reporters prefer `message` and `detail` to the text.
        return str(self)

    @property
    def status_code(self) -> int | None:
        """The HTTP status of the answer; None where there was none."""
        return self.response.status_code if self.response is not None else None

    @property
    def request_id(self) -> str | None:
        """The server's identifier of the request, to quote to its support; None when it sends none."""
        return self._fact("request_id", str)

    @property
    def error_type(self) -> str | None:
        """The document's `error.type`, such as `bad_request`, or the error page's `error.code`."""
        return self._fact("error_type", str)

    @property
    def detail(self) -> str | None:
        """The document's `error.detail`, or the error page's `details` joined with "; ". May contain personal data."""
        return self._fact("detail", str)

    @property
    def body(self) -> Any:
        """The answer's body parsed as JSON; None where it is none."""
        return self._facts.open().get("body")

    @property
    def response(self) -> Response[None] | None:
        """The answer; None where there was none."""
        found: Response[None] | None = self._facts.open().get("response")
        return found

    def _fact(self, name: str, kind: type[T]) -> T | None:
        value = self._facts.open().get(name)
        return value if isinstance(value, kind) else None

    def __reduce__(self) -> tuple[Any, ...]:
        state = {name: value for name, value in vars(self).items() if name != "_facts"}
        return _remade, (type(self), self.args[0], dict(self._facts.open())), state


def _remade(kind: type[SpotError], message: str, facts: dict[str, Any]) -> SpotError:
    """The error that was pickled or copied."""
    return kind(message, **facts)


class NotSentError(SpotError):
    """The request was not sent: no connection was made, so nothing was created. Retrying is safe."""


class OutcomeUnknownError(SpotError):
    """The request was sent and no readable answer came back: the order may exist. Find out before you send it again.

    Raised for read time-outs, dropped connections, 3xx, 5xx and unreadable answers of success.
    """

    @property
    def order_id(self) -> str | None:
        """The identifier found in an otherwise unreadable answer. Where there is one, the order exists."""
        return self._fact("order_id", str)


class RejectedError(SpotError):
    """The server refused the request (4xx): nothing was created."""


class BadRequestError(RejectedError):
    """400: the server does not accept the order; `detail` names the field."""


class AuthenticationError(RejectedError):
    """401: the token is missing or not valid."""


class PermissionDeniedError(RejectedError):
    """403: the token is valid and does not allow this."""


class NotFoundError(RejectedError):
    """404: the path or the object does not exist."""


class RateLimitedError(RejectedError):
    """429: too many requests. The retries did not help, or the server asked for too long a pause."""

    @property
    def retry_after(self) -> float | None:
        """Seconds that the server asks to wait; None when it does not say."""
        return self._fact("retry_after", float)


class LedgerError(Exception):
    """The ledger of a batch cannot be opened, read or written; the text says why."""
