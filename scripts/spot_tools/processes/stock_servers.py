"""The stock servers in tests/servers/stock: the list, their commands, and the reasons to skip one."""

import functools
import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from spot_tools.environment import ROOT, say

FOLDER = ROOT / "tests" / "servers" / "stock"
_OLDEST_NODE = 20
_INSTALL = ("install", "--no-audit", "--no-fund", "--no-package-lock", "--fetch-retries=0", "--loglevel=error")
_SECONDS_TO_INSTALL = 300
_BUILT = Path("built") / ("server.exe" if os.name == "nt" else "server")


@dataclass(frozen=True)
class StockServer:
    """A server written like the tutorial of its framework; its `deviations.yaml` lists what it does wrong."""

    name: str

    @property
    def folder(self) -> Path:
        """The folder with code and deviations.yaml."""
        return FOLDER / self.name

    @property
    def in_node(self) -> bool:
        """Whether it runs in Node."""
        return (self.folder / "server.js").exists()

    @property
    def in_go(self) -> bool:
        """Whether it is written in Go; the others are in Node or Python."""
        return (self.folder / "server.go").exists()

    def command(self, python: str) -> list[str]:
        """The command that starts it on a free port, with the token in SPOT_API_TOKEN; it prints its address.

        `python` is an interpreter with the dependency group `servers`.
        """
        if self.in_node:
            return ["node", str(self.folder / "server.js"), "--port", "0"]
        if self.in_go:
            return [str(self.folder / _BUILT), "--port", "0"]
        return [python, str(FOLDER / "serve.py"), self.name, "--port", "0"]

    def why_skipped(self) -> str | None:
        """The reason why it cannot run here, or None.

        The first call installs Node packages or builds the Go server, so it is not safe for threads.
        """
        if self.in_node:
            return _node_lacks()
        if self.in_go:
            return _go_lacks(self.folder)
        if os.name == "nt" and self.name == "drf_dictfield":
            return "gunicorn does not run on Windows."
        return None


def stock_servers() -> list[StockServer]:
    """All stock servers, by name."""
    return [StockServer(table.parent.name) for table in sorted(FOLDER.glob("*/deviations.yaml"))]


@functools.cache
def _node_lacks() -> str | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return "node and npm are not on the PATH."
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    found = re.match(r"v(\d+)", version)
    if not found or int(found[1]) < _OLDEST_NODE:
        return f"node {_OLDEST_NODE} or newer is required; found {version or 'none that runs'}."
    wanted = hashlib.sha256((FOLDER / "package.json").read_bytes()).hexdigest()
    stamp = FOLDER / "node_modules" / "made-of"
    if stamp.exists() and stamp.read_text() == wanted:
        return None
    say("Installing the packages of the stock servers in Node (once) …", aside=True)
    try:
        done = subprocess.run(
            [npm, *_INSTALL], cwd=FOLDER, stdout=subprocess.DEVNULL, timeout=_SECONDS_TO_INSTALL, check=False
        )
    except subprocess.TimeoutExpired:
        return f"npm did not install its packages within {_SECONDS_TO_INSTALL} s."
    if done.returncode:
        return "npm could not install its packages: see its messages above (is a registry reachable?)."
    stamp.write_text(wanted)
    return None


def _go_lacks(folder: Path) -> str | None:
    go = shutil.which("go")
    if not go:
        return "go is not on the PATH."
    # With Go's cache this takes milliseconds unless something changed.
    done = subprocess.run([go, "build", "-o", str(_BUILT), "."], cwd=folder, check=False)
    return "go could not build it: see its messages above." if done.returncode else None
