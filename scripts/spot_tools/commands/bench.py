"""Compare the client with bare httpx2, the suite with an earlier revision, or the sandbox with a bare server."""

import sys

from spot_tools.benchmarks import client, sandbox, suite

_MEASURES = {"client": client.main, "suite": suite.main, "sandbox": sandbox.main}


def main(arguments: list[str]) -> int:
    """Run the measurement that the first argument names; return its exit code."""
    if arguments[:1] in (["-h"], ["--help"]):
        print(f"usage: scripts/bench {{{','.join(_MEASURES)}}} [options]\n\n{__doc__}")
        return 0
    measure = _MEASURES.get("".join(arguments[:1]))
    if measure is None:
        print("scripts/bench: expected what to measure: client, suite or sandbox.", file=sys.stderr)
        return 2
    return measure(arguments[1:])
