"""The meaning of a response, or of its absence: the parsed result, or the error that states the outcome."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any, TypeVar

import httpx2

from ..models.codecs import UnreadableError
from ..outcomes.errors import (
    AuthenticationError,
    BadRequestError,
    NotFoundError,
    NotSentError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitedError,
    RejectedError,
    SpotError,
)
from ..outcomes.responses import Response
from ..requests.operations import Operation, Success
from ..values.kinds import is_list, is_object
from .order_ids import find_order_id

T = TypeVar("T")

_REJECTED: Mapping[int, type[RejectedError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    429: RateLimitedError,
}
_REQUEST_ID_HEADERS = (b"x-request-id", b"request-id", b"x-correlation-id")
_HARMLESS = r"[A-Za-z0-9._:/+=-]{1,100}"
_NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)

_ADVICE = "Check whether it took effect before you send it again."

MAX_CONTENT = 16 * 1024 * 1024
"""The maximum size of a response in bytes, decompressed. A larger one counts as unreadable."""


class Answer:
    """The response to one attempt: status, headers, the part of the body that arrived, and what went wrong."""

    def __init__(self, attempts: int, started: float, *, is_traced: bool) -> None:
        """Start an attempt. `started` is the start of the call, by the monotonic clock."""
        self.attempts = attempts
        self.started = started
        self.status: int | None = None
        self.headers: httpx2.Headers = httpx2.Headers()
        self.problem: str | None = None
        """Why there is no complete response, without anything of the request."""
        self.sent: bool | None = False if is_traced else None
        """Whether any part of the request may have been sent; None if the transport does not report it."""
        self._chunks: list[bytes] = []
        self._size = 0

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Record the first step of httpcore2 that writes the request."""
        # A proxy's CONNECT precedes the request and contains nothing of it.
        if event.endswith(".send_request_headers.started") and info["request"].method != b"CONNECT":
            self.sent = True
            # No further step is needed, and each one costs time.
            info["request"].extensions.pop("trace", None)

    async def trace_in_task(self, event: str, info: Mapping[str, Any]) -> None:
        """Do the same where httpcore2 awaits the callback."""
        self.trace(event, info)

    def start(self, response: httpx2.Response) -> None:
        """Record status and headers."""
        self.status, self.headers = response.status_code, response.headers

    def add(self, chunk: bytes) -> bool:
        """Record a part of the body; return whether to continue reading."""
        self._chunks.append(chunk)
        self._size += len(chunk)
        if self._size > MAX_CONTENT:
            self.problem = f"its body is larger than {MAX_CONTENT:,} bytes"
        return self.problem is None

    def fail(self, error: Exception) -> None:
        """Record what the transport, the event loop or a hook raised, but not the error: it holds the request."""
        if isinstance(error, httpx2.HTTPStatusError):  # From a hook that calls raise_for_status.
            self.start(error.response)
        if self.sent is None:
            self.sent = not isinstance(error, _NOT_SENT)
        self.problem = describe(error)

    @property
    def content(self) -> bytes:
        """The part of the body that arrived."""
        return b"".join(self._chunks)

    def response(self, parsed: Any) -> Response[Any]:
        """The response as callers see it."""
        return Response(
            self.status or 0,
            self.content,
            self.headers,
            parsed,
            request_id=_request_id(self),
            elapsed=timedelta(seconds=monotonic() - self.started),
            attempts=self.attempts,
        )


