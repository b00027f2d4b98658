"""Sandboxes on the documents of the tests."""

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

TOKEN = "tok-en-Of-Growth-1"


@contextmanager
def varied_sandbox(document: Path, **variation):
    """The address of a sandbox on a document, which differs from other sandboxes as the variation says."""
    command = [sys.executable, Path(__file__).with_name("varied_sandbox.py"), document, TOKEN, json.dumps(variation)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
        process.terminate()
