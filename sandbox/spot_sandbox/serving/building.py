"""Builds the service from its options."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from spot_sandbox.control.guard import Guard
from spot_sandbox.control.interface import Control
from spot_sandbox.document.operations import DocumentError, bundled, load, operations
from spot_sandbox.inspector.pages import pages
from spot_sandbox.orders.service import Service
from spot_sandbox.orders.tokens import TOKEN, Authority
from spot_sandbox.scenarios.file import read_scenarios
from spot_sandbox.store.store import open_store


class OptionError(Exception):
    """An option is invalid; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a server.

    Attributes:
        token: the valid token.
        database: a file path, :memory: or an SQLAlchemy URL.
        document: the OpenAPI document; None for the published one with its corrections.
        faults: names of the faults to enable.
        scenarios: a file of scenarios to arm at startup.
        password: the password of the control interface; if empty, only this machine may use it.
        is_shared: whether several processes share the database.
        has_inspector: whether to serve the window and the control interface below /_sandbox/.

    """

    token: str
    database: str = ":memory:"
    document: Path | None = None
    faults: Sequence[str] = ()
    scenarios: Path | None = None
    password: str = ""
    is_shared: bool = False
    has_inspector: bool = True


def build(options: Options) -> Service:
    """Build the service.

    Raises:
        OptionError, DocumentError, StoreError, ScenarioError: an option is invalid; the message says why.

    """
    if not TOKEN.fullmatch(options.token):
        raise OptionError("the token must be one or more visible ASCII characters without spaces")
    faults = [_fault(name) for name in options.faults]
    scenarios = read_scenarios(options.scenarios) if options.scenarios is not None else []
    if options.is_shared and scenarios:
        raise OptionError("--scenario needs a single process, because each worker would count requests separately")
    described = operations(load(options.document or bundled()))
    if not described:
        raise DocumentError("the document has no operations")
    with contextlib.ExitStack() as stack:
        store = open_store(options.database)
        stack.callback(store.close)
        if options.is_shared and store.database.is_memory:
            raise OptionError(
                "--workers needs a database that processes can share: pass --database FILE or postgresql://"
            )
        service = Service(described, Authority(options.token), store)
        stack.pop_all()
    if options.has_inspector:
        service.control = Control(service, Guard(options.password), pages)
    for install in faults:
        install(service)
    for armed in scenarios:
        service.scenarios.arm(armed)
    return service


def _fault(name: str) -> Callable[[Service], None]:
    from spot_sandbox.faults import FAULTS  # noqa: PLC0415 - a conforming server never loads a fault.

    if name not in FAULTS:
        raise OptionError(f"unknown fault {name!r}; run spot-sandbox faults to list them")
    return FAULTS[name].install
