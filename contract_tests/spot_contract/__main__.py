"""Runs the console command as `python -m spot_contract`."""

import sys

from spot_contract.command.console import main

if __name__ == "__main__":
    sys.exit(main())
