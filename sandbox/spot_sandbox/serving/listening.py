"""Stops listening while the scenario `refuse connection` is armed."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import uvicorn

from spot_sandbox.scenarios.armed import Scenarios


class Listening:
    """Closes the listening sockets of a server, and opens them again."""

    def __init__(
        self, server: uvicorn.Server, scenarios: Scenarios, listen: Callable[[], asyncio.Future[asyncio.Server]]
    ) -> None:
        """`listen` opens the same address again."""
        self._server = server
        self._scenarios = scenarios
        self._listen = listen
        self._is_open = True
        scenarios.watch(self._changed)

    def _changed(self) -> None:
        left = self._scenarios.refusing_for()
        if left and self._is_open:
            self._is_open = False
            self._close()
        elif not left and not self._is_open:
            self._is_open = True
            self._listen().add_done_callback(lambda opened: self._server.servers.append(opened.result()))
        if left and left != float("inf"):
            asyncio.get_running_loop().call_later(left, self._changed)

    def _close(self) -> None:
        for server in self._server.servers:
            server.close()
        self._server.servers.clear()
        # Otherwise an idle connection would serve requests while new connections are refused.
        for each in list(self._server.server_state.connections):
            connection = cast("Any", each)
            if connection.cycle is None or connection.cycle.response_complete:
                connection.transport.close()
