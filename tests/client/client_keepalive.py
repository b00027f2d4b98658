"""A server of orders that keeps connections alive and gives each order back what it held, as a thread or a process."""

import asyncio
import json
import socketserver
import sys
import threading

from client_orders import an_answer, an_order


def numbered(number):
    """An order that carries the number."""
    return an_order(metadata={"number": number})


async def order_all(client, numbers):
    """Order each number at once; the answers must hold the numbers that were sent."""
    made = await asyncio.gather(*(client.create_order(**numbered(number)) for number in numbers))
    return [order.metadata["number"] for order in made]


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        while head := self._head():
            order = json.loads(self.rfile.read(int(head[b"content-length"])))
            with self.server.lock:
                self.server.metadata.append(order.get("metadata"))
                number = len(self.server.metadata)
            answer = an_answer(order_id=f"O{number:07}", **order)
            body = json.dumps(answer).encode()
            self.wfile.write(
                b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
            )

    def _head(self):
        lines = []
        while (line := self.rfile.readline()) not in (b"\r\n", b""):
            lines.append(line)
        return {name.lower(): value for name, _, value in (line.partition(b":") for line in lines)}

    def finish(self):
        try:
            super().finish()
        except OSError:
            print("a client went away", file=sys.stderr)


class OrderServer(socketserver.ThreadingTCPServer):
    """Answers each order by a 201; `metadata` holds that of all orders made."""

    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lock = threading.Lock()
        self.metadata = []
        self.connections = 0
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,))

    @property
    def base_url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def process_request(self, request, client_address):
        self.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, request, client_address):
        """Connections of cancelled calls break; that is no news."""

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self._thread.join()
        self.server_close()
