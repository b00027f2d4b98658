"""A program that orders a batch with a ledger, and can be killed at any point."""

import sys

from client_orders import TOKEN, an_order
from spot_api_client import CreateOrder, SpotClient


def rows(count):
    return [
        (f"row-{number}", CreateOrder(**an_order(metadata={"reference": f"row-{number}"}))) for number in range(count)
    ]


if __name__ == "__main__":
    base_url, ledger, count = sys.argv[1:]
    with SpotClient(token=TOKEN, base_url=base_url) as client:
        client.order_many(rows(int(count)), ledger=ledger, concurrency=8, progress=lambda _: print("row", flush=True))
    print("done", flush=True)
