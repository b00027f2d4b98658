"""What the provider publishes: Markdown pages with a document in a fenced block, or the bare document."""

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
    """What stands between two fences."""

    content: bytes
    is_ended: bool

    @property
    def is_document(self) -> bool:
        """Whether it looks like an OpenAPI document in YAML or JSON."""
        return bool(_OPENAPI.search(self.content) or _OPENAPI_IN_JSON.match(self.content))


def document_block(page: bytes, name: str) -> bytes:
    """The bytes between the fences of the one block that holds an OpenAPI document. Raises ToolError."""
    found = [block for block in _blocks(page)[0] if block.is_document]
    if len(found) != 1:
        raise ToolError(f"{name} holds {len(found)} blocks with an OpenAPI document, where one is expected.")
    if not found[0].is_ended:
        raise ToolError(f"{name} has an OpenAPI block that does not end: the page is cut off, fetch it again.")
    return found[0].content


def is_page(data: bytes) -> bool:
    """Whether this is a page around a document, rather than a document."""
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return False
    blocks, rest = _blocks(data)
    return bool(blocks) and not _OPENAPI.search(rest)


def _blocks(page: bytes) -> tuple[list[_Block], bytes]:
    """The fenced blocks (CommonMark, section 4.5), and what stands outside of them."""
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
            return _Block(b"".join(content), is_ended=True)
        indent = opening["indent"]
        content.append(line.removeprefix(indent) if line.startswith(indent) else line.lstrip(b" \t"))
    return _Block(b"".join(content), is_ended=False)


def document_of(data: bytes, name: str) -> bytes:
    """The document in a page, or the data where it is no page. Raises ToolError for what a browser would show."""
    is_around = is_page(data)
    start = data.removeprefix(b"\xef\xbb\xbf")[:4096]
    if _HTML.match(start) or (not is_around and start.lstrip().startswith(b"<")):
        raise ToolError(
            f"{name} is an HTML page (to log in, perhaps): name the page's Markdown or an OpenAPI document."
        )
    return document_block(data, name) if is_around else data
