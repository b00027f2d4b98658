"""Sandboxes on the documents of the tests."""

import json
import sys
from pathlib import Path

from spot_tools.processes.serving import serving

TOKEN = "tok-en-Of-Growth-1"
PROGRAM = Path(__file__).with_name("varied_sandbox.py")


def varied_sandbox(document: Path, **variation):
    """The address of a sandbox on a document, which differs from other sandboxes as the variation says."""
    return serving([sys.executable, PROGRAM, document, json.dumps(variation)], TOKEN, {}, "The sandbox")
