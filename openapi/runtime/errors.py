"""What can become of a request: not sent, outcome unknown, rejected.

No message, `args` or `repr` holds the token or anything of the payload; `detail`, `body` and `response` hold what the
server said, which may repeat personal data: do not log them unread.
"""

from typing import Any

from .responses import Response


class SpotError(Exception):
    """A request did not give what it was made for. Its subclasses say what became of it."""

    status_code: int | None
    """The HTTP status of the answer; None where there was none."""
    request_id: str | None
    """The server's name for the request, for its support; None when it sends none."""
    error_type: str | None
    """The document's `error.type`, such as `bad_request`."""
    detail: str | None
    """The document's `error.detail`, or the error page's `details` joined with "; ". May repeat personal data."""
    body: Any
    """The answer's body parsed as JSON; None where it is none."""
    response: Response[None] | None
    """The answer; None where there was none."""

    def __init__(self, message: str, *, response: Response[None] | None = None, **facts: Any) -> None:
        """Take a message without private data; facts are read from the answer by the client."""
        super().__init__(message)
        self.response = response
        self.status_code = response.status_code if response is not None else None
        self.request_id = facts.get("request_id")
        self.error_type = facts.get("error_type")
        self.detail = facts.get("detail")
        self.body = facts.get("body")


class NotSentError(SpotError):
    """No connection came about: the server saw nothing of the request, repeating it is safe."""


class OutcomeUnknownError(SpotError):
    """The request went out and no readable answer came back: the order may exist, so do not repeat it blindly.

    Read time-outs, dropped connections, 3xx, 5xx and unreadable answers of success end here.
    """

    order_id: str | None
    """The identifier found in an answer that was otherwise unreadable: with it, the order exists."""

    def __init__(self, message: str, *, response: Response[None] | None = None, **facts: Any) -> None:
        """Take a message without private data; facts are read from the answer by the client."""
        super().__init__(message, response=response, **facts)
        self.order_id = facts.get("order_id")


class RejectedError(SpotError):
    """The server refused the request (4xx): nothing was created."""


class BadRequestError(RejectedError):
    """400: the server does not accept what was sent; `detail` names the field."""


class AuthenticationError(RejectedError):
    """401: the token is missing or not valid."""


class PermissionDeniedError(RejectedError):
    """403: the token is valid and does not allow this."""


class NotFoundError(RejectedError):
    """404: the path or the object does not exist."""


class RateLimitedError(RejectedError):
    """429: too many requests, and repeating did not help or would have had to wait too long."""

    retry_after: float | None
    """Seconds that the server asks to wait; None when it does not say."""

    def __init__(self, message: str, *, response: Response[None] | None = None, **facts: Any) -> None:
        """Take a message without private data; facts are read from the answer by the client."""
        super().__init__(message, response=response, **facts)
        self.retry_after = facts.get("retry_after")
