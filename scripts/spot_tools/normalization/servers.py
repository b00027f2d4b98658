"""Where requests go: the document's first server, and the servers of single operations."""

from urllib.parse import urljoin, urlsplit

from spot_tools.errors import ToolError
from spot_tools.openapi.nodes import Document, Node


def base_url(document: Document, notes: list[str]) -> str:
    """The address of the document's first server; empty, and noted, where it has none that a request could go to."""
    servers = document.root.entries("servers")
    url = _url(servers[0]) if servers else ""
    if _is_address(url):
        return url
    what = f"the server {url!r}, which is no whole address" if url else "no server"
    notes.append(f"{document.name} names {what}; the client needs a base_url")
    return ""


def own(operation: Node, label: str, default: str, notes: list[str]) -> str:
    """The address of the operation's own server; empty where it is the document's. Raises ToolError."""
    item = operation.document.root.follow("#" + Node(operation.document, operation.path[:-1], None).pointer)
    for home in (operation, item):
        servers = home.entries("servers")
        if not servers:
            continue
        url = urljoin(default.rstrip("/") + "/", _url(servers[0])).rstrip("/")
        if not _is_address(url):
            notes.append(
                f"{label} has the server {url!r} of its own, which is no complete address; base_url is used instead"
            )
            return ""
        if urlsplit(url).scheme != "https" and urlsplit(url).netloc != urlsplit(default).netloc:
            raise ToolError(
                f"{label} has a server of its own at {home.at('servers')} that is no https address: token and payload "
                "would travel in the clear. Mend it by an overlay."
            )
        return "" if url == default.rstrip("/") else url
    return ""


def _url(server: Node) -> str:
    url = str(server.value.get("url", ""))
    for name, variable in server.members("variables").items():
        url = url.replace("{" + name + "}", str(variable.value.get("default")))
    return url


def _is_address(url: str) -> bool:
    """Whether a client may be set up with it."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    extras = "@" in parts.netloc or "?" in url or "#" in url or "{" in url or any(char <= " " for char in url)
    return parts.scheme in ("http", "https") and bool(host) and not extras
