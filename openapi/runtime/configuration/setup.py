"""Makes settings of a client's arguments, in frames that no error carries, since error reporters read locals."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple, cast

import httpx2

from ..values.sealed import Sealed, sheltered
from .security import CredentialValue, Scheme, find_credentials
from .settings import Settings, check_headers, check_max_retries, check_timeout, make_settings


class Given(NamedTuple):
    """The arguments of a client."""

    credentials: Mapping[str, CredentialValue]
    """By the arguments' names."""
    base_url: str | None
    timeout: float | httpx2.Timeout | None
    max_retries: int
    headers: Mapping[str, str] | None
    allow_http: bool


@cache
def user_agent() -> str:
    """Name and version of the package, and nothing of the machine."""
    from .version import version  # noqa: PLC0415 - it takes longer than half of this package to import

    return f"spot-api-client/{version()}" if version() else "spot-api-client"


def set_up(
    given: Sealed[Given], schemes: Sequence[Scheme], default_base_url: str, *, needs_credential: bool
) -> Sealed[Settings]:
    """Check everything, and take from the environment what was not given.

    Raises TypeError and ValueError that say what to do and hold neither token nor headers.
    """
    return sheltered(_set_up, given, schemes, default_base_url, needs_credential=needs_credential)


def _set_up(
    given: Sealed[Given],
    schemes: Sequence[Scheme],
    default_base_url: str,
    *,
    needs_credential: bool,
) -> Sealed[Settings]:
    values = given.open()
    return Sealed(
        make_settings(
            base_url=values.base_url,
            default_base_url=default_base_url,
            schemes=schemes,
            credentials=find_credentials(schemes, values.credentials, needs_one=needs_credential),
            timeout=values.timeout,
            max_retries=values.max_retries,
            headers=values.headers,
            allow_http=values.allow_http,
            user_agent=user_agent(),
        )
    )


class Changes(NamedTuple):
    """Changes to a client's settings; None leaves a setting as it is."""

    headers: Mapping[str, str] | None = None
    """Added to the client's; they replace those of the same name."""
    timeout: float | httpx2.Timeout | None = None
    max_retries: int | None = None


def changed(settings: Sealed[Settings], changes: Sealed[Changes]) -> Sealed[Settings]:
    """The settings with these changes. Raises TypeError, ValueError."""
    return sheltered(_changed, settings, changes)


def _changed(sealed: Sealed[Settings], changes: Sealed[Changes]) -> Sealed[Settings]:
    settings, (headers, timeout, max_retries) = sealed.open(), changes.open()
    added = check_headers(headers or {}, settings.schemes)
    names = {name.lower() for name, _ in added}
    kept = [(name, value) for name, value in settings.headers if name.lower() not in names]
    return Sealed(
        settings._replace(
            headers=(*kept, *added),
            timeout=settings.timeout if timeout is None else check_timeout(timeout),
            max_retries=settings.max_retries if max_retries is None else check_max_retries(max_retries),
        )
    )


def shown(client: object) -> str:
    """The repr of a client, also of one whose constructor failed."""
    sealed = getattr(client, "_sealed", None)
    if not isinstance(sealed, Sealed):
        return f"<{type(client).__name__}, not set up>"
    settings = cast("Sealed[Settings]", sealed).open()
    parts = [f"base_url={settings.base_url!r}", settings.hidden()]
    return f"{type(client).__name__}({', '.join(part for part in parts if part)})"
