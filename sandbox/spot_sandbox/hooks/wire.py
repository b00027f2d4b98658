"""Hooks around and below the service: its ASGI messages and its connections."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

from spot_sandbox.http.messages import Request
from spot_sandbox.http.protocol import Protocol
from spot_sandbox.orders.service import Service

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


def around(service: Service, wrap: Callable[[App], App]) -> None:
    """Wrap the whole service as an ASGI application."""

    class Around(Protocol):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.app = cast("Any", wrap(cast("App", self.app)))

    service.protocol = Around


def on_send(service: Service, change: Callable[[Message, Message], Message]) -> None:
    """Change the ASGI messages that the service sends; `change` gets the scope and a message."""

    def wrap(inner: App) -> App:
        async def app(scope: Message, receive: Receive, send: Send) -> None:
            async def sent(message: Message) -> None:
                await send(change(scope, message))

            await inner(scope, receive, sent)

        return app

    around(service, wrap)


def header_value(headers: list[tuple[bytes, bytes]], name: bytes) -> bytes:
    """The first value of a header, in lower case; empty if absent."""
    return next((value for key, value in headers if key == name), b"").lower()


def is_chunked(request: Request) -> bool:
    """Whether the request body is chunked."""
    return header_value(request.headers, b"transfer-encoding") == b"chunked"
