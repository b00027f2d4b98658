"""Turn a client's arguments into settings. No error carries the frames of this module: error reporters read locals."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import httpx2

from ..values.sealed import Sealed, drop_frames
from .security import Scheme, find_credentials
from .settings import Given, Settings, add_headers, check_max_retries, check_timeout, make_settings


@cache
def user_agent() -> str:
    """The name and version of the package, and nothing about the machine."""
    from .version import version  # noqa: PLC0415 - it takes longer than half of this package to import

    return f"spot-api-client/{version()}" if version() else "spot-api-client"


@drop_frames
def set_up(
    given: Sealed[Given], schemes: Sequence[Scheme], default_base_url: str, *, needs_credential: bool
) -> Sealed[Settings]:
    """Check the arguments; read missing ones from the environment.

    Raises TypeError and ValueError, which say what to do and contain neither credentials nor headers.
    """
    values = given.open()
    credentials = find_credentials(schemes, values.credentials, needs_one=needs_credential)
    return Sealed(make_settings(values, schemes, default_base_url, credentials, user_agent()))


class Changes(NamedTuple):
    """Changes to a client's settings. None keeps a setting."""

    headers: Mapping[str, str] | None = None
    """Added to the client's headers; they replace headers of the same name."""
    timeout: float | httpx2.Timeout | None = None
    max_retries: int | None = None


@drop_frames
def changed(sealed: Sealed[Settings], changes: Sealed[Changes]) -> Sealed[Settings]:
    """The settings with these changes. Raises TypeError, ValueError."""
    settings, (headers, timeout, max_retries) = sealed.open(), changes.open()
    return Sealed(
        settings._replace(
            headers=add_headers(settings.headers, headers or {}, settings.schemes),
            timeout=settings.timeout if timeout is None else check_timeout(timeout),
            max_retries=settings.max_retries if max_retries is None else check_max_retries(max_retries),
        )
    )
