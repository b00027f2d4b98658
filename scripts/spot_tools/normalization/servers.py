"""The addresses that requests are sent to: the document's first server, and servers of single operations."""

from urllib.parse import urljoin, urlsplit

from spot_tools.errors import ToolError
from spot_tools.openapi.nodes import Document, Node


def base_url(document: Document, notes: list[str]) -> str:
    """The address of the document's first server; empty, with a note, where it has no usable one."""
    servers = document.root.entries("servers")
    url = _url(servers[0]) if servers else ""
    if _is_address(url):
        return url
    what = f"the server {url!r}, which is not a complete address" if url else "no server"
    notes.append(f"{document.name} has {what}; the client needs a base_url")
    return ""


def own(operation: Node, label: str, default: str, notes: list[str]) -> str:
    """The address of a server of the operation itself; empty where the document's applies. Raises ToolError."""
    for home in (operation, operation.parent):
        servers = home.entries("servers")
        if not servers:
            continue
        url = urljoin(default.rstrip("/") + "/", _url(servers[0])).rstrip("/")
        if not _is_address(url):
            notes.append(f"{label} has its own server {url!r}, which is not a complete address; it uses base_url")
            return ""
        if urlsplit(url).scheme != "https" and urlsplit(url).netloc != urlsplit(default).netloc:
            raise ToolError(
                f"{label} has its own server at {home.at('servers')} without https: token and payload would be sent "
                "unencrypted. Correct it by an overlay."
            )
        return "" if url == default.rstrip("/") else url
    return ""


def _url(server: Node) -> str:
    url = str(server.value.get("url", ""))
    for name, variable in server.members("variables").items():
        url = url.replace("{" + name + "}", str(variable.value.get("default")))
    return url


def _is_address(url: str) -> bool:
    """Whether a client can be configured with this address."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    extras = "@" in parts.netloc or "?" in url or "#" in url or "{" in url or any(char <= " " for char in url)
    return parts.scheme in ("http", "https") and bool(host) and not extras
