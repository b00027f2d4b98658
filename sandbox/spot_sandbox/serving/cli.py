"""The command line. Errors are one line on standard error, with exit code 2."""

import argparse
import contextlib
import logging
import os
import secrets
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

MOST_WORKERS = 64
TOKEN_VARIABLE = "SPOT_API_TOKEN"  # noqa: S105 - the name of a variable, not a token.
PASSWORD_VARIABLE = "SPOT_SANDBOX_PASSWORD"  # noqa: S105 - the name of a variable, not a password.


_EPILOG = """\
examples:
  spot-sandbox --token practice                 keep orders in memory
  spot-sandbox --database orders.db --port 0    listen on a free port and print it
  spot-sandbox --scenario failures.yaml         fail as listed in the file: - scenario: drop after commit
  spot-sandbox scenarios                        list the failures for testing applications
  spot-sandbox faults                           list the faults for testing test suites

http://HOST:PORT/_sandbox/ shows orders and requests. Only this machine can open it, unless SPOT_SANDBOX_PASSWORD
sets a password. docs/sandbox.md has recipes for pytest and other test frameworks.
"""


class OneLineParser(argparse.ArgumentParser):
    """Reports errors in one line."""

    def error(self, message: str) -> NoReturn:
        """Exit with one line instead of the usage, which --help prints."""
        self.exit(2, f"{self.prog}: {message} (see --help)\n")


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = OneLineParser(
        prog="spot-sandbox",
        description="A server of the Spot API for tests. It validates and stores orders, and ships nothing.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=_port, default=8000, help="port to listen on, 0 for a free one (default: 8000)")
    parser.add_argument("--token", help=f"the valid token (default: ${TOKEN_VARIABLE}, else a random one)")
    parser.add_argument(
        "--database",
        default=":memory:",
        help="a file path, :memory: (default), sqlite:///FILE or postgresql://USER@HOST/NAME",
    )
    parser.add_argument(
        "--workers", type=_workers, default=1, metavar="N", help="processes that share the database (default: 1)"
    )
    parser.add_argument(
        "--document", type=Path, help="OpenAPI document to serve (default: the published one with its corrections)"
    )
    parser.add_argument(
        "--fault",
        metavar="NAME",
        action="append",
        default=[],
        help="enable a fault (spot-sandbox faults lists them); repeatable",
    )
    parser.add_argument(
        "--scenario",
        metavar="FILE",
        type=Path,
        help="a YAML list of scenarios to arm at startup (spot-sandbox scenarios lists them)",
    )
    parser.add_argument(
        "--no-inspector",
        dest="inspector",
        action="store_false",
        help="disable the window and the control interface below /_sandbox/ (implied by --workers above 1)",
    )
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    return _number(text, 0, 65_535)


def _workers(text: str) -> int:
    number = _number(text, 1, MOST_WORKERS)
    if number > 1 and not hasattr(os, "fork"):
        raise argparse.ArgumentTypeError("this system has no fork, so only 1 is supported")
    return number


def _number(text: str, least: int, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not least <= int(text[:9]) <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from {least} to {most}")
    return int(text)


def main(arguments: Sequence[str]) -> int:
    """Run the sandbox, or list the faults or scenarios; return the exit code."""
    if arguments and arguments[0] == "faults":
        from spot_sandbox.serving.listing import list_faults  # noqa: PLC0415 - the server does not need it.

        return list_faults(arguments[1:])
    if arguments and arguments[0] == "scenarios":
        from spot_sandbox.serving.listing import list_scenarios  # noqa: PLC0415 - see above.

        return list_scenarios(arguments[1:])
    chosen = options(arguments)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    # Libraries would log what clients send.
    logging.disable(logging.CRITICAL)
    return _run(chosen)


def _stop(_signal: int, _frame: object) -> NoReturn:
    """Exit while the service is still starting."""
    raise SystemExit(0)


def _run(chosen: argparse.Namespace) -> int:
    # Imported here, so that --help and invalid options respond at once.
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
        # Each process has its own journal, scenarios and tokens; requests would see those of a random worker.
        has_inspector=chosen.inspector and chosen.workers == 1,
    )
    try:
        # First, so that a port in use leaves no database behind.
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
    from spot_sandbox.serving.workers import run_workers  # noqa: PLC0415 - one process needs no workers.

    # Each worker opens the database itself.
    service.store.close()
    return run_workers(chosen.workers, lambda ready: serve(build(options), listener, ready), lambda: announce(lines))


def console() -> None:
    """Run the console script."""
    sys.exit(main(sys.argv[1:]))
