"""A checkout whose document is create-order alone, whatever the committed one has beside it by now."""

from pathlib import Path

import yaml
from spot_tools.checkout import effective, lock
from spot_tools.checkout.layout import Layout
from spot_tools.commands import vendor
from spot_tools.openapi.documents import parse
from spot_tools.openapi.overlay import apply_fitting

PAGE = Path("openapi/source/create-order.md")


def create_order_alone(layout: Layout) -> None:
    """Vendor the page of create-order alone, and delete the overlay actions that fit it no longer."""
    if len(lock.pages(layout)) > 1:
        vendor.run(layout, [str(layout.root / PAGE)], dry_run=False)
        keep_fitting_actions(layout)


def keep_fitting_actions(layout: Layout) -> None:
    """Delete the overlay actions that do not fit the document, as the routine says."""
    value = parse(layout.document.read_bytes(), "document")
    for path in sorted(layout.overlays.glob("*.yaml")):
        overlay, actions, mended = parse(path.read_bytes(), path.name), [], value
        for raw, action in zip(overlay["actions"], effective.actions(layout, path.name), strict=True):
            document, problems = apply_fitting("document", mended, [action])
            mended = document.value
            actions += [] if problems else [raw]
        path.write_text(yaml.safe_dump({**overlay, "actions": actions}, sort_keys=False), encoding="utf-8")
        if path.name <= effective.NAMES:
            value = mended  # What comes later applies to this: each chain begins so.
