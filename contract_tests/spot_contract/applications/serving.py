"""Serves an ASGI or WSGI application on a loopback port, in a thread.

The suite sends broken requests, wrong lengths and incomplete heads, which need a socket. So an application is judged
together with an HTTP server: uvicorn for ASGI, waitress for WSGI.
"""

import inspect
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

from spot_contract.errors import CannotJudge

Application = Callable[..., Any]
_PATIENCE = 20.0  # Seconds in which an application must start, and in which it must end.


def is_asgi(application: Application) -> bool:
    """Whether an application is ASGI, that is a coroutine function or an instance with an async __call__."""
    return inspect.iscoroutinefunction(application) or inspect.iscoroutinefunction(type(application).__call__)


@contextmanager
def served(application: Application) -> Generator[str]:
    """Serve an application and yield its URL. Raises CannotJudge if it cannot be served."""
    serve = _asgi if is_asgi(application) else _wsgi
    with socket.create_server(("127.0.0.1", 0)) as listening, serve(application, listening):
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextmanager
def _asgi(application: Application, listening: socket.socket) -> Generator[None]:
    uvicorn = _library("uvicorn", "an ASGI application", "asgi")
    server = uvicorn.Server(uvicorn.Config(application, log_level="critical", lifespan="auto"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    end = time.monotonic() + _PATIENCE
    while not server.started:
        if not thread.is_alive() or time.monotonic() > end:
            server.should_exit = True
            raise CannotJudge("The ASGI application did not start: its lifespan failed or took too long.")
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(_PATIENCE)


@contextmanager
def _wsgi(application: Application, listening: socket.socket) -> Generator[None]:
    waitress = _library("waitress.server", "a WSGI application", "wsgi")
    connections: dict[int, Any] = {}
    server = waitress.create_server(application, map=connections, sockets=[listening], threads=16)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()

    def close() -> None:
        for one in list(connections.values()):
            one.close()

    try:
        yield
    finally:
        # Closed in the server's thread, whose loop ends when no connection is left.
        server.trigger.pull_trigger(close)
        thread.join(_PATIENCE)
        server.task_dispatcher.shutdown()


def _library(name: str, what: str, extra: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise CannotJudge(f"Judging {what} needs {package}: pip install 'spot-contract[{extra}]'.") from error
