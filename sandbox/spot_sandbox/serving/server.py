"""Listens on a socket and ends cleanly on a signal."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING

import uvicorn

from spot_sandbox.http.protocol import Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from spot_sandbox.orders.service import Service

# How long requests that are under way may still take when the service is told to stop, in seconds.
GRACE = 1
BACKLOG = 2048


class ListenError(Exception):
    """The address cannot be listened on; the message says why, in one line."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 picks a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol must be named: asyncio sets TCP_NODELAY, worth 40 ms an answer, on sockets that state it only.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # Elsewhere the option lets two processes share a port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "no such address"
        listener.close()
        raise ListenError(f"cannot listen on {host} port {port}: {reason}") from None
    return listener


def address(listener: socket.socket) -> str:
    """The address to type into a client."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def serve(service: Service, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Answer requests until SIGTERM or SIGINT; `ready` is called once requests are answered."""
    config = uvicorn.Config(
        service,
        http=service.protocol or Protocol,
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
    # uvicorn raises the signal again when it is done; by then it has no one to tell.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ignore)
    server = _Server(config, ready)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(server.serve(sockets=[listener]))


def _ignore(_signal: int, _frame: object) -> None:
    """Nothing is left to do."""


def announce(lines: list[str]) -> None:
    """Print the lines at once, for whoever waits for the address."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
