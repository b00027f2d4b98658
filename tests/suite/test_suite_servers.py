"""Correct servers in other frameworks, which differ in every freedom the contract leaves, conform."""

import sys

import pytest
from suite_process import ROOT, suite

sys.path.insert(0, str(ROOT / "tests" / "servers"))

from server_variants import KINDS, VARIANTS
from server_wire import TOKEN, Server


@pytest.mark.parametrize("kind", KINDS)
def test_correct_server_conforms(kind):
    options = VARIANTS[kind]
    known = [options[place + 1] for place, word in enumerate(options) if word == "--kit-type"]
    kits = [word for kit in known for word in ("--kit-type", kit)]
    server = Server(*options)
    try:
        status, said = suite(
            "--profile", "quick", *kits, "--base-url", f"http://127.0.0.1:{server.port}", token=TOKEN, timeout=300
        )
    finally:
        server.stop()
    assert status == 0, said
