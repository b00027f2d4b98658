"""Calls of scripts/vendor that succeed or fail, and documents for them."""

import pytest
import yaml
from checkouts import tree
from spot_tools.checkout.layout import Layout
from spot_tools.commands import vendor
from spot_tools.errors import ToolError


def take(layout: Layout, *sources: object, dry_run: bool = False) -> None:
    vendor.run(layout, [str(source) for source in sources], dry_run=dry_run)


def refuse(layout: Layout, message: str, *sources: object) -> str:
    before = tree(layout.root)
    with pytest.raises(ToolError, match=message) as raised:
        take(layout, *sources)
    assert tree(layout.root) == before
    return str(raised.value)


def document(**more: object) -> dict[str, object]:
    return {
        "openapi": "3.0.3",
        "info": {"title": "Spot", "version": "2"},
        "servers": [{"url": "https://app.example.com"}],
        "paths": {"/orders/": {"get": {"operationId": "orders", "responses": {"200": {"description": "All."}}}}},
        **more,
    }


def page(value: object, fence: str = "````") -> str:
    return f"# A page\n\nText.\n\n{fence}yaml GET /\n{yaml.safe_dump(value, sort_keys=False)}{fence}\n"
