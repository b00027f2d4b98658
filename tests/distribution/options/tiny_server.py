"""Answers 401 to everything, with a child process beside it: `tiny_server.py PORT PIDFILE [ignore | die]`.

With `ignore` it does not end when it is asked to; with `die` it ends at the first POST.
"""

import http.server
import os
import signal
import subprocess
import sys
from pathlib import Path


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        if self.command == "POST" and "die" in sys.argv:
            print("out of luck", flush=True)
            os._exit(7)
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b'{"error": {"status": 401, "type": "unauthorized", "detail": "no"}}'
        self.send_response(401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer  # noqa: N815  # The names that http.server calls.


if __name__ == "__main__":
    if "ignore" in sys.argv:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
    Path(sys.argv[2]).write_text(f"{os.getpid()} {child.pid}")
    print("listening with", os.environ.get("SPOT_API_TOKEN"), flush=True)
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
