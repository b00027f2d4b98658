"""Runs the sandbox: python -m spot_sandbox --help."""

import sys

from spot_sandbox.serving.cli import main

sys.exit(main(sys.argv[1:]))
