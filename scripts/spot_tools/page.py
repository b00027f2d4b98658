"""The published page: Markdown with the OpenAPI document in a fenced YAML block."""

import re

from .errors import ToolError

_FENCED = re.compile(
    rb"^(?P<fence>`{3,}|~{3,})ya?ml\b[^\n]*\n(?P<block>.*?)^(?P=fence)[ \t]*\r?$",
    re.MULTILINE | re.DOTALL,
)


def document_block(page: bytes, name: str) -> bytes:
    """The bytes between the fences of the one YAML block that holds an OpenAPI document. Raises ToolError."""
    blocks: list[bytes] = [match["block"] for match in _FENCED.finditer(page)]
    found = [block for block in blocks if re.search(rb"^openapi:", block, re.MULTILINE)]
    if len(found) != 1:
        raise ToolError(f"{name} holds {len(found)} YAML blocks with an OpenAPI document, where one is expected.")
    return found[0]
