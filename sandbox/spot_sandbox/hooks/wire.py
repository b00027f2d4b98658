"""Hooks around and below the service: its ASGI messages and its connections."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast

from spot_sandbox.http.messages import Application, Message, Receive, Request, Send
from spot_sandbox.http.protocol import Protocol
from spot_sandbox.orders.service import Service


def around(service: Service, call: Callable[[Application, Message, Receive, Send], Awaitable[None]]) -> None:
    """Replace the whole service as an ASGI application; `call` gets the original one, too."""

    class Around(Protocol):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.app = cast("Any", partial(call, self.app))

    service.protocol = Around


def on_send(service: Service, change: Callable[[Message, Message], Message]) -> None:
    """Change the ASGI messages that the service sends; `change` gets the scope and a message."""

    async def call(inner: Application, scope: Message, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            await send(change(scope, message))

        await inner(scope, receive, sent)

    around(service, call)


def header_value(headers: list[tuple[bytes, bytes]], name: bytes) -> bytes:
    """The first value of a header, in lower case; empty if absent."""
    return next((value for key, value in headers if key == name), b"").lower()


def is_chunked(request: Request) -> bool:
    """Whether the request body is chunked."""
    return header_value(request.headers, b"transfer-encoding") == b"chunked"
