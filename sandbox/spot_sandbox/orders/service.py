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
from spot_sandbox.http.protocol import CLOSE
from spot_sandbox.journal.journal import Journal
from spot_sandbox.orders.bodies import FORMS, media_type, parse, problems, read
from spot_sandbox.orders.create_order import create_order, find_create_order, present, row_of
from spot_sandbox.played.answers import is_json
from spot_sandbox.played.operation import Played
from spot_sandbox.scenarios.acts import PacedAnswer
from spot_sandbox.scenarios.armed import Scenarios
from spot_sandbox.scenarios.catalogue import ScenarioError, Stage
from spot_sandbox.scenarios.sending import send_paced
from spot_sandbox.store.orders import Order, StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
    Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

    from spot_sandbox.document.operations import Operation
    from spot_sandbox.document.schema import Schema
    from spot_sandbox.http.protocol import Protocol
    from spot_sandbox.store.orders import Row
    from spot_sandbox.store.store import Store

# An answer with this status has neither a body nor a length (RFC 9110, 8.6).
NO_CONTENT = 204
FIRST_ERROR = 400
# How often is looked whether requests have ended, and how long each time, in seconds.
SETTLES = 100
SETTLING = 0.002
HEALTH = "/healthz"
CONTROL = "/_sandbox/"
# All header names and values of a request together.
LARGEST_HEADERS = 64 * 1024
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
        self.journal = Journal()
        self.scenarios = Scenarios()
        self._meeting: list[Request] = []  # What a scenario has in its hands.
        # Answers what is asked for below CONTROL, where there is a control interface.
        self.control: Application | None = None

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Receive,
        send: Send,
    ) -> None:
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
            await self._send(request, answer, send)
        except ClientGoneError:
            return
        finally:
            if request in self._meeting:
                self._meeting.remove(request)
            self.note(request, answer)

    async def _send(self, request: Request, answer: Answer, send: Send) -> None:
        headers = answer.headers
        if answer.status != NO_CONTENT:
            headers = [*headers, (b"content-length", str(len(answer.body)).encode())]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        if isinstance(answer, PacedAnswer):
            await send_paced(answer, request, send)
        else:
            await send({"type": "http.response.body", "body": answer.body})

    def note(self, request: Request, answer: Answer | None) -> None:
        """Note in the journal what became of a request."""
        if request.path != HEALTH:
            self.journal.add(request, answer)

    async def answer(self, request: Request) -> Answer:
        """The answer to a request; whatever goes wrong within the service is an envelope too."""
        try:
            if request.path == HEALTH:
                return self.health(request)
            return await self.operate(request)
        except ClientGoneError:
            raise
        except Exception as error:  # noqa: BLE001 - the last resort: a caller gets an envelope whatever happens.
            return self.failure(request, error)

    def failure(self, request: Request, error: Exception) -> Answer:
        """The envelope that tells of an error."""
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

    @property
    def has_scenarios(self) -> bool:
        """Whether a scenario is armed."""
        return self.scenarios.is_any

    def immediately(self, request: Request, done: Callable[[Answer], None]) -> None:
        """Answer an order whose body is all there; `done` is called once, now or when it is kept."""

        def finish(answer: Answer) -> None:
            self.note(request, answer)
            done(answer)

        def kept(result: Order | StoreError) -> None:
            if isinstance(result, StoreError):
                finish(self.failure(request, result))
            else:
                finish(self.placed(request, result))

        try:
            row = row_of(self.judge(self.admit(request), request), request.owner)
            if self.store.database.is_memory:
                answer = self.placed(request, self.store.place_now(row))
            else:
                self.store.submit(row, kept)
                return
        except Exception as error:  # noqa: BLE001 - as in answer.
            answer = self.failure(request, error)
        finish(answer)

    def health(self, request: Request) -> Answer:
        """Say that the service is alive."""
        if request.method not in {"GET", "HEAD"}:
            raise _not_allowed(["GET", "HEAD"])
        return Answer(200, _HEALTHY)

    async def operate(self, request: Request) -> Answer:
        """Play the operation that the request names."""
        operation = self.admit(request)
        play = self.plays[operation.method, operation.template]
        if self.scenarios.may_apply(request):
            return await self._with_scenario(play, operation, request)
        return await play(operation, request)

    async def _with_scenario(
        self, play: Callable[[Operation, Request], Awaitable[Answer]], operation: Operation, request: Request
    ) -> Answer:
        """Play the operation, unless a scenario wants something else."""
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

    async def settle(self, owner: str) -> None:
        """Wait until the owner's requests that meet a scenario have ended, or for a moment."""
        for _ in range(SETTLES):
            if not any(each.owner == owner for each in self._meeting):
                return
            await asyncio.sleep(SETTLING)

    async def _peek(self, operation: Operation, request: Request) -> Any:
        """The body's JSON, None where it has none or another one than the document wants."""
        if not operation.bodies:
            return None
        raw = request.raw = await self.read(request)
        request.receive = partial(_again, raw, request.receive, [])
        try:
            return self.judge(operation, request).tree
        except Refusal:
            return None

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
        if (instead := await reach(Stage.BODY, request)) is not None:
            return instead
        answer = self.placed(request, await self.place(self.store, row))
        return await reach(Stage.PLACED, request) or answer

    def judge(self, operation: Operation, request: Request) -> Body:
        """The body, read and found valid."""
        media = self.media_type(operation, request)
        schema = operation.bodies[media]
        body = self.parse(request, media, request.raw, schema)
        wrong = self.problems(request, schema, body)
        if wrong:
            raise Refusal(400, " ".join(wrong.values()))
        return body

    def placed(self, request: Request, order: Order) -> Answer:
        """The answer to an order that is kept."""
        self._complaint = ""
        request.order_id = order.order_id
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
            if is_json(media) or media in FORMS:
                schema = operation.bodies[media]
                # Not self.parse and self.problems: what a fault makes of an order has no place here.
                wrong |= problems(request, schema, parse(request, media, request.raw, schema))
        if wrong:
            raise Refusal(400, " ".join(wrong.values()))
        return await reach(Stage.BODY, request) or await reach(Stage.PLACED, request) or played.answer()


async def reach(stage: Stage, request: Request, answer: Answer | None = None) -> Answer | None:
    """Let the request's scenario act, if it has one whose stage this is: what to answer instead, or None."""
    return None if request.armed is None else await request.armed.reach(stage, request, answer)


async def _again(raw: bytes, receive: Receive, told: list[bool]) -> MutableMapping[str, Any]:
    """The body once more, then what follows it."""
    if told:
        return await receive()
    told.append(True)
    return {"type": "http.request", "body": raw}


def _not_allowed(methods: list[str]) -> Refusal:
    return Refusal(405, "This path does not allow the method.", headers={"Allow": ", ".join(methods)})


def _lost(error: StoreError) -> str:
    if error.is_unknown:
        return "The database was lost while it wrote; whether the order was placed is not known."
    return "The database cannot be written to at the moment; the order was not placed."
