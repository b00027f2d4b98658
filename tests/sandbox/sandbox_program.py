"""The program of a sandbox process, as the command line runs it. It imports no more than that, so it starts fast."""

import os
import sys
from importlib import import_module


def run(arguments, settings, environment, output, errors):
    """Change module attributes (settings, by their dotted names) and run the command line; print to two files."""
    for number, path in ((1, output), (2, errors)):
        file = os.open(path, os.O_WRONLY | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    for name, value in settings.items():
        module, _, attribute = name.rpartition(".")
        setattr(import_module(module), attribute, value)
    sys.exit(import_module("spot_sandbox.serving.cli").main(arguments))
