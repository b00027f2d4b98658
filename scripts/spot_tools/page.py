"""What the provider publishes: Markdown pages with a document in a fenced YAML block, or the bare document."""

import re

from .errors import ToolError

_FENCED = re.compile(
    rb"^(?P<fence>`{3,}|~{3,})ya?ml\b[^\n]*\n(?P<block>.*?)^(?P=fence)[ \t]*\r?$",
    re.MULTILINE | re.DOTALL,
)
_FENCE = re.compile(rb"^(?:`{3,}|~{3,})ya?ml\b", re.MULTILINE)
_OPENAPI = re.compile(rb"^openapi:", re.MULTILINE)
_HTML = re.compile(
    rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)


def document_block(page: bytes, name: str) -> bytes:
    """The bytes between the fences of the one YAML block that holds an OpenAPI document. Raises ToolError."""
    blocks: list[bytes] = [match["block"] for match in _FENCED.finditer(page)]
    found = [block for block in blocks if _OPENAPI.search(block)]
    if not found and is_page(page) and _OPENAPI.search(page):
        raise ToolError(f"{name} has an OpenAPI block that does not end: the page is cut off, fetch it again.")
    if len(found) != 1:
        raise ToolError(f"{name} holds {len(found)} YAML blocks with an OpenAPI document, where one is expected.")
    return found[0]


def is_page(data: bytes) -> bool:
    """Whether this is a page around a document, rather than a document."""
    fence, document = _FENCE.search(data), _OPENAPI.search(data)
    return fence is not None and (document is None or fence.start() < document.start())


def document_of(data: bytes, name: str) -> bytes:
    """The document in a page, or the data where it is no page. Raises ToolError for what a browser would show."""
    if _HTML.match(data.removeprefix(b"\xef\xbb\xbf")[:4096]):
        raise ToolError(
            f"{name} is an HTML page (to log in, perhaps): name the page's Markdown or an OpenAPI document."
        )
    return document_block(data, name) if is_page(data) else data
