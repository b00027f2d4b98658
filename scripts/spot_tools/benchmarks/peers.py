"""The servers that the sandbox is compared with, as commands."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from spot_tools.environment import ROOT, say
from spot_tools.errors import ToolError

# npm selects the newest releases that support the installed Node.js.
_PACKAGES = ("@stoplight/prism-cli", "@scalar/mock-server", "@hono/node-server", "yaml")
_NPM_SECONDS = 300
_FOLDER = ROOT / ".tox" / "peers"
SCALAR = "Scalar"
_DOCUMENT = ROOT / "openapi" / "spot-api-v2.yaml"

# Only reads the body and responds, with the same settings as the sandbox.
_BARE = """
import sys, uvicorn
answer = sys.argv[2].encode()
headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
async def app(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": answer})
uvicorn.run(app, port=int(sys.argv[1]), http="httptools", loop="asyncio", ws="none", lifespan="off",
            access_log=False, log_config=None, server_header=False, proxy_headers=False)
"""
# Without validation of requests, as in earlier releases: its fastest mode.
_SCALAR = """
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { serve } from '@hono/node-server'
import { createMockServer } from '@scalar/mock-server'
const [port, file] = process.argv.slice(-2)
const document = parse(readFileSync(file, 'utf8'))
const app = await createMockServer({ document, specification: document, validateRequest: false })
serve({ fetch: app.fetch, port: Number(port), hostname: '127.0.0.1' })
"""


@dataclass(frozen=True)
class Peer:
    """A server: its name, and its command with {port} in place of the port."""

    name: str
    command: tuple[str, ...]
    folder: Path = ROOT
    environment: dict[str, str] = field(default_factory=dict[str, str])

    def on(self, port: int) -> list[str]:
        """The command that starts it on a port."""
        return [word.replace("{port}", str(port)) for word in self.command]


def ours(token: str, folder: Path) -> list[Peer]:
    """The sandbox, with orders in memory and in a file."""
    command = (sys.executable, "-m", "spot_sandbox", "--port", "{port}", "--token", token)
    paths = {"PYTHONPATH": str(ROOT / "sandbox")}
    return [
        Peer("sandbox, memory", command, environment=paths),
        Peer("sandbox, file", (*command, "--database", str(folder / "orders.db")), environment=paths),
    ]


def bare(answer: str) -> Peer:
    """An ASGI application that gives the same response to every request."""
    return Peer("bare uvicorn", (sys.executable, "-c", _BARE, "{port}", answer))


def of_node() -> list[Peer]:
    """Prism and Scalar's mock server; none, with a message, where Node.js or npm is missing."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        say("Prism and Scalar's mock server are skipped: Node.js and npm are not installed.")
        return []
    try:
        folder = _installed(npm)
    except ToolError as error:
        say(f"Prism and Scalar's mock server are skipped: {error}")
        return []
    say(f"Node.js {_output(node, '--version')}, {_versions()}")
    prism = str(folder / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js")
    document = str(_DOCUMENT)
    options = ("mock", "--host", "127.0.0.1", "--port", "{port}", "--verboseLevel", "silent", document)
    scalar = (node, "--input-type=module", "--eval", _SCALAR, "--", "{port}", document)
    return [Peer(SCALAR, scalar, folder), Peer("Prism", (node, prism, *options), folder)]


def _installed(npm: str) -> Path:
    """The folder with the packages, which are installed once."""
    folder = _FOLDER
    stamp = folder / "made-of"
    wanted = f"{_output('node', '--version')} {_PACKAGES}"
    if stamp.is_file() and stamp.read_text() == wanted:
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    say("Installing Prism and Scalar's mock server by npm (once, less than a minute) …")
    options = ("install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts")
    try:
        done = subprocess.run(
            [npm, *options, *_PACKAGES], capture_output=True, text=True, timeout=_NPM_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ToolError(f"npm did not end within {_NPM_SECONDS} s.") from None
    if done.returncode:
        raise ToolError(f"npm could not install them: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")
    stamp.write_text(wanted)
    return folder


def _versions() -> str:
    """The installed releases."""
    found = json.loads((_FOLDER / "package-lock.json").read_text())["packages"]
    names = [name for name in _PACKAGES if f"node_modules/{name}" in found]
    return ", ".join(f"{name} {found[f'node_modules/{name}']['version']}" for name in names)


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
