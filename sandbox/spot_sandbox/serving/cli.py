"""The command line: options, and one clear line and exit code 2 for what cannot be done."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import secrets
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence


MOST_WORKERS = 64
TOKEN_VARIABLE = "SPOT_API_TOKEN"  # noqa: S105 - the name of a variable, not a token.
PASSWORD_VARIABLE = "SPOT_SANDBOX_PASSWORD"  # noqa: S105 - the name of a variable, not a password.


_EPILOG = """\
examples:
  spot-sandbox --token practice                 orders are kept in memory
  spot-sandbox --database orders.db --port 0    on a free port, which it prints
  spot-sandbox --scenario failures.yaml         fails as the file says: - scenario: drop after commit
  spot-sandbox scenarios                        lists the failures for judging applications
  spot-sandbox faults                           lists the wrong behaviours for judging test suites

http://HOST:PORT/_sandbox/ shows orders and requests to this machine, or with the password in the variable
SPOT_SANDBOX_PASSWORD to any. docs/sandbox.md has recipes for pytest and other test frameworks.
"""


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong with the options in one line."""

    def error(self, message: str) -> NoReturn:
        """One line instead of two: the usage is in --help."""
        self.exit(2, f"{self.prog}: {message} (see --help)\n")


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = OneLineParser(
        prog="spot-sandbox",
        description="A server of the Spot API for tests: it validates and keeps orders, and ships nothing.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on, 0 for a free one (default: 8000)")
    parser.add_argument("--token", help=f"the valid token (default: ${TOKEN_VARIABLE}, else a random one)")
    parser.add_argument(
        "--database",
        default=":memory:",
        help="a file's path, :memory: (default), sqlite:///FILE or postgresql://USER@HOST/NAME",
    )
    parser.add_argument(
        "--workers", type=_workers, default=1, metavar="N", help="processes that share the database (default: 1)"
    )
    parser.add_argument("--document", type=Path, help="OpenAPI document to serve (default: the published one)")
    parser.add_argument(
        "--fault",
        metavar="NAME",
        action="append",
        default=[],
        help="show a wrong behaviour (spot-sandbox faults lists them); repeatable",
    )
    parser.add_argument(
        "--scenario",
        metavar="FILE",
        type=Path,
        help="a YAML list of failures for the first requests (spot-sandbox scenarios lists them)",
    )
    parser.add_argument(
        "--no-inspector",
        dest="inspector",
        action="store_false",
        help="no window and no control interface below /_sandbox/ (with several workers there is none either)",
    )
    return parser.parse_args(arguments)


def _workers(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {MOST_WORKERS}")
    if text != "1" and not hasattr(os, "fork"):
        raise argparse.ArgumentTypeError("this system has no fork: only 1 works here")
    return int(text)


def main(arguments: Sequence[str]) -> int:
    """Run the sandbox, or list the faults or scenarios; the exit code."""
    if arguments and arguments[0] == "faults":
        from spot_sandbox.serving.listing import list_faults  # noqa: PLC0415 - the server does not need it.

        return list_faults(arguments[1:])
    if arguments and arguments[0] == "scenarios":
        from spot_sandbox.serving.listing import list_scenarios  # noqa: PLC0415 - see above.

        return list_scenarios(arguments[1:])
    chosen = options(arguments)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    # Libraries would log what clients sent.
    logging.disable(logging.CRITICAL)
    return _run(chosen)


def _stop(_signal: int, _frame: object) -> NoReturn:
    """Before the service runs there is nothing to end but the start."""
    raise SystemExit(0)


def _run(chosen: argparse.Namespace) -> int:
    # Imported here, so that --help and wrong options answer at once.
    from spot_sandbox.document.operations import DocumentError  # noqa: PLC0415 - see above.
    from spot_sandbox.scenarios.catalogue import ScenarioError  # noqa: PLC0415 - see above.
    from spot_sandbox.serving.building import OptionError, Options, build  # noqa: PLC0415 - see above.
    from spot_sandbox.serving.server import ListenError, address, announce, listen, serve  # noqa: PLC0415 - see above.
    from spot_sandbox.store.orders import StoreError  # noqa: PLC0415 - see above.

    token: str = os.environ.get(TOKEN_VARIABLE, "") if chosen.token is None else chosen.token
    generated = chosen.token is None and not token
    if generated:
        token = secrets.token_urlsafe(24)
    options = Options(
        token=token,
        database=chosen.database,
        document=chosen.document,
        faults=chosen.fault,
        scenarios=chosen.scenario,
        password=os.environ.get(PASSWORD_VARIABLE, ""),
        is_shared=chosen.workers > 1,
        # Journal, scenarios and further tokens are a process's own: of several it would show one, by chance.
        has_inspector=chosen.inspector and chosen.workers == 1,
    )
    try:
        # First, so that a taken port leaves no database behind.
        listener = listen(chosen.host, chosen.port)
        with contextlib.ExitStack() as stack:
            stack.callback(listener.close)
            service = build(options)
            stack.pop_all()
    except (DocumentError, StoreError, ListenError, OptionError, ScenarioError) as error:
        print(f"spot-sandbox: {error}", file=sys.stderr)
        return 2
    lines = [f"spot-sandbox listening on {address(listener)}"]
    if generated:
        lines.append(f"token: {token}")
    if chosen.workers == 1:
        serve(service, listener, lambda: announce(lines))
        service.store.close()
        return 0
    from spot_sandbox.serving.workers import run_workers  # noqa: PLC0415 - one process needs none of it.

    # Each worker opens the database for itself.
    service.store.close()
    return run_workers(chosen.workers, lambda ready: serve(build(options), listener, ready), lambda: announce(lines))


def console() -> None:
    """The console script."""
    sys.exit(main(sys.argv[1:]))
