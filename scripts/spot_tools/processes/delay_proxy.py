"""A slow line on loopback: a TCP proxy that hands on all bytes in order, each direction half a round trip late."""

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from spot_tools.errors import ToolError

_CHUNK = 64 * 1024
_PARTS = 64  # Parts of one direction that are on the line at a time; then its sender has to wait.
_PATIENCE = 10.0  # Seconds that the line may take to open.


@contextmanager
def slow_line(url: str, milliseconds: float) -> Generator[str]:
    """The address of a line to the server at this address that takes so long, there and back.

    Only bytes are late: a connection opens as quickly as without the line. Raises ToolError where nothing can listen.
    """
    server = urlsplit(url)
    line = _Line(server.hostname or "127.0.0.1", server.port or 80, milliseconds / 2000)
    thread = threading.Thread(target=line.run, daemon=True)
    thread.start()
    try:
        if not line.open.wait(_PATIENCE) or not line.port:
            raise ToolError("no slow line could be opened on loopback.")
        yield server._replace(netloc=f"127.0.0.1:{line.port}").geturl()
    finally:
        line.end()
        thread.join(_PATIENCE)


class _Line:
    """All connections of one line, in one event loop. `open` is set once `port` is known, or 0 where there is none."""

    def __init__(self, host: str, port: int, delay: float) -> None:
        self.open = threading.Event()
        self.port = 0
        self._server = (host, port)
        self._delay = delay
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._connections: set[asyncio.Task[None]] = set()

    def run(self) -> None:
        """Carry bytes until the end."""
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._listen())
        finally:
            self.open.set()

    def end(self) -> None:
        """Close everything."""
        with suppress(RuntimeError):  # The loop has ended where nothing could listen.
            self._loop.call_soon_threadsafe(self._over.set)

    async def _listen(self) -> None:
        try:
            listener = await asyncio.start_server(self._begin, "127.0.0.1", 0)
        except OSError:
            return
        self.port = listener.sockets[0].getsockname()[1]
        self.open.set()
        await self._over.wait()
        listener.close()
        await _ended(*self._connections)
        await asyncio.sleep(0)  # What was aborted is closed in the loop's next turn.

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._connect(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, with one to the server for it. It ends when the server has ended it."""
        with suppress(OSError), _closing(writer):
            far_reader, far_writer = await asyncio.open_connection(*self._server)
            with _closing(far_writer):
                there = self._loop.create_task(self._carry(reader, far_writer))
                try:
                    await self._carry(far_reader, writer)
                finally:
                    await _ended(there)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hand on what one end sends, and then its end, each part when it is due."""
        line: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_PARTS)
        taking = self._loop.create_task(self._take(reader, line))
        try:
            while True:
                due, data = await line.get()
                await asyncio.sleep(due - self._loop.time())
                if not data:
                    writer.write_eof()
                    return
                writer.write(data)
                await writer.drain()
        except OSError:
            return  # The other end is gone; what it sent before is still on its way.
        finally:
            await _ended(taking)

    async def _take(self, reader: asyncio.StreamReader, line: asyncio.Queue[tuple[float, bytes]]) -> None:
        """Put what comes on the line; no bytes are the end."""
        data = b"more"
        while data:
            try:
                data = await reader.read(_CHUNK)
            except OSError:
                data = b""
            await line.put((self._loop.time() + self._delay, data))


@contextmanager
def _closing(writer: asyncio.StreamWriter) -> Generator[None]:
    """Close one end when all is written, or at once where the line itself ends."""
    try:
        yield
    except asyncio.CancelledError:
        writer.transport.abort()
        raise
    finally:
        writer.close()


async def _ended(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks and wait for their end."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
