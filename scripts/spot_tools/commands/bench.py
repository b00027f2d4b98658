"""Measure the client beside bare httpx2, or the suite beside stock Schemathesis."""

import sys

from spot_tools.benchmarks import client, suite

_MEASURES = {"client": client.main, "suite": suite.main}


def main(arguments: list[str]) -> int:
    """Run the measurement that the first argument names; return its exit code."""
    measure = _MEASURES.get("".join(arguments[:1]))
    if measure is None:
        print("scripts/bench needs to know what to measure: client or suite.", file=sys.stderr)
        return 2
    return measure(arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
