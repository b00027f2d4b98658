"""Runs the suite, and servers for it, as processes."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOKEN = "Abc-123-secret-token"
_OURS = ("SPOT_", "PYTEST_")


def environment(**changes):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    paths = [clean.get("PYTHONPATH", ""), str(ROOT / "sandbox")]
    clean["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return clean | changes


def suite(*options, token=TOKEN, timeout=110, cwd=ROOT, **more):
    """Run the suite; its exit code and what it printed."""
    secrets = {"SPOT_API_TOKEN": token} if token else {}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "contract_tests", "-p", "no:cacheprovider", "--assert=plain", *options],
        cwd=cwd,
        env=environment(**secrets, **more),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@contextmanager
def sandbox(fault=None):
    """A sandbox with one fault, or none; its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "spot_sandbox", "--port", "0", *(["--fault", fault] if fault else [])],
        cwd=ROOT,
        env=environment(SPOT_API_TOKEN=TOKEN),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield re.search(r"http://\S+", process.stdout.readline()).group()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def report(folder):
    return json.loads((Path(folder) / "report.json").read_text(encoding="utf-8"))


@contextmanager
def running_proxy(url, connections):
    """Passes so many connections on to a server and then takes no more, as a server that died; its address."""
    port = int(url.rpartition(":")[2])
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        for _ in range(connections):
            client, _ = listener.accept()
            server = socket.create_connection(("127.0.0.1", port))
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=pump, args=(source, sink), daemon=True).start()
        listener.close()

    def pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            end.close()

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()
