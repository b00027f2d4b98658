"""Order many kits with a ledger, show a progress bar (by rich), and count the outcomes.

SPOT_API_TOKEN=… SPOT_BASE_URL=http://127.0.0.1:8000 python examples/order_many.py orders.csv orders.db
"""

import csv
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from rich.progress import Progress
from spot_api_client import (
    Address,
    AddressCountry,
    CreateOrder,
    CreateOrderMetadata,
    OrderEmpty,
    Recipient,
    RowOutcome,
    RowStatus,
    SpotClient,
)


def read(path: Path) -> list[tuple[str, CreateOrder]]:
    """Read a CSV table; each row has a unique reference, the kit types and the recipient."""
    with path.open(newline="", encoding="utf-8") as file:
        return [(row["reference"], order(row)) for row in csv.DictReader(file)]


def order(row: dict[str, str]) -> CreateOrder:
    """The order of a row, with the reference as metadata."""
    address = Address(
        street1=row["street1"],
        city=row["city"],
        state=row["state"],
        country=AddressCountry(row["country"]),
        zip_=row["zip"],
    )
    recipient = Recipient(
        first_name=row["first_name"],
        last_name=row["last_name"],
        email=row["email"],
        phone=row["phone"],
        address=address,
    )
    return CreateOrder(
        kit_types=row["kit_types"].split(),
        recipient=recipient,
        metadata=CreateOrderMetadata({"reference": row["reference"]}),
    )


def order_all(
    client: SpotClient,
    rows: list[tuple[str, CreateOrder]],
    ledger: Path,
    progress: Callable[[RowOutcome[OrderEmpty]], object],
) -> list[RowOutcome[OrderEmpty]]:
    """Order each row once, even if an earlier run was interrupted; print what a person must check."""
    outcomes = client.order_many(rows, ledger=ledger, progress=progress)
    for outcome in outcomes:
        if outcome.status is RowStatus.UNKNOWN:
            print(f"{outcome.key}: unknown, check before you order again ({outcome.started_at}, {outcome.request_id})")
        elif outcome.error is not None:
            print(f"{outcome.key}: {outcome.status}: {outcome.error}")
    print(dict(Counter(str(outcome.status) for outcome in outcomes)))
    return outcomes


if __name__ == "__main__":
    table = read(Path(sys.argv[1]))
    with SpotClient() as client, Progress() as bar:
        task = bar.add_task("Ordering", total=len(table))
        order_all(client, table, Path(sys.argv[2]), lambda _: bar.advance(task))
