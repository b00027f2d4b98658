"""Runs one of the commands in the tools environment: `python -m spot_tools.commands vendor …`."""

import sys
from importlib import import_module

if __name__ == "__main__":
    sys.exit(import_module(f"{__package__}.{sys.argv[1]}").main(sys.argv[2:]))
