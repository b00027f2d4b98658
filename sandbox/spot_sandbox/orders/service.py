"""The service: what happens to a request, step by step.

Each step is an attribute that holds a function, so that the faults can put another one in its place
(spot_sandbox.faults); without --fault nothing ever does.
"""

from __future__ import annotations

import asyncio
import sys
import traceback
from typing import TYPE_CHECKING, Any

from spot_sandbox.http.messages import INTERNAL, NOT_FOUND, Answer, Body, ClientGoneError, Refusal, Request, envelope
from spot_sandbox.orders.create_order import create_order, present
from spot_sandbox.reading.forms import read_multipart, read_urlencoded
from spot_sandbox.reading.json_texts import read_bytes
from spot_sandbox.reading.nesting import nest
from spot_sandbox.store.database import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from spot_sandbox.document.operations import Operation
    from spot_sandbox.document.schema import Schema
    from spot_sandbox.http.protocol import Protocol
    from spot_sandbox.store.database import Order, Store

LARGEST_BODY = 1024 * 1024
# All header names and values of a request together.
LARGEST_HEADERS = 64 * 1024
# How long a client may take to send its body, in seconds.
BODY_WAIT = 30
_FORMS = {"application/x-www-form-urlencoded": read_urlencoded, "multipart/form-data": read_multipart}
_HEALTHY = b'{"status": "ok"}'


class Service:
    """Answers requests for the document's operations."""

    def __init__(self, operations: list[Operation], authorize: Callable[[Request], None], store: Store) -> None:
        self.operations = operations
        self.store = store
        self.authorize = authorize
        self.media_type: Callable[[Operation, Request], str] = media_type
        self.read: Callable[[Request], Awaitable[bytes]] = read
        self.parse: Callable[[Request, str, bytes, Schema], Body] = parse
        self.problems: Callable[[Request, Schema, Body], dict[str, str]] = problems
        self.place: Callable[[Store, Body], Order] = create_order
        self.present: Callable[[Order], Answer] = present
        self.refuse: Callable[[Refusal], Answer] = envelope
        self.respond: Callable[[Request], Awaitable[Answer]] = self.answer
        # How HTTP is spoken, where that is not as spot_sandbox.http.protocol does it.
        self.protocol: type[Protocol] | None = None
        # A further operation is played by a further entry.
        self.plays = {("POST", "/api/v2/orders/"): self.order}

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        """Answer one request (ASGI)."""
        request = Request(
            scope["method"],
            scope["path"],
            scope["query_string"],
            scope["headers"],
            receive,
            version=scope["http_version"],
            client=scope["client"],
        )
        try:
            answer = await self.respond(request)
        except ClientGoneError:
            return
        length = (b"content-length", str(len(answer.body)).encode())
        await send({"type": "http.response.start", "status": answer.status, "headers": [*answer.headers, length]})
        await send({"type": "http.response.body", "body": answer.body})

    async def answer(self, request: Request) -> Answer:
        """The answer to a request; whatever goes wrong within the service is an envelope too."""
        try:
            if request.path == "/healthz":
                return self.health(request)
            return await self.operate(request)
        except Refusal as refusal:
            return self.refuse(refusal)
        except ClientGoneError:
            raise
        except StoreError as error:
            complain(str(error))
        except Exception as error:  # noqa: BLE001 - the last resort: a caller gets an envelope whatever happens.
            frame = traceback.extract_tb(error.__traceback__)[-1]
            complain(f"internal error: {type(error).__name__} in {frame.name}, line {frame.lineno}")
        return self.refuse(Refusal(500, "The service failed; the order was not placed.", INTERNAL))

    def health(self, request: Request) -> Answer:
        """Say that the service is alive."""
        if request.method not in {"GET", "HEAD"}:
            raise _not_allowed(["GET", "HEAD"])
        return Answer(200, _HEALTHY)

    async def operate(self, request: Request) -> Answer:
        """Find the operation, make sure of the caller, then look at the body."""
        if sum(len(name) + len(value) for name, value in request.headers) > LARGEST_HEADERS:
            raise Refusal(431, f"The headers are larger than {LARGEST_HEADERS} bytes.")
        operation = self.find(request)
        if operation.secured:
            self.authorize(request)
        play = self.plays.get((operation.method, operation.template))
        if play is None:
            raise Refusal(501, "The sandbox does not play this operation.", INTERNAL)
        return await play(operation, request)

    def find(self, request: Request) -> Operation:
        """The operation that the method and the path name."""
        here = [operation for operation in self.operations if operation.path.fullmatch(request.path)]
        for operation in here:
            if operation.method == request.method:
                return operation
        if here:
            raise _not_allowed([operation.method for operation in here])
        raise Refusal(404, "Nothing is found at this path.", NOT_FOUND)

    async def order(self, operation: Operation, request: Request) -> Answer:
        """Play create-order."""
        media = self.media_type(operation, request)
        request.raw = await self.read(request)
        schema = operation.bodies[media]
        body = self.parse(request, media, request.raw, schema)
        wrong = self.problems(request, schema, body)
        if wrong:
            raise Refusal(400, " ".join(wrong.values()))
        return self.present(self.place(self.store, body))


def _not_allowed(methods: list[str]) -> Refusal:
    return Refusal(405, "This path does not allow the method.", headers={"Allow": ", ".join(methods)})


def media_type(operation: Operation, request: Request) -> str:
    """The request's media type without parameters, if the document knows it."""
    given = request.header(b"content-type")
    name = given[0].partition(b";")[0].strip().lower().decode("latin-1") if len(given) == 1 else ""
    if not given and request.header(b"content-length") in ([], [b"0"]) and not request.header(b"transfer-encoding"):
        raise Refusal(400, "The body is empty; this operation requires one.")
    if name not in operation.bodies or not (name in _FORMS or name == "application/json"):
        raise Refusal(415, "The Content-Type header must be one of " + ", ".join(operation.bodies) + ".")
    if request.header(b"content-encoding") not in ([], [b"identity"]):
        raise Refusal(415, "The body must not be compressed.")
    return name


async def read(request: Request) -> bytes:
    """The whole body, which may hold 1 MiB; a larger one is not read to its end."""
    stated = request.header(b"content-length")
    if stated and stated[0].isdigit() and int(stated[0][:20]) > LARGEST_BODY:
        raise _too_large()
    raw = bytearray()
    try:
        async with asyncio.timeout(BODY_WAIT):
            while True:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise ClientGoneError
                raw += message.get("body", b"")
                if len(raw) > LARGEST_BODY:
                    raise _too_large()
                if not message.get("more_body"):
                    return bytes(raw)
    except TimeoutError:
        raise Refusal(408, f"The body did not arrive within {BODY_WAIT} seconds.") from None


def _too_large() -> Refusal:
    return Refusal(413, f"The body is larger than {LARGEST_BODY} bytes.")


def parse(request: Request, media: str, raw: bytes, schema: Schema) -> Body:
    """The body in the terms of its schema, whichever media type carried it."""
    if media not in _FORMS:
        return read_bytes(raw)
    if not raw:
        raise Refusal(400, "The body is empty; this operation requires one.")
    return nest(_FORMS[media](raw, request.header(b"content-type")[0]), schema)


def problems(_request: Request, schema: Schema, body: Body) -> dict[str, str]:
    """What is wrong with the body, by field."""
    return schema.problems(body)


def complain(sentence: str) -> None:
    """One line for the operator; never a word of a payload."""
    print(f"spot-sandbox: {sentence}", file=sys.stderr, flush=True)
