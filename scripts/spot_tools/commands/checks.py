"""All checks of the project, one tox environment each, with a table at the end. Standard library alone."""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from spot_tools.environment import ROOT, run_command, run_tox, say
from spot_tools.errors import exit_code

_TESTS = f"py{sys.version_info.major}{sys.version_info.minor}"

_REPORT = ".tox/conformance"  # Where the next step looks for it.

STEPS: dict[str, tuple[str, Callable[[], int]]] = {
    "lint": ("ruff over everything that is not generated", lambda: run_tox("lint")),
    "types": ("mypy --strict and pyright over client, suite, sandbox and scripts", lambda: run_tox("types")),
    "drift": ("the committed client against a fresh one", lambda: run_command("regenerate", ["--check"])),
    "tests": ("the project's tests against the built wheels", lambda: run_tox(_TESTS)),
    "conformance": ("the suite against the sandbox", lambda: run_command("conformance", ["--report-dir", _REPORT])),
    "figures": ("the README's figures against what was measured", lambda: run_command("readme", ["--check"])),
}
"""Each check: what it looks at and how it is run."""


def main(names: Sequence[str]) -> int:
    """Run the named checks, or all; return 0 when all passed, 1 when one failed, 2 when one could not run.

    Paths below tests/ are passed to pytest instead, such as tests/suite/rules.
    """
    if names and all(_is_test(name) for name in names):
        return exit_code("scripts/test", lambda: run_tox(_TESTS, "--", *names))
    unknown = [name for name in names if name not in STEPS]
    if unknown:
        known = ", ".join(STEPS)
        print(f"scripts/test: unknown check {unknown[0]!r}: use {known}, or only paths in tests/.", file=sys.stderr)
        return 2
    rows: list[tuple[str, int, float]] = []
    for name in names or STEPS:
        what, run = STEPS[name]
        say(f"\n== {name}: {what}")
        start = time.monotonic()
        code = exit_code(f"scripts/test {name}", run)
        rows.append((name, code, time.monotonic() - start))
        if code == 130:  # noqa: PLR2004 - the shell's code for Ctrl-C
            break
    say("\n== all checks")
    for name, code, seconds in rows:
        say(f"{name:<12} {'passed' if code == 0 else f'FAILED ({code})':<12} {seconds:6.1f} s")
    return 2 if any(code > 1 for _, code, _ in rows) else max(code for _, code, _ in rows)


def _is_test(name: str) -> bool:
    path = Path(name.partition("::")[0])
    return path.parts[:1] == ("tests",) and (ROOT / path).exists()
