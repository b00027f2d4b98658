"""Paths that the document does not have, answered wrongly; of the chapter on methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.faults.http.methods import CHAPTER
from spot_sandbox.hooks.steps import on_request
from spot_sandbox.http.messages import INTERNAL, Answer, Refusal, envelope

if TYPE_CHECKING:
    from collections.abc import Callable

    from spot_sandbox.http.messages import Request
    from spot_sandbox.orders.service import Service

UNKNOWN = "a path that the document does not have: 4xx, never a success or a 5xx"
ORDERS = "/api/v2/orders/"


def _read_as(service: Service, change: Callable[[str], str]) -> None:
    """Read a path as another one."""

    def rewrite(request: Request) -> None:
        request.path = change(request.path)

    on_request(service, rewrite)


@fault(CHAPTER, UNKNOWN, "rare")
def doubled_slashes_merged(service: Service) -> None:
    """Doubled slashes in a path are read as one, and an order is placed."""

    def change(path: str) -> str:
        while "//" in path:
            path = path.replace("//", "/")
        return path

    _read_as(service, change)


@fault(CHAPTER, UNKNOWN, "rare")
def path_case_ignored(service: Service) -> None:
    """The letter case of a path is ignored, and an order is placed."""
    _read_as(service, str.lower)


@fault(CHAPTER, UNKNOWN, "rare")
def longer_paths_accepted(service: Service) -> None:
    """A path that only begins like the document's is taken for it: the pattern has no end."""
    _read_as(service, lambda path: ORDERS if path.startswith(ORDERS) else path)


@fault(CHAPTER, UNKNOWN, "rare")
def any_version_accepted(service: Service) -> None:
    """An order is placed under another version of the API, which nobody published."""
    _read_as(service, lambda path: ORDERS if path.startswith("/api/v") and path.endswith("/orders/") else path)


@fault(CHAPTER, UNKNOWN, "rare")
def missing_slash_fails(service: Service) -> None:
    """A POST without the slash at the end is answered with 500, as Django does when it would redirect a body."""
    inner = service.respond
    failure = Refusal(500, "The service failed.", INTERNAL)

    async def respond(request: Request) -> Answer:
        return envelope(failure) if request.path == ORDERS.rstrip("/") else await inner(request)

    service.respond = respond
