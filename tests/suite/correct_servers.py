"""Starts the correct servers of tests/servers, which differ wherever the contract leaves a choice."""

import subprocess
import sys
from pathlib import Path

import yaml

FOLDER = Path(__file__).parents[1] / "servers"
TOKEN = "Abc123-wire-Token"
_TOLD = yaml.safe_load((FOLDER / "variants.yaml").read_text(encoding="utf-8"))
VARIANTS: dict[str, list[str]] = _TOLD["variants"]
KINDS: list[str] = _TOLD["in_every_run"]


class Server:
    """A correct server, which runs until it is stopped."""

    def __init__(self, name, *options):
        command = [sys.executable, str(FOLDER / name / "serve.py"), "--port", "0", "--token", TOKEN, *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().rpartition(":")[2])

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()
