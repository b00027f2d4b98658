"""Wrong answers at paths that the document does not have; part of the chapter methods."""

from collections.abc import Callable

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.faults.http.methods import CHAPTER
from spot_sandbox.hooks.steps import answer_instead, failure, on_request
from spot_sandbox.orders.service import Service

UNKNOWN = "a path that the document does not have: 4xx, never a success or a 5xx"
ORDERS = "/api/v2/orders/"


def _read_as(service: Service, change: Callable[[str], str]) -> None:
    """Read a path as another one."""
    on_request(service, lambda request: setattr(request, "path", change(request.path)))


@fault(CHAPTER, UNKNOWN, "rare", hook=_read_as)
def doubled_slashes_merged(path: str) -> str:
    """An order is placed although the path has doubled slashes."""
    while "//" in path:
        path = path.replace("//", "/")
    return path


@fault(CHAPTER, UNKNOWN, "rare")
def path_case_ignored(service: Service) -> None:
    """An order is placed although the path has another letter case."""
    _read_as(service, str.lower)


@fault(CHAPTER, UNKNOWN, "rare")
def longer_paths_accepted(service: Service) -> None:
    """An order is placed although the path continues: the pattern has no end."""
    _read_as(service, lambda path: ORDERS if path.startswith(ORDERS) else path)


@fault(CHAPTER, UNKNOWN, "rare")
def any_version_accepted(service: Service) -> None:
    """An order is placed at any version of the API, also at versions that do not exist."""
    _read_as(service, lambda path: ORDERS if path.startswith("/api/v") and path.endswith("/orders/") else path)


@fault(CHAPTER, UNKNOWN, "rare")
def missing_slash_fails(service: Service) -> None:
    """A POST without the final slash is answered with 500, as by Django when it cannot redirect a body."""
    answer_instead(service, lambda request: request.path == ORDERS.rstrip("/"), failure)
