"""The provider's pages: Markdown with a document in a fenced code block, or a bare document."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spot_tools.errors import ToolError

_FENCE = re.compile(rb"(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})(?P<info>[^\r\n]*)\r?\n?")
_OPENAPI = re.compile(rb"^(\xef\xbb\xbf)?[\"']?openapi[\"']?[ \t]*:", re.MULTILINE)
_OPENAPI_IN_JSON = re.compile(rb"\s*\{.*\"openapi\"\s*:", re.DOTALL)
_HTML = re.compile(
    rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True)
class _Block:
    """A fenced code block."""

    content: bytes
    is_closed: bool

    @property
    def is_document(self) -> bool:
        """Whether it looks like an OpenAPI document in YAML or JSON."""
        return bool(_OPENAPI.search(self.content) or _OPENAPI_IN_JSON.match(self.content))


def document_block(page: bytes, name: str) -> bytes:
    """The content of the only block with an OpenAPI document. Raises ToolError where there is not exactly one."""
    found = [block for block in _blocks(page)[0] if block.is_document]
    if len(found) != 1:
        raise ToolError(f"{name} has {len(found)} code blocks with an OpenAPI document; expected one.")
    if not found[0].is_closed:
        raise ToolError(f"{name} has an OpenAPI block without an end: the page is truncated, fetch it again.")
    return found[0].content


def is_page(data: bytes) -> bool:
    """Whether the data is a Markdown page rather than a bare document."""
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return False
    blocks, rest = _blocks(data)
    return bool(blocks) and not _OPENAPI.search(rest)


def _blocks(page: bytes) -> tuple[list[_Block], bytes]:
    """The fenced code blocks (CommonMark, section 4.5), and the text outside of them."""
    blocks, outside = list[_Block](), list[bytes]()
    lines = iter(page.splitlines(keepends=True))
    for line in lines:
        fence = _FENCE.fullmatch(line)
        if fence is None or (fence["fence"][:1] == b"`" and b"`" in fence["info"]):
            outside.append(line)
        else:
            blocks.append(_block(lines, fence))
    return blocks, b"".join(outside)


def _block(lines: Iterator[bytes], opening: re.Match[bytes]) -> _Block:
    content: list[bytes] = []
    for line in lines:
        closing = _FENCE.fullmatch(line)
        if closing is not None and closing["fence"].startswith(opening["fence"]) and not closing["info"].strip():
            return _Block(b"".join(content), is_closed=True)
        indent = opening["indent"]
        content.append(line.removeprefix(indent) if line.startswith(indent) else line.lstrip(b" \t"))
    return _Block(b"".join(content), is_closed=False)


def document_of(data: bytes, name: str) -> bytes:
    """The document in a page; a bare document is returned unchanged. Raises ToolError for HTML."""
    is_markdown = is_page(data)
    start = data.removeprefix(b"\xef\xbb\xbf")[:4096]
    if _HTML.match(start) or (not is_markdown and start.lstrip().startswith(b"<")):
        raise ToolError(
            f"{name} is an HTML page (perhaps a login page): pass the page's Markdown or an OpenAPI document."
        )
    return document_block(data, name) if is_markdown else data
