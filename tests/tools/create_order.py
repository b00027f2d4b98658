"""A checkout whose document has create-order alone, whatever operations were added since."""

from pathlib import Path

import yaml
from spot_tools.checkout import effective, lock
from spot_tools.checkout.layout import Layout
from spot_tools.commands import vendor
from spot_tools.openapi.documents import parse
from spot_tools.openapi.overlay import apply_fitting

PAGE = Path("openapi/source/create-order.md")


def create_order_alone(layout: Layout) -> None:
    """Vendor only the page of create-order, delete the overlay actions that no longer fit, and apply the others."""
    if len(lock.pages(layout)) > 1:
        vendor.run(layout, [str(layout.root / PAGE)], dry_run=False)
        keep_fitting_actions(layout)
        for name, data in effective.build(layout).items():
            (layout.effective / name).write_bytes(data)


def keep_fitting_actions(layout: Layout) -> None:
    """Delete the overlay actions that do not fit the document, as CONTRIBUTING.md describes."""
    value = parse(layout.document.read_bytes(), "document")
    for path in sorted(layout.overlays.glob("*.yaml")):
        overlay, actions, overlaid = parse(path.read_bytes(), path.name), [], value
        for raw, action in zip(overlay["actions"], effective.actions(layout, path.name), strict=True):
            document, problems = apply_fitting("document", overlaid, [action])
            overlaid = document.value
            actions += [] if problems else [raw]
        path.write_text(yaml.safe_dump({**overlay, "actions": actions}, sort_keys=False), encoding="utf-8")
        if path.name <= effective.NAMES:
            value = overlaid  # Every chain begins with these overlays.
