"""The service: what happens to a request, step by step.

Each step is an attribute that holds a function, so that faults (spot_sandbox.faults) can replace it. Without --fault
nothing does.
"""

import asyncio
import sys
import traceback
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import chain
from typing import Any

from spot_sandbox.document.operations import Operation
from spot_sandbox.document.schema import Schema
from spot_sandbox.http.messages import (
    INTERNAL,
    NOT_FOUND,
    Answer,
    Application,
    Body,
    ClientGoneError,
    Message,
    Receive,
    Refusal,
    Request,
    Send,
    envelope,
    send_answer,
)
from spot_sandbox.http.protocol import CLOSE, Protocol
from spot_sandbox.journal.journal import Journal
from spot_sandbox.orders.bodies import FORMS, media_type, parse, problems, read
from spot_sandbox.orders.create_order import create_order, find_create_order, present, row_of
from spot_sandbox.played.answers import is_json
from spot_sandbox.played.operation import Played
from spot_sandbox.scenarios.acts import PacedAnswer
from spot_sandbox.scenarios.armed import Scenarios
from spot_sandbox.scenarios.catalogue import ScenarioError, Stage
from spot_sandbox.scenarios.sending import send_paced
from spot_sandbox.store.orders import Order, Row, StoreError
from spot_sandbox.store.store import Store

FIRST_ERROR = 400
# How often and at which interval, in seconds, `settle` checks whether requests have ended.
SETTLES = 100
SETTLING = 0.002
HEALTH = "/healthz"
CONTROL = "/_sandbox/"
# The size limit of all header names and values of a request together, in bytes.
LARGEST_HEADERS = 64 * 1024
_HEALTHY = b'{"status": "ok"}'


