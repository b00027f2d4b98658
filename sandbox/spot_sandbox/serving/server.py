"""Listens on a socket and ends cleanly on a signal."""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, cast

import uvicorn

from spot_sandbox.http.immediate import ImmediateProtocol
from spot_sandbox.http.protocol import Protocol
from spot_sandbox.orders.service import Service
from spot_sandbox.serving.listening import Listening

# How many seconds running requests get to finish after SIGTERM or SIGINT.
GRACE = 1
BACKLOG = 2048


class ListenError(Exception):
    """The server cannot listen on the address; the message says why, in one line."""


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 picks a free port. Raises ListenError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY, which saves 40 ms per response, only on sockets that name the protocol.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # Elsewhere the option lets two processes share a port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "no such address"
        listener.close()
        raise ListenError(f"cannot listen on {host} port {port}: {reason}; choose another address or port") from None
    return listener


def address(listener: socket.socket) -> str:
    """The base URL of the server."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server(uvicorn.Server):
    """Answers requests on one socket."""

    def __init__(self, service: Service, listener: socket.socket, ready: Callable[[], None]) -> None:
        """`ready` is called once the server accepts requests."""
        super().__init__(
            uvicorn.Config(
                service,
                http=ImmediateProtocol if service.immediate_path else service.protocol or Protocol,
                ws="none",
                lifespan="off",
                proxy_headers=False,
                interface="asgi3",
                log_config=None,
                access_log=False,
                server_header=False,
                backlog=BACKLOG,
                timeout_graceful_shutdown=GRACE,
            )
        )
        self._ready = ready
        self._service = service
        self._listener = listener
        self._place: tuple[str, int] = listener.getsockname()[:2]

    async def run_until_stopped(self) -> None:
        """Serve until the server is stopped."""
        await self.serve(sockets=[self._listener])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start serving."""
        await super().startup(sockets)
        Listening(self, self._service.scenarios, self._listen_again)
        self._ready()

    def _listen_again(self) -> asyncio.Future[asyncio.Server]:
        loop = asyncio.get_running_loop()
        listener = listen(*self._place)
        kind = cast("Any", self.config.http_protocol_class)
        return loop.create_task(
            loop.create_server(
                lambda: kind(config=self.config, server_state=self.server_state, app_state={}), sock=listener
            )
        )


def serve(service: Service, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; `ready` is called once the server accepts requests."""
    # uvicorn raises the signal again when it is done.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ignore)
    _allow_connections()
    # The objects that exist now stay, so the garbage collector can skip them.
    gc.freeze()
    server = Server(service, listener, ready)
    with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(server.run_until_stopped())


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The event loop factory of uvloop if that is installed, else None for asyncio's own."""
    if find_spec("uvloop") is None:
        return None
    uvloop: Any = import_module("uvloop")
    return cast("Callable[[], asyncio.AbstractEventLoop]", uvloop.new_event_loop)


def _allow_connections() -> None:
    """Raise the limit of open connections, often only 1,024, to the maximum that the system allows."""
    if find_spec("resource") is not None:
        resource: Any = import_module("resource")
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _ignore(_signal: int, _frame: object) -> None:
    """Do nothing."""


def announce(lines: list[str]) -> None:
    """Print the lines and flush, because programs wait for the address."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
