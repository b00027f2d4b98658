"""The settings of a client: address, credentials, timeouts, retries, headers."""

import ipaddress
import math
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import httpx2

from ..values.kinds import is_object
from .security import Credential, CredentialValue, Scheme

BASE_URL_VARIABLE = "SPOT_BASE_URL"

DEFAULT_TIMEOUT = httpx2.Timeout(30.0, connect=5.0)
"""In seconds: 5 to connect; 30 each to read, to write and to wait for a free connection."""

DEFAULT_MAX_RETRIES = 2
"""The maximum number of retries of a request. Only safe retries are made."""

_HEADER_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_RESERVED_HEADERS = frozenset(
    {"authorization", "connection", "content-length", "content-type", "cookie", "host", "transfer-encoding"}
)


class Given(NamedTuple):
    """The arguments of a client, unchecked."""

    credentials: Mapping[str, CredentialValue]
    """By the names of the arguments."""
    base_url: str | None
    timeout: float | httpx2.Timeout | None
    max_retries: int
    headers: Mapping[str, str] | None
    allow_http: bool


class Settings(NamedTuple):
    """The checked settings of a client."""

    base_url: str
    """Without a trailing slash."""
    default_base_url: str
    """The address in the document; empty if the document names none. Shows whether base_url is a different one."""
    schemes: Sequence[Scheme]
    """The security schemes of the document; the token first."""
    credentials: Mapping[str, Credential]
    """By the names of the schemes."""
    timeout: httpx2.Timeout
    max_retries: int
    headers: tuple[tuple[str, str], ...]

    def masked_credentials(self) -> str:
        """The names of the credentials, with masked values."""
        return ", ".join(f"{scheme.argument}=***" for scheme in self.schemes if scheme.name in self.credentials)

    def __repr__(self) -> str:
        return f"<Settings for {self.base_url}>"


def make_settings(
    given: Given,
    schemes: Sequence[Scheme],
    default_base_url: str,
    credentials: Mapping[str, Credential],
    user_agent: str,
) -> Settings:
    """Check all arguments. Raises TypeError and ValueError, which say what to do and never contain the token."""
    headers = add_headers([("User-Agent", user_agent)], given.headers or {}, schemes)
    # An empty base_url is a mistake of the caller. Falling back to the default could place real orders.
    address = given.base_url if given.base_url is not None else os.environ.get(BASE_URL_VARIABLE) or default_base_url
    if given.base_url is None and not address:
        raise ValueError(
            f"There is no base_url: pass base_url= or set {BASE_URL_VARIABLE}; the document names no server."
        )
    return Settings(
        base_url=check_base_url(address, allow_http=given.allow_http),
        default_base_url=default_base_url and check_base_url(default_base_url, allow_http=True),
        schemes=schemes,
        credentials=credentials,
        timeout=DEFAULT_TIMEOUT if given.timeout is None else check_timeout(given.timeout),
        max_retries=check_max_retries(given.max_retries),
        headers=headers,
    )


def check_base_url(text: str, *, allow_http: bool) -> str:
    """The address without a trailing slash. Raises TypeError, ValueError."""
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
        raise TypeError(f"base_url must be str, not {type(text).__name__}.")
    try:
        url = httpx2.URL(text)
    except httpx2.InvalidURL:
        url = httpx2.URL("")
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("base_url must be an address such as https://app.example.com.")
    if url.userinfo or url.query or url.fragment or "?" in text or "#" in text:
        raise ValueError("base_url must not contain a user, a password, a query or a fragment.")
    if url.scheme == "http" and not allow_http and not _is_loopback(url.host):
        raise ValueError(
            "base_url must start with https://, because http sends the token and the orders unencrypted. "
            "Pass allow_http=True to allow http."
        )
    return str(url).rstrip("/")


def _is_loopback(host: str) -> bool:
    if host.rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_timeout(timeout: float | httpx2.Timeout) -> httpx2.Timeout:
    """The timeouts; a number of seconds sets each of them. Raises TypeError, ValueError."""
    if isinstance(timeout, httpx2.Timeout):
        return timeout
    if not isinstance(timeout, int | float) or isinstance(timeout, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"timeout must be seconds or an httpx2.Timeout, not {type(timeout).__name__}.")
    if not math.isfinite(timeout) or timeout <= 0:
        raise ValueError("timeout must be a finite number of seconds greater than 0.")
    return httpx2.Timeout(timeout)


def check_max_retries(max_retries: int) -> int:
    """The maximum number of retries. Raises ValueError."""
    if type(max_retries) is not int or max_retries < 0:
        raise ValueError("max_retries must be an integer of at least 0; 0 disables retries.")
    return max_retries


def add_headers(
    headers: Iterable[tuple[str, str]], own: Mapping[str, str], schemes: Sequence[Scheme]
) -> tuple[tuple[str, str], ...]:
    """The headers and the caller's own, which replace headers of the same name.

    Raises TypeError, ValueError; messages contain the name, never the value.
    """
    if not is_object(own):
        raise TypeError(f"headers must be a mapping of names to values, not {type(own).__name__}.")
    reserved = _RESERVED_HEADERS | {scheme.place.lower() for scheme in schemes if scheme.location == "header"}
    added = [(name, check_header(name, value, reserved)) for name, value in own.items()]
    replaced = {name.lower() for name, _ in added}
    return (*((name, value) for name, value in headers if name.lower() not in replaced), *added)


def check_header(name: str, value: str, reserved: frozenset[str] = frozenset()) -> str:
    """The value of a header. Raises TypeError, ValueError; messages contain the name, never the value."""
    if not isinstance(name, str) or not re.fullmatch(_HEADER_NAME, name):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError("A name in headers is empty or contains a character that HTTP does not allow.")
    if name.lower() in reserved:
        raise ValueError(f"headers must not contain {name}: the client sets it.")
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
        raise TypeError(f"The header {name} must be str, not {type(value).__name__}.")
    if not value.isascii() or any(
        (character < " " and character != "\t") or character == "\x7f" for character in value
    ):
        raise ValueError(f"The header {name} contains a character that HTTP does not allow.")
    return value
