"""The service: what happens to a request, step by step.

Each step is an attribute that holds a function, so that the faults can put another one in its place
(spot_sandbox.faults); without --fault nothing ever does.
"""

from __future__ import annotations

import asyncio
import sys
import traceback
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from spot_sandbox.http.messages import INTERNAL, NOT_FOUND, Answer, Body, ClientGoneError, Refusal, Request, envelope
from spot_sandbox.orders.create_order import create_order, find_create_order, present, row_of
from spot_sandbox.played.answers import is_json
from spot_sandbox.played.operation import Played
from spot_sandbox.reading.forms import read_multipart, read_urlencoded
from spot_sandbox.reading.json_texts import read_bytes
from spot_sandbox.reading.nesting import nest
from spot_sandbox.store.orders import Order, StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from spot_sandbox.document.operations import Operation
    from spot_sandbox.document.schema import Schema
    from spot_sandbox.http.protocol import Protocol
    from spot_sandbox.store.orders import Row
    from spot_sandbox.store.store import Store

# An answer with this status has neither a body nor a length (RFC 9110, 8.6).
NO_CONTENT = 204
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
        self.place: Callable[[Store, Row], Awaitable[Order]] = create_order
        self.present: Callable[[Order], Answer] = present
        self.refuse: Callable[[Refusal], Answer] = envelope
        self.respond: Callable[[Request], Awaitable[Answer]] = self.answer
        # How HTTP is spoken, where that is not as spot_sandbox.http.protocol does it.
        self.protocol: type[Protocol] | None = None
        # What plays each operation: create-order with all that belongs to it, the others from the document alone.
        self.plays: dict[tuple[str, str], Callable[[Operation, Request], Awaitable[Answer]]] = {}
        self._authorized: dict[tuple[str, str], Callable[[Request, Callable[[Request], None]], None]] = {}
        self._ordering = find_create_order(operations)
        for operation in operations:
            key = (operation.method, operation.template)
            if operation is self._ordering:
                self.plays[key] = self.order
            else:
                played = Played(operation)
                self.plays[key] = partial(self.play, played)
                self._authorized[key] = played.authorize
        self._complaint = ""

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
        headers = answer.headers
        if answer.status != NO_CONTENT:
            headers = [*headers, (b"content-length", str(len(answer.body)).encode())]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def answer(self, request: Request) -> Answer:
        """The answer to a request; whatever goes wrong within the service is an envelope too."""
        try:
            if request.path == "/healthz":
                return self.health(request)
            return await self.operate(request)
        except ClientGoneError:
            raise
        except Exception as error:  # noqa: BLE001 - the last resort: a caller gets an envelope whatever happens.
            return self.failure(error)

    def failure(self, error: Exception) -> Answer:
        """The envelope that tells of an error."""
        if isinstance(error, Refusal):
            return self.refuse(error)
        if isinstance(error, StoreError):
            self._complain(str(error))
            return self.refuse(Refusal(503, _lost(error), INTERNAL, {"Retry-After": "1"}))
        frame = traceback.extract_tb(error.__traceback__)[-1]
        self._complain(f"internal error: {type(error).__name__} in {frame.name}, line {frame.lineno}")
        return self.refuse(Refusal(500, "The service failed; nothing was placed.", INTERNAL))

    @property
    def is_immediate(self) -> bool:
        """Whether the steps are such that a complete order can be answered at once."""
        ordering = self._ordering
        own = (self.respond, self.read, self.place, self.protocol)
        return (
            own == (self.answer, read, create_order, None)
            and ordering is not None
            and self.plays[ordering.method, ordering.template] == self.order
        )

    @property
    def immediate_path(self) -> bytes:
        """Where orders are placed whose whole body is there."""
        return self._ordering.template.encode() if self._ordering is not None else b""

    def immediately(self, request: Request, done: Callable[[Answer], None]) -> None:
        """Answer an order whose body is all there; `done` is called once, now or when it is kept."""

        def kept(result: Order | StoreError) -> None:
            done(self.failure(result) if isinstance(result, StoreError) else self.placed(result))

        try:
            row = row_of(self.judge(self.admit(request), request), request.owner)
            if self.store.database.is_memory:
                answer = self.placed(self.store.place_now(row))
            else:
                self.store.submit(row, kept)
                return
        except Exception as error:  # noqa: BLE001 - as in answer.
            answer = self.failure(error)
        done(answer)

    def health(self, request: Request) -> Answer:
        """Say that the service is alive."""
        if request.method not in {"GET", "HEAD"}:
            raise _not_allowed(["GET", "HEAD"])
        return Answer(200, _HEALTHY)

    async def operate(self, request: Request) -> Answer:
        """Play the operation that the request names."""
        operation = self.admit(request)
        return await self.plays[operation.method, operation.template](operation, request)

    def admit(self, request: Request) -> Operation:
        """Find the operation and make sure of the caller, before anything looks at the body."""
        if sum(map(len, chain.from_iterable(request.headers))) > LARGEST_HEADERS:
            raise Refusal(431, f"The headers are larger than {LARGEST_HEADERS} bytes.")
        operation = self.find(request)
        key = (operation.method, operation.template)
        if operation.secured and key in self._authorized:
            self._authorized[key](request, self.authorize)
        elif operation.secured:
            self.authorize(request)
        return operation

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
        self.media_type(operation, request)
        request.raw = await self.read(request)
        row = row_of(self.judge(operation, request), request.owner)
        return self.placed(await self.place(self.store, row))

    def judge(self, operation: Operation, request: Request) -> Body:
        """The body, read and found valid."""
        media = self.media_type(operation, request)
        schema = operation.bodies[media]
        body = self.parse(request, media, request.raw, schema)
        wrong = self.problems(request, schema, body)
        if wrong:
            raise Refusal(400, " ".join(wrong.values()))
        return body

    def placed(self, order: Order) -> Answer:
        """The answer to an order that is kept."""
        self._complaint = ""
        return self.present(order)

    def _complain(self, sentence: str) -> None:
        """Tell the operator, once for as long as it lasts; never a word of a payload."""
        if sentence != self._complaint:
            self._complaint = sentence
            print(f"spot-sandbox: {sentence}", file=sys.stderr, flush=True)

    async def play(self, played: Played, operation: Operation, request: Request) -> Answer:
        """Answer another operation than create-order: a request in order gets the document's example."""
        wrong = played.parameters.problems(request)
        media = played.media_type(request)
        if media is not None:
            request.raw = await self.read(request)
            if is_json(media) or media in _FORMS:
                schema = operation.bodies[media]
                wrong |= self.problems(request, schema, self.parse(request, media, request.raw, schema))
        if wrong:
            raise Refusal(400, " ".join(wrong.values()))
        return played.answer()


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


def _lost(error: StoreError) -> str:
    if error.is_unknown:
        return "The database was lost while it wrote; whether the order was placed is not known."
    return "The database cannot be written to at the moment; the order was not placed."
