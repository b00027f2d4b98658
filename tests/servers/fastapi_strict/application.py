"""The operation: what is decided before the body, and the answer."""

import asyncio
import hmac
import json
import random
import time
from datetime import UTC, datetime, timedelta, timezone
from email.utils import formatdate
from typing import Annotated

from bodies import UnreadableError, UnsupportedError, check_writable, read_order
from fastapi import Depends, FastAPI, Request, Response
from models import order_model
from pydantic import ValidationError

MAX_BODY_BYTES = 1024 * 1024
MAX_DRAINED_BYTES = 64 * MAX_BODY_BYTES
MAX_ERRORS = 30
MAX_SENTENCE = 200


class RefusedError(Exception):
    """An answer in the error envelope; `shown` is False where the envelope has no word for the status."""

    def __init__(self, status, kind, detail, headers=None, shown=True):
        super().__init__(detail)
        error = {"type": kind, "detail": detail}
        if shown:
            error["status"] = status
        self.response = as_json({"error": error}, status, headers)


def as_json(value, status, headers=None):
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(text, status, headers, media_type="application/json")


class Snowflakes:
    """Ids that grow with time, as texts: most are beyond 2^53."""

    last = 0

    def next(self):
        self.last = max(self.last + 1, int(time.time() * 1000) << 22)
        return str(self.last)


class Limiter:
    """At most `rate` requests at once, and as many more in each second."""

    def __init__(self, rate, retry_after):
        self.rate, self.retry_after = rate, retry_after
        self.left, self.seen = rate, time.monotonic()

    def __call__(self):
        if not self.rate:
            return
        now = time.monotonic()
        self.left = min(self.rate, self.left + (now - self.seen) * self.rate)
        self.seen = now
        if self.left < 1:
            # A date has whole seconds only: two of them are never less than one.
            forms = {"seconds": "1", "date": formatdate(time.time() + 2, usegmt=True)}
            headers = {"Retry-After": forms[self.retry_after]} if self.retry_after in forms else None
            raise RefusedError(429, "rate_limit_exceeded", "Too many requests.", headers, shown=False)
        self.left -= 1


def written(style):
    now = datetime.now(UTC)
    whole = now.strftime("%Y-%m-%dT%H:%M:%S")
    return {
        "z": f"{whole}Z",
        "lower": f"{whole}z".lower(),
        "micro": now.isoformat(timespec="microseconds"),
        "nano": f"{whole}.{now.microsecond:06d}789Z",
        "offset": now.astimezone(timezone(timedelta(hours=5, minutes=30))).isoformat(timespec="seconds"),
    }[style]


async def read_body(request: Request):
    """The bytes, or None if they are too many. They are read in any case: an answer to half a request gets lost."""
    if int(request.headers.get("content-length", 0)) > MAX_DRAINED_BYTES:
        return None
    body = bytearray()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= MAX_BODY_BYTES:
            body += chunk
        elif size > MAX_DRAINED_BYTES:
            break
    return bytes(body) if size <= MAX_BODY_BYTES else None


def authentication(arguments):
    challenge = {"WWW-Authenticate": 'Token realm="orders"'}

    def authenticate(request: Request):
        values = request.headers.getlist("Authorization")
        scheme, _, token = (values[0] if len(values) == 1 else "").partition(" ")
        known = scheme == "Token" if arguments.scheme_case_sensitive else scheme.lower() == "token"
        if not known or not hmac.compare_digest(token.strip(" ").encode("latin-1"), arguments.token.encode()):
            raise RefusedError(401, "unauthorized", "A valid token is required.", challenge)

    return authenticate


def sentence(error):
    """One error with its place, without the position in a list: many wrong kit types make one sentence."""
    place = ".".join(step for step in error["loc"] if isinstance(step, str)) or "body"
    return f"{place}: {error['msg']}"[:MAX_SENTENCE]


async def understood(order_class, unsupported, content_type, body):
    """The order that the body holds, and RefusedError if it holds none."""
    try:
        value = await read_order(content_type, body)
        order = order_class.model_validate(value)
        for name in ("recipient", "metadata"):
            check_writable(name, value.get(name))
    except UnsupportedError as exc:
        raise RefusedError(unsupported, "bad_request", str(exc), shown=unsupported == 400) from None
    except UnreadableError as exc:
        raise RefusedError(400, "bad_request", str(exc)) from None
    except ValidationError as exc:
        errors = exc.errors(include_url=False, include_input=False, include_context=False)
        found = dict.fromkeys(sentence(error) for error in errors)
        raise RefusedError(400, "bad_request", "; ".join(list(found)[:MAX_ERRORS])) from None
    return order


def build(arguments):
    application = FastAPI(openapi_url=None)
    order_class = order_model(arguments.extra)
    limiter = Limiter(arguments.limit, arguments.retry_after)
    authenticate = authentication(arguments)
    snowflakes = Snowflakes()
    unsent = {"absent": {}, "null": {"metadata": None}, "empty": {"metadata": {}}}[arguments.metadata]

    @application.exception_handler(RefusedError)
    async def refuse(_request: Request, exc: RefusedError):
        return exc.response

    # The parameters are resolved in this order, whatever the body holds.
    async def admitted(request: Request, body: Annotated[bytes | None, Depends(read_body)]):
        limiter()
        authenticate(request)
        return body

    @application.post("/api/v2/orders/")
    async def create_order(request: Request, body: Annotated[bytes | None, Depends(admitted)]):
        if body is None:
            status = arguments.too_large
            raise RefusedError(status, "bad_request", "The body is larger than 1 MiB.", shown=status == 400)
        await asyncio.sleep(random.uniform(0, arguments.jitter / 1000))
        order = await understood(order_class, arguments.unsupported, request.headers.get("content-type", ""), body)
        accepted = {
            "metadata": order.metadata,
            "kits": [],
            "kit_types": order.kit_types,
            "recipient": order.recipient.model_dump(exclude_unset=True),
            "status": "pending",
            "created": written(arguments.times),
            "order_id": snowflakes.next(),
        }
        if "metadata" not in order.model_fields_set:
            del accepted["metadata"]
            accepted |= unsent
        return as_json(accepted, 201)

    return application
