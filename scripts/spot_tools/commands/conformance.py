"""Check that the client is current, then judge a server, by default the sandbox, by the contract suite.

Exit codes are those of the suite: 0 conforms, 1 a rule is broken, 2 or more could not judge (also a stale client).
"""

import sys
from collections.abc import Sequence

from spot_tools.checkout.layout import Layout
from spot_tools.environment import ROOT, call, say
from spot_tools.errors import ToolError, exit_code

from . import regenerate


def main(arguments: list[str]) -> int:
    """Check the client, then run the suite with these arguments; return the exit code."""
    return exit_code("scripts/conformance", lambda: _run(arguments))


def _run(arguments: Sequence[str]) -> int:
    say("Checking that the client is current.")
    if regenerate.run(Layout(ROOT), check=True):
        raise ToolError("the client is not current, so no server was judged.")
    say("Running the contract suite.")
    # Options follow the folder, so that the suite, which knows the valid ones, reports a mistyped one.
    return call([sys.executable, "-m", "pytest", "--assert=plain", "contract_tests", *arguments])
