"""The command line: options, and one clear line and exit code 2 for what cannot be done."""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from spot_sandbox.orders.service import Service

TOKEN_VARIABLE = "SPOT_API_TOKEN"  # noqa: S105 - the name of a variable, not a token.


class OptionError(Exception):
    """An option cannot be used; the message says why, in one line."""


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong with the options in one line."""

    def error(self, message: str) -> NoReturn:
        """One line instead of two: the usage is in --help."""
        self.exit(2, f"{self.prog}: {message} (see --help)\n")


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = OneLineParser(
        prog="spot-sandbox",
        description="A stateful reference server of the Spot API's create-order operation.",
        allow_abbrev=False,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on, 0 for a free one (default: 8000)")
    parser.add_argument("--token", help=f"the valid token (default: ${TOKEN_VARIABLE}, else a random one)")
    parser.add_argument("--database", default=":memory:", help="a file's path, :memory: (default) or sqlite:///FILE")
    parser.add_argument("--document", type=Path, help="OpenAPI document to serve (default: the published one)")
    parser.add_argument(
        "--fault",
        metavar="NAME",
        action="append",
        default=[],
        help="show a wrong behaviour (spot-sandbox faults lists them); repeatable",
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Run the sandbox, or list the faults; the exit code."""
    if arguments and arguments[0] == "faults":
        from spot_sandbox.serving.listing import list_faults  # noqa: PLC0415 - the server does not need it.

        return list_faults(arguments[1:])
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
    from spot_sandbox.serving.server import ListenError, address, announce, listen, serve  # noqa: PLC0415 - see above.
    from spot_sandbox.store.database import StoreError  # noqa: PLC0415 - see above.

    token: str = os.environ.get(TOKEN_VARIABLE, "") if chosen.token is None else chosen.token
    generated = chosen.token is None and not token
    if generated:
        token = secrets.token_urlsafe(24)
    try:
        # First, so that a taken port leaves no database behind.
        listener = listen(chosen.host, chosen.port)
        service = build(chosen, token)
    except (DocumentError, StoreError, ListenError, OptionError) as error:
        print(f"spot-sandbox: {error}", file=sys.stderr)
        return 2
    lines = [f"spot-sandbox listening on {address(listener)}"]
    if generated:
        lines.append(f"token: {token}")
    serve(service, listener, lambda: announce(lines))
    service.store.close()
    return 0


def build(chosen: argparse.Namespace, token: str) -> Service:
    """The service that the options describe."""
    from spot_sandbox.document.operations import DocumentError, load, operations, vendored  # noqa: PLC0415 - see _run.
    from spot_sandbox.orders.service import Service  # noqa: PLC0415 - see _run.
    from spot_sandbox.orders.tokens import TOKEN, Authority  # noqa: PLC0415 - see _run.
    from spot_sandbox.store.database import Store  # noqa: PLC0415 - see _run.

    if not TOKEN.fullmatch(token):
        raise OptionError("the token must be one or more visible ASCII characters without spaces")
    faults = [_fault(name) for name in chosen.fault]
    document = load(chosen.document or vendored())
    service = Service(operations(document), Authority(token), Store(chosen.database))
    if not any((each.method, each.template) in service.plays for each in service.operations):
        raise DocumentError("the document has no operation that the sandbox plays")
    for install in faults:
        install(service)
    return service


def _fault(name: str) -> Callable[[Service], None]:
    from spot_sandbox.faults import FAULTS  # noqa: PLC0415 - a conforming server never loads a fault.

    if name not in FAULTS:
        raise OptionError(f"there is no fault {name!r}; spot-sandbox faults lists them")
    return FAULTS[name].install


def console() -> None:
    """The console script."""
    sys.exit(main(sys.argv[1:]))
