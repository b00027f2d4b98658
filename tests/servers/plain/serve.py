"""A server of the create-order operation in the standard library alone, as lax as the published document allows.

Run `python serve.py --port 0 --token …`; the first line printed tells the address. SIGTERM ends it.
"""

import argparse
import contextlib
import hmac
import itertools
import os
import re
import signal
import socket
import sys
import time
from datetime import UTC, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bodies import BrokenBodyError, UnsupportedError, encode, read_order
from document import RefusalError, check

PATH = "/api/v2/orders/"
MAX_BODY_BYTES = 256 * 1024
MAX_DRAINED_BYTES = 64 * 1024 * 1024
DRAIN_SECONDS = 5
HERE = timezone(timedelta(hours=-5))
ALLOW = ("Allow", "POST, OPTIONS")
CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,7}")

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


class TooLargeError(Exception):
    pass


def refusal(status, kind, detail):
    error = {"type": kind, "detail": detail}
    return encode({"error": error if status is None else {"status": status, **error}})


class Orders:
    """Numbers that count up, and the answer to an order that the document allows."""

    def __init__(self):
        self.numbers = itertools.count(10_000_019)

    def place(self, wanted):
        number = next(self.numbers)
        now = datetime.now(HERE)
        address = {"verified": False, **wanted["recipient"]["address"]}
        order = {
            "order_id": str(number),
            "status": "pending",
            "recipient": {"recipient_id": number * 7, **wanted["recipient"], "address": address},
            "kit_types": wanted["kit_types"],
            "kits": [],
            "created": now.isoformat(timespec="milliseconds"),
            "updated": now.astimezone(UTC).isoformat(timespec="seconds"),
            "placed_by": {"user": "lab", "roles": []},
            "links": None,
        }
        if "metadata" in wanted:
            order["metadata"] = wanted["metadata"]
        return order


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    # One write for head and body, or the second would wait for the client's delayed acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    def __getattr__(self, name):
        # The base class answers 501, which is a 5xx, for each method that has no do_… of its own.
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def answer(self):
        body = None
        try:
            body = self.read_body()
        except TooLargeError:
            self.close_connection = True
        except BrokenBodyError as exc:
            self.close_connection = True
            self.send(400, JSON, refusal(400, "bad_request", str(exc)))
            return
        self.send(*self.decide(body))
        if body is None:
            self.drain()

    def decide(self, body):
        """The whole answer; a body of None is one that was too large to read."""
        path = re.sub(r"\Ahttps?://[^/?]*", "", self.path).partition("?")[0]
        if path != PATH:
            return 404, TEXT, "There is nothing here.\n"
        if self.command == "OPTIONS":
            return 204, None, "", ALLOW
        if self.command != "POST":
            return 405, HTML, "<!doctype html><title>405</title><p>Only POST is understood here.", ALLOW
        if not self.is_authorised():
            return 401, JSON, refusal(401, "unauthorized", "A valid token is required.")
        if body is None:
            return 413, TEXT, "That is too large.\n"
        return self.order(body)

    def order(self, body):
        if not body:
            return 400, JSON, refusal(400, "bad_request", "The body is empty; kit_types and recipient are required.")
        try:
            order = read_order(self.headers.get("Content-Type", ""), body)
            check(order)
        except UnsupportedError:
            return 400, JSON, refusal(None, "bad_request", "The media type is not supported.")
        except (RefusalError, BrokenBodyError) as exc:
            return 400, JSON, refusal(400, "bad_request", str(exc))
        return 201, JSON, encode(self.server.orders.place(order))

    def is_authorised(self):
        values = self.headers.get_all("Authorization", [])
        if len(values) != 1:
            return False
        scheme, _, token = values[0].partition(" ")
        sent = token.strip(" \t").encode("latin-1", "replace")
        return scheme.lower() == "token" and hmac.compare_digest(sent, self.server.token.encode())

    def read_body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self.read_chunks()
        length = self.headers.get("Content-Length", "0")
        if not re.fullmatch("[0-9]{1,18}", length):
            raise BrokenBodyError("The Content-Length is not a number.")
        if int(length) > MAX_BODY_BYTES:
            raise TooLargeError
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            raise BrokenBodyError("The body is shorter than its Content-Length.")
        return body

    def read_chunks(self):
        body = b""
        while True:
            size = self.rfile.readline(1024).partition(b";")[0].strip()
            if not CHUNK_SIZE.fullmatch(size):
                raise BrokenBodyError("The chunked body is broken.")
            length = int(size, 16)
            if length == 0:
                while self.rfile.readline(1024).strip():  # Trailers.
                    pass
                return body
            if len(body) + length > MAX_BODY_BYTES:
                raise TooLargeError
            chunk = self.rfile.read(length + 2)
            if chunk[length:] != b"\r\n":
                raise BrokenBodyError("The chunked body is broken.")
            body += chunk[:length]

    def drain(self):
        """Reads on for a while after the answer: closing at once would reset the connection and lose the answer."""
        self.wfile.flush()
        deadline = time.monotonic() + DRAIN_SECONDS
        left = MAX_DRAINED_BYTES
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(DRAIN_SECONDS)
            while left > 0 and time.monotonic() < deadline:
                read = len(self.rfile.read1(65536))
                if not read:
                    break
                left -= read

    def send(self, status, media_type, text, *headers):
        content = text.encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if media_type:
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(content)))
        if self.close_connection or self.server.close_each:
            self.send_header("Connection", "close")  # This sets close_connection, too.
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def send_error(self, code, *_explanation):
        """What the base class says of a request that it cannot read; never with a 5xx of its own."""
        self.close_connection = True
        self.request_version = self.protocol_version  # Else an unread version gets an answer without a head.
        if code in (413, 414, 431):
            self.send(code, TEXT, "That is too large.\n")
        else:
            self.send(400, JSON, refusal(400, "bad_request", "This is not an HTTP/1.1 request."))
        self.drain()

    def log_message(self, *_arguments):
        """No log: a request line may hold a token."""


class Server(ThreadingHTTPServer):
    request_queue_size = 128

    def __init__(self, arguments):
        self.token = arguments.token
        self.close_each = arguments.close_each
        self.orders = Orders()
        super().__init__(("127.0.0.1", arguments.port), Handler)

    def handle_error(self, request, client_address):
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--token", default=os.environ.get("SPOT_API_TOKEN"), help="default: SPOT_API_TOKEN")
    parser.add_argument("--close-each", action="store_true", help="close each connection after its first answer")
    arguments = parser.parse_args()
    if not arguments.token:
        parser.error("give the token with --token or in SPOT_API_TOKEN")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with Server(arguments) as server:
        print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
