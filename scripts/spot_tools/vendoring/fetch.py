"""Reading sources, within limits of size and time: files and web addresses."""

import ipaddress
import re
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from spot_tools.errors import ToolError
from spot_tools.openapi.documents import MAX_BYTES

SECONDS = 30.0
"""The total time for one source."""

_REDIRECTS = 5
_ACCEPT = "text/markdown, application/yaml, application/json, text/plain;q=0.9, */*;q=0.5"


@dataclass(frozen=True)
class Source:
    """A source that was read."""

    name: str
    """The name that messages use."""
    address: str | None
    """The address; None for a file."""
    file: str
    """The file name to store it under."""
    data: bytes


def read(source: str) -> Source:
    """Read a file or an address. Raises ToolError."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", source):
        data = _fetch(source)
        return Source(source, source, _safe(urlsplit(source).path.rstrip("/").rpartition("/")[2]), data)
    path = Path(source)
    try:
        if not path.is_file():
            raise ToolError(
                f"{source} is {'a folder' if path.is_dir() else 'not a file'}: expected a page, document or address."
            )
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ToolError(f"{source} cannot be read ({error.strerror}).") from error
    _bound(len(data), source)
    return Source(source, None, _safe(path.name), data)


def _bound(size: int, name: str) -> None:
    if size > MAX_BYTES:
        raise ToolError(f"{name} has more than {MAX_BYTES:,} bytes, the limit for a document.")


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-") or "document"


def _fetch(address: str) -> bytes:
    end = time.monotonic() + SECONDS
    try:
        current = _checked(httpx.URL(address.partition("#")[0]), address)
        with httpx.Client(timeout=10, headers={"Accept": _ACCEPT}, follow_redirects=False) as client:
            for _ in range(_REDIRECTS + 1):
                with client.stream("GET", current) as response:
                    if not response.has_redirect_location:
                        return _body(response, address, end)
                    current = _checked(current.join(response.headers["location"]), address, current)
    except httpx.TimeoutException as error:
        raise ToolError(f"{address} did not respond in time: try again later.") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ToolError(f"{address} cannot be fetched: {reason}.") from error
    raise ToolError(f"{address} redirects more than {_REDIRECTS} times: pass the final address.")


def _body(response: httpx.Response, address: str, end: float) -> bytes:
    if not response.is_success:
        raise ToolError(f"{address} responds with {response.status_code} {response.reason_phrase}: check the address.")
    data = bytearray()
    for chunk in response.iter_bytes():
        data += chunk
        _bound(len(data), address)
        if time.monotonic() > end:
            raise ToolError(f"{address} takes longer than {SECONDS:.0f} s: try again later.")
    return bytes(data)


def _checked(url: httpx.URL, address: str, before: httpx.URL | None = None) -> httpx.URL:
    """The address, if it may be fetched. Raises ToolError."""
    if url.userinfo:
        raise ToolError("The address contains a password, which spec.lock would publish: pass a saved page instead.")
    if url.scheme == "http" and not _is_loopback(url.host):
        leads = f"{address} leads to {url.copy_with(query=None)}" if before is not None else address
        raise ToolError(f"{leads}, which is not encrypted: use https (http is for loopback addresses only).")
    if url.scheme not in ("http", "https") or not url.host:
        raise ToolError(f"{address} is not an https address.")
    if before is not None and before.scheme == "https" and url.scheme == "http":
        raise ToolError(f"{address} redirects from https to http, which is not allowed.")
    return url


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
