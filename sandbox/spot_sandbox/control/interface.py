"""The control interface of a running server: JSON over HTTP below /_sandbox/api/.

docs/sandbox.md lists the requests. The header Spot-Sandbox-Token limits a request to one token; without it, the request
applies to all tokens.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import parse_qs

from spot_sandbox.control.guard import Guard
from spot_sandbox.http.messages import (
    NOT_FOUND,
    Answer,
    Application,
    Message,
    Receive,
    Refusal,
    Send,
    envelope,
    send_answer,
    until_gone,
)
from spot_sandbox.journal.entry import Entry
from spot_sandbox.orders.service import CONTROL, Service
from spot_sandbox.orders.tokens import Authority
from spot_sandbox.scenarios.armed import read
from spot_sandbox.scenarios.catalogue import SCENARIOS, ScenarioError, Stage
from spot_sandbox.store.orders import Order

API = f"{CONTROL}api/"
TOKEN_HEADER = b"spot-sandbox-token"
# The size limit of a request body, in bytes.
LARGEST = 64 * 1024
LARGEST_PAGE = 1000
# The interval of keep-alive comments in the event stream, in seconds.
HEARTBEAT = 15
# How long events are collected before they are sent together, in seconds.
BURST = 0.05
_JSON = (b"content-type", b"application/json")
_PRIVATE = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]


class Control:
    """The ASGI application below /_sandbox/."""

    def __init__(self, service: Service, guard: Guard, pages: Application) -> None:
        """`pages` serves all other paths, if the guard allows the request."""
        self._service = service
        self._guard = guard
        self._pages = pages

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        refused = self._guard(scope)
        if refused is not None:
            await send_answer(refused, send)
        elif not scope["path"].startswith(API):
            await self._pages(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            owner = self._owner(scope)
            name = scope["path"].removeprefix(API)
            if (scope["method"], name) == ("GET", "events"):
                await self._events(owner, receive, send)
                return
            value = await self._call(scope, name, owner, receive)
        except Refusal as refusal:
            await send_answer(envelope(refusal), send)
        except ScenarioError as error:
            await send_answer(envelope(Refusal(400, str(error))), send)
        else:
            # A text is JSON already.
            text = value if isinstance(value, str) else json.dumps(value)
            await send_answer(Answer(200, text.encode(), [_JSON, *_PRIVATE]), send)

    async def _call(self, scope: Message, name: str, owner: str | None, receive: Receive) -> Any:
        method = scope["method"]
        query = parse_qs(scope["query_string"].decode("latin-1"))
        after, limit = query.get("after", [""])[0], _number(query.get("limit", ["100"])[0], "limit")
        last = _number(query["last"][0], "limit") if "last" in query else None
        commands: dict[str, dict[str, Callable[[Any], Any]]] = {
            "orders": {"GET": lambda _: self.orders(owner, after, limit, last)},
            "requests": {"GET": lambda _: self.requests(owner, _number(after or "0", "after"), limit, last)},
            "count": {"GET": lambda _: self.count(owner)},
            "scenarios": {
                "GET": lambda _: self.scenarios(owner),
                "POST": lambda body: self.arm(owner, body),
                "DELETE": lambda _: self._service.scenarios.clear(owner),
            },
            "reset": {"POST": lambda _: self._service.reset(owner)},
            "tokens": {"POST": lambda _: self.token()},
        }
        if name not in commands:
            paths = ", ".join(f"{API}{each}" for each in (*commands, "events"))
            raise Refusal(404, f"Unknown path; the paths are {paths}.", NOT_FOUND)
        if method not in commands[name]:
            raise Refusal(405, "This path does not allow the method.", headers={"Allow": ", ".join(commands[name])})
        return commands[name][method](await _body(receive) if method == "POST" else None)

    def orders(self, owner: str | None, after: str, limit: int, last: int | None) -> str:
        """The stored orders, oldest first; with `last`, only that many of the newest."""
        database = self._service.store.database
        if last is None:
            return _as_sent(database.orders(owner, after=after, limit=limit))
        return _as_sent(database.newest(owner, limit=last)[::-1])

    def requests(self, owner: str | None, after: int, limit: int, last: int | None) -> list[dict[str, Any]]:
        """The journal, oldest first; with `last`, only that many of the newest entries."""
        entries = self._service.journal.entries(owner, after=after)
        page = entries[:limit] if last is None else entries[max(0, len(entries) - last) :]
        return [each.as_json() for each in page]

    def count(self, owner: str | None) -> dict[str, int]:
        """The number of stored orders and requests."""
        return {
            "orders": self._service.store.database.count(owner),
            "requests": len(self._service.journal.entries(owner)),
        }

    def scenarios(self, owner: str | None) -> dict[str, Any]:
        """The catalogue, and the armed scenarios."""
        known = [
            {"name": each.name, "summary": each.summary, "places_order": each.places_order}
            for each in SCENARIOS.values()
        ]
        return {"known": known, "armed": [each.as_json() for each in self._service.scenarios.armed(owner)]}

    def arm(self, owner: str | None, body: Any) -> dict[str, Any]:
        """Arm a scenario."""
        if not isinstance(body, dict):
            raise Refusal(400, 'The body must be a JSON object such as {"scenario": "drop after commit"}.')
        armed = read(cast("dict[str, Any]", body), owner)
        if armed.scenario.stage is Stage.CONNECTION and armed.settings.seconds is None:
            raise ScenarioError(f"Set seconds for {armed.name!r}: while it lasts, no request can end it.")
        self._service.scenarios.arm(armed)
        return armed.as_json()

    def token(self) -> dict[str, str]:
        """Another valid token, with its own orders."""
        return {"token": self._authority.make()}

    @property
    def _authority(self) -> Authority:
        if isinstance(self._service.authorize, Authority):
            return self._service.authorize
        raise Refusal(400, "Tokens cannot be made while a fault replaces authentication.")

    def _owner(self, scope: Message) -> str | None:
        token = dict(scope["headers"]).get(TOKEN_HEADER)
        if token is None:
            return None
        owner = self._authority.owner(token)
        if owner is None:
            raise Refusal(400, "The Spot-Sandbox-Token header does not contain a valid token.")
        return owner

    async def _events(self, owner: str | None, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream"), *_PRIVATE]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        gone = asyncio.ensure_future(until_gone(receive))
        with self._service.journal.listening() as entries:
            text = ": listening\n\n"
            while not gone.done():
                await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
                next_entry = asyncio.ensure_future(entries.get())
                await asyncio.wait({gone, next_entry}, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
                text = ": alive\n\n"
                if next_entry.done():
                    # Send a burst of events together, so that watching does not slow down orders.
                    await asyncio.sleep(BURST)
                    came = [next_entry.result(), *(entries.get_nowait() for _ in range(entries.qsize()))]
                    text = "".join(_event(each) for each in came if owner is None or each.owner == owner) or text
                else:
                    next_entry.cancel()


def _as_sent(orders: list[Order]) -> str:
    """Orders with the JSON texts that were sent, because 1e400 or 1.10 do not survive parsing and printing."""
    texts = (
        f'{{"order_id": "{each.order_id}", "created": "{each.created}", "recipient": {each.recipient}, '
        f'"kit_types": {each.kit_types}, "metadata": {each.metadata or "null"}}}'
        for each in orders
    )
    return f"[{', '.join(texts)}]"


def _event(entry: Entry) -> str:
    return f"id: {entry.number}\nevent: request\ndata: {json.dumps(entry.as_json())}\n\n"


def _number(text: str, name: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 16:  # noqa: PLR2004 - far beyond any number given.
        return min(int(text), LARGEST_PAGE) if name == "limit" else int(text)
    raise Refusal(400, f"The {name} parameter must be a whole number.")


async def _body(receive: Receive) -> Any:
    raw = b""
    while True:
        message = await receive()
        raw += message.get("body", b"")
        if len(raw) > LARGEST:
            raise Refusal(413, f"The body is larger than {LARGEST} bytes.")
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            break
    try:
        return json.loads(raw) if raw else None
    except (ValueError, RecursionError):
        raise Refusal(400, "The body is not well-formed JSON.") from None
