"""The stock servers in tests/servers/stock: which there are, how each is started, and why one cannot be."""

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
    """A server as its framework's tutorial would have it. What it does wrong stands in its `deviations.yaml`."""

    name: str

    @property
    def folder(self) -> Path:
        """Where its code and its table of deviations lie."""
        return FOLDER / self.name

    @property
    def in_node(self) -> bool:
        """Whether Node runs it."""
        return (self.folder / "server.js").exists()

    @property
    def in_go(self) -> bool:
        """Whether Go builds it. Python runs what neither Node nor Go does."""
        return (self.folder / "server.go").exists()

    def command(self, python: str) -> list[str]:
        """What starts it on a free port, with the token from SPOT_API_TOKEN; its first line tells the address.

        `python` is an interpreter that has the dependency group `servers`.
        """
        if self.in_node:
            return ["node", str(self.folder / "server.js"), "--port", "0"]
        if self.in_go:
            return [str(self.folder / _BUILT), "--port", "0"]
        return [python, str(FOLDER / "serve.py"), self.name, "--port", "0"]

    def why_skipped(self) -> str | None:
        """Why it cannot run here, as one sentence, or None.

        The first call installs Node's packages or builds in Go, so not for several threads at once.
        """
        if self.in_node:
            return _node_lacks()
        if self.in_go:
            return _go_lacks(self.folder)
        if os.name == "nt" and self.name == "drf_dictfield":
            return "gunicorn does not run on Windows."
        return None


def stock_servers() -> list[StockServer]:
    """All of them, by name."""
    return [StockServer(table.parent.name) for table in sorted(FOLDER.glob("*/deviations.yaml"))]


@functools.cache
def _node_lacks() -> str | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return "node and npm are not on the PATH."
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", told)
    if not found or int(found[1]) < _OLDEST_NODE:
        return f"node {_OLDEST_NODE} or newer is needed; here is {told.strip() or 'none that answers'}."
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
        return "npm could not install its packages: its messages above tell why (is a registry within reach?)."
    stamp.write_text(wanted)
    return None


def _go_lacks(folder: Path) -> str | None:
    go = shutil.which("go")
    if not go:
        return "go is not on the PATH."
    # Go's own cache makes this a matter of milliseconds where nothing changed.
    done = subprocess.run([go, "build", "-o", str(_BUILT), "."], cwd=folder, check=False)
    return "go could not build it: its messages above tell why." if done.returncode else None