class Service:
    """Answers requests for the document's operations."""

    def __init__(self, operations: list[Operation], authorize: Callable[[Request], None], store: Store) -> None:
        self.operations = operations
        self.store = store
        self.authorize: Callable[[Request], None] = authorize
        self.media_type: Callable[[Operation, Request], str] = media_type
        self.read: Callable[[Request], Awaitable[bytes]] = read
        self.parse: Callable[[Request, str, bytes, Schema], Body] = parse
        self.problems: Callable[[Request, Schema, Body], dict[str, str]] = problems
        self.place: Callable[[Store, Row], Awaitable[Order]] = create_order
        self.present: Callable[[Order], Answer] = present
        self.refuse: Callable[[Refusal], Answer] = envelope
        self.respond: Callable[[Request], Awaitable[Answer]] = self.answer
        # Replaces spot_sandbox.http.protocol, if a fault sets it.
        self.protocol: type[Protocol] | None = None
        # The handler of each operation: create-order is implemented here, the others are played from the document.
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
        self.journal = Journal()
        self.scenarios = Scenarios()
        self._meeting: list[Request] = []  # Requests that a scenario holds.
        # The application below CONTROL; None without a control interface.
        self.control: Application | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if self.control is not None and f"{scope['path']}/".startswith(CONTROL):
            await self.control(scope, receive, send)
            return
        request = Request(
            scope["method"],
            scope["path"],
            scope["query_string"],
            scope["headers"],
            receive,
            version=scope["http_version"],
            client=scope["client"],
            close=scope.get(CLOSE),
        )
        answer: Answer | None = None
        try:
            answer = await self.respond(request)
            await (send_paced(answer, request, send) if isinstance(answer, PacedAnswer) else send_answer(answer, send))
        except ClientGoneError:
            return
        finally:
            if request in self._meeting:
                self._meeting.remove(request)
            self.note(request, answer)

    def note(self, request: Request, answer: Answer | None) -> None:
        """Record a request and its outcome in the journal."""
        if request.path != HEALTH:
            self.journal.add(request, answer)

    async def answer(self, request: Request) -> Answer:
        """Answer a request; errors of the service become an envelope too."""
        try:
            if request.path == HEALTH:
                return self.health(request)
            return await self.operate(request)
        except ClientGoneError:
            raise
        except Exception as error:  # noqa: BLE001 - every failure must become an envelope.
            return self.failure(request, error)

    def failure(self, request: Request, error: Exception) -> Answer:
        """The envelope for an error."""
        if isinstance(error, Refusal):
            return self.refuse(error)
        if isinstance(error, StoreError):
            request.is_unknown = error.is_unknown
            self._complain(str(error))
            return self.refuse(Refusal(503, _lost(error), INTERNAL, {"Retry-After": "1"}))
        frame = traceback.extract_tb(error.__traceback__)[-1]
        self._complain(f"internal error: {type(error).__name__} in {frame.name}, line {frame.lineno}")
        return self.refuse(Refusal(500, "The service failed; nothing was placed.", INTERNAL))

    @property
    def immediate_path(self) -> bytes:
        """The path of create-order, if a complete order can be answered at once; empty if a fault prevents that."""
        ordering = self._ordering
        steps = (self.respond, self.read, self.place, self.protocol)
        if ordering is None or steps != (self.answer, read, create_order, None):
            return b""
        is_own = self.plays[ordering.method, ordering.template] == self.order
        return ordering.template.encode() if is_own else b""

    def immediately(self, request: Request, done: Callable[[Answer], None]) -> None:
        """Answer an order whose body is complete; `done` is called once, now or when the order is stored."""

        def finish(result: Order | Exception) -> None:
            answer = self.failure(request, result) if isinstance(result, Exception) else self.placed(request, result)
            self.note(request, answer)
            done(answer)

        try:
            row = row_of(self.judge(self.admit(request), request), request.owner)
        except Exception as error:  # noqa: BLE001 - as in answer.
            finish(error)
        else:
            self.store.submit(row, finish)

    def health(self, request: Request) -> Answer:
        """Answer the health check."""
        if request.method not in {"GET", "HEAD"}:
            raise _not_allowed(["GET", "HEAD"])
        return Answer(200, _HEALTHY)

    async def operate(self, request: Request) -> Answer:
        """Run the operation of the request."""
        operation = self.admit(request)
        play = self.plays[operation.method, operation.template]
        if self.scenarios.may_apply(request):
            return await self._with_scenario(play, operation, request)
        return await play(operation, request)

    async def _with_scenario(
        self, play: Callable[[Operation, Request], Awaitable[Answer]], operation: Operation, request: Request
    ) -> Answer:
        """Run the operation, unless a scenario replaces its answer."""
        body = await self._peek(operation, request) if self.scenarios.needs_body(request) else None
        try:
            request.armed = armed = self.scenarios.take(request, body)
        except ScenarioError as error:
            raise Refusal(400, str(error)) from None
        if armed is not None:
            self._meeting.append(request)
        try:
            answer = await reach(Stage.HEAD, request) or await play(operation, request)
            if answer.status < FIRST_ERROR:
                answer = await reach(Stage.ANSWER, request, answer) or answer
            return answer
        finally:
            if armed is not None and not request.has_met:
                self.scenarios.give_back(armed)

    def reset(self, owner: str | None) -> None:
        """Delete the orders, requests and scenarios of one owner or of all (None)."""
        self.store.database.clear(owner)
        self.journal.clear(owner)
        self.scenarios.clear(owner)

    async def settle(self, owner: str) -> None:
        """Wait shortly until the owner's requests that a scenario holds have ended."""
        for _ in range(SETTLES):
            if not any(each.owner == owner for each in self._meeting):
                return
            await asyncio.sleep(SETTLING)

    async def _peek(self, operation: Operation, request: Request) -> Any:
        """The JSON body; None if it is missing or invalid."""
        if not operation.bodies:
            return None
        raw = request.raw = await self.read(request)
        request.receive = partial(_again, raw, request.receive, [])
        try:
            return self.judge(operation, request).tree
        except Refusal:
            return None

    def admit(self, request: Request) -> Operation:
        """Find the operation and authenticate the caller, before the body is read."""
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
        """The operation of the method and path."""
        here = [operation for operation in self.operations if operation.path.fullmatch(request.path)]
        for operation in here:
            if operation.method == request.method:
                return operation
        if here:
            raise _not_allowed([operation.method for operation in here])
        raise Refusal(404, "Nothing is found at this path.", NOT_FOUND)

    async def order(self, operation: Operation, request: Request) -> Answer:
        """Run create-order."""
        self.media_type(operation, request)
        request.raw = await self.read(request)
        row = row_of(self.judge(operation, request), request.owner)
        if (instead := await reach(Stage.BODY, request)) is not None:
            return instead
        answer = self.placed(request, await self.place(self.store, row))
        return await reach(Stage.PLACED, request) or answer

    def judge(self, operation: Operation, request: Request) -> Body:
        """Read and validate the body."""
        media = self.media_type(operation, request)
        schema = operation.bodies[media]
        body = self.parse(request, media, request.raw, schema)
        wrong = self.problems(request, schema, body)
        if wrong:
            raise Refusal(400, " ".join(wrong.values()))
        return body

    def placed(self, request: Request, order: Order) -> Answer:
        """The answer to a stored order."""
        self._complaint = ""
        request.order_id = order.order_id
        return self.present(order)

    def _complain(self, sentence: str) -> None:
        """Print an error once until an order succeeds. It must not contain data of requests."""
        if sentence != self._complaint:
            self._complaint = sentence
            print(f"spot-sandbox: {sentence}", file=sys.stderr, flush=True)

    async def play(self, played: Played, operation: Operation, request: Request) -> Answer:
        """Answer an operation other than create-order: a valid request gets the document's example."""
        wrong = played.parameters.problems(request)
        media = played.media_type(request)
        if media is not None:
            request.raw = await self.read(request)
            if is_json(media) or media in FORMS:
                schema = operation.bodies[media]
                # Not self.parse and self.problems, which faults replace for create-order.
                wrong |= problems(request, schema, parse(request, media, request.raw, schema))
        if wrong:
            raise Refusal(400, " ".join(wrong.values()))
        return await reach(Stage.BODY, request) or await reach(Stage.PLACED, request) or played.answer()


async def reach(stage: Stage, request: Request, answer: Answer | None = None) -> Answer | None:
    """Let the request's scenario act if this is its stage; return its answer, or None."""
    return None if request.armed is None else await request.armed.reach(stage, request, answer)


async def _again(raw: bytes, receive: Receive, sent: list[bool]) -> Message:
    """Receive the body again, then what follows it."""
    if sent:
        return await receive()
    sent.append(True)
    return {"type": "http.request", "body": raw}


def _not_allowed(methods: list[str]) -> Refusal:
    return Refusal(405, "This path does not allow the method.", headers={"Allow": ", ".join(methods)})


def _lost(error: StoreError) -> str:
    if error.is_unknown:
        return "The database was lost during the commit; it is not known whether the order was placed."
    return "The database is not writable at the moment; the order was not placed."
