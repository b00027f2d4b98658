"""From document to verdict: whether the client is current, and whether a server conforms to the document.

Exit codes are the suite's: 0 conforms, 1 a rule is broken, 2 or more could not judge (a stale client is that, too).
"""

import sys

from spot_tools.checkout.layout import Layout
from spot_tools.environment import ROOT, call, say
from spot_tools.errors import ToolError

from . import regenerate


def main(arguments: list[str]) -> int:
    """Check the client, then run the suite with the arguments passed on; return the exit code."""
    say("Is the generated client current?")
    try:
        stale = regenerate.run(Layout(ROOT), check=True)
    except ToolError as error:
        print(f"scripts/conformance: {error}", file=sys.stderr)
        return 2
    if stale:
        print("scripts/conformance: the client is not current, so nothing was judged.", file=sys.stderr)
        return 2
    say("Running the contract suite.")
    # The options stand after the folder, so that a mistyped one meets the suite that knows the right ones.
    return call([sys.executable, "-m", "pytest", "--assert=plain", "contract_tests", *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