def describe(error: Exception) -> str:
    """The class of a transport's error and the text of the operating system, never the text of the error."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror and not isinstance(cause, TimeoutError):
            return f"{type(error).__name__}: {cause.strerror}"
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__


def read(operation: Operation[T], answer: Answer) -> Response[T] | SpotError:
    """The result, or the error to raise."""
    if answer.status is None:
        if answer.sent is False:
            return NotSentError(f"{operation.name} was not sent ({answer.problem}). It is safe to retry.")
        return OutcomeUnknownError(
            f"{operation.name} was sent, but no response arrived ({answer.problem}): its outcome is unknown. {_ADVICE}"
        )
    if 200 <= answer.status < 300:  # noqa: PLR2004 - success in HTTP
        return _read_success(operation, answer, answer.status)
    return _read_error(operation, answer, answer.status)


def _read_success(operation: Operation[T], answer: Answer, status: int) -> Response[T] | SpotError:
    success = next((one for one in operation.successes if one.first <= status <= one.last), None)
    if success is None:
        problem = "the document declares no such status"
    elif answer.problem is not None:
        problem = answer.problem
    else:
        try:
            parsed: Any = _parse(success, answer.content, operation.name)
            return answer.response(parsed)
        except UnreadableError as error:
            problem = str(error)
        except Exception as error:  # noqa: BLE001 - the order exists: a failure to read the response must not hide that
            problem = type(error).__name__
    order_id = find_order_id(answer.content)
    return OutcomeUnknownError(
        f"{operation.name} got a {status} response that cannot be read ({problem}){_request_id_suffix(answer)}: "
        f"its outcome is unknown. {_ADVICE if order_id is None else 'The order exists: see order_id.'}",
        response=answer.response(None),
        order_id=order_id,
        **_facts(answer),
    )


def _parse(success: Success, content: bytes, name: str) -> Any:
    if success.codec is None:
        return None
    if not success.is_json:
        return success.codec.decode(content if success.binary else content.decode("utf-8", "replace"), name)
    problem: str
    try:
        value = json.loads(content)
    except ValueError:
        problem = "its body is not JSON"
    except RecursionError:
        problem = "its body is nested too deeply"
    else:
        return success.codec.decode(value, "")
    raise UnreadableError(problem)


def _read_error(operation: Operation[Any], answer: Answer, status: int) -> SpotError:
    response = answer.response(None)
    facts = _facts(answer)
    kind = facts["error_type"]
    is_shown = kind not in (None, str(status)) and re.fullmatch(_HARMLESS, kind)
    label = f"{status} {kind}" if is_shown else str(status)
    if not 400 <= status < 500:  # noqa: PLR2004 - client errors in HTTP
        return OutcomeUnknownError(
            f"{operation.name} got a {label} response{_request_id_suffix(answer)}: its outcome is unknown. {_ADVICE}",
            response=response,
            order_id=find_order_id(answer.content),
            **facts,
        )
    error = _REJECTED.get(status, RejectedError)
    message = f"{operation.name} was rejected: {label}{_request_id_suffix(answer)}. Nothing was created."
    if error is RateLimitedError:
        facts["retry_after"] = retry_after(answer.headers)
    return error(message, response=response, **facts)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _request_id(answer: Answer) -> str | None:
    found = {name: value for name, value in answer.headers.raw if name.lower() in _REQUEST_ID_HEADERS}
    named = {name.lower(): value.decode("latin-1") for name, value in found.items()} if found else {}
    return next((named[name] for name in _REQUEST_ID_HEADERS if name in named), None)


def _request_id_suffix(answer: Answer) -> str:
    request_id = _request_id(answer)
    # The server can put anything into this header.
    return f" (request id {request_id})" if request_id is not None and re.fullmatch(_HARMLESS, request_id) else ""


def _facts(answer: Answer) -> dict[str, Any]:
    """The fields of the error envelope, in the form of the document or of the provider's error page."""
    body = _json(answer.content)
    envelope: Any = body.get("error") if is_object(body) else None
    error: Mapping[str, Any] = envelope if is_object(envelope) else {}
    kind, detail = error.get("type"), error.get("detail", error.get("details"))
    if not isinstance(kind, str):
        code = error.get("code")
        kind = str(code) if type(code) is int else code
    if is_list(detail):
        detail = "; ".join(item for item in detail if isinstance(item, str))
    return {
        "body": body,
        "request_id": _request_id(answer),
        "error_type": kind if isinstance(kind, str) else None,
        "detail": detail if isinstance(detail, str) and detail else None,
    }


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds in Retry-After, which is a number or an HTTP date; None if it is neither."""
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):  # The parser of e-mail dates raises all of them.
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
