"""Calls with every kind of credential over a socket, and prints all that could show one: logs, texts, errors."""

import copy
import io
import logging
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import spot_api_client as spot

SEEN = []


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        SEEN.append(f"{self.path} {dict(self.headers)}")
        self.send_response(500 if "either" in self.path else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def call(client, output):
    for operation in ("main", "bearer", "both", "query_key", "basic", "sid", "oauth", "api_token", "either"):
        try:
            getattr(client, operation)()
        except spot.SpotError as error:
            shown = traceback.TracebackException.from_exception(error, capture_locals=True)
            frames = [frame for frame in shown.stack if "spot_api_client" in frame.filename]
            output.write(f"{error!r} {error.args} {[frame.locals for frame in frames]}\n")


def main():
    output = io.StringIO()
    logging.basicConfig(level=1, stream=output)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        names = ("token", "bearer_auth", "x_key", "query_key", "sid", "oauth", "api_token_auth")
        given = {**{name: f"canary-{name}&" for name in names if name != "sid"}, "sid": "canary-sid"}
        given |= {"basic": ("canary-user", "canary-password"), "base_url": f"http://127.0.0.1:{server.server_port}"}
        with httpx2.Client(params={"more": "1"}) as own:
            for client in (spot.SpotClient(**given), spot.SpotClient(**given, http_client=own)):
                call(client, output)
                output.write(
                    f"{client!r} {vars(client)} {copy.copy(client._settings)!r} {client._settings._asdict()}\n"
                )
                client.close()
        server.shutdown()
    for name in names:
        assert any(f"canary-{name}" in seen for seen in SEEN), name
    assert any("Basic Y2FuYXJ5LXVzZXI6Y2FuYXJ5LXBhc3N3b3Jk" in seen for seen in SEEN)
    assert any("canary-query_key%26" in seen and "more=1" in seen for seen in SEEN)
    sys.stdout.write(output.getvalue())


main()
