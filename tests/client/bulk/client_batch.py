"""Rows and answers of a batch; as a program, orders them with a ledger, and can be killed at any point."""

import collections
import sys

import httpx2
from client_orders import TOKEN, an_answer, an_order
from spot_api_client import CreateOrder, SpotClient


def rows(count):
    return [
        (f"row-{number}", CreateOrder(**an_order(metadata={"reference": f"row-{number}"}))) for number in range(count)
    ]


def answering(*answers):
    """A transport that gives each request the next answer, the last one for good; an exception is raised."""
    left = collections.deque(answers)
    headers = {"X-Request-ID": "req-7", "Retry-After": "0"}

    def handle(_):
        answer = left.popleft() if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx2.Response(answer, json=an_answer() if answer == 201 else {}, headers=headers)

    return {"transport": httpx2.MockTransport(handle)}


if __name__ == "__main__":
    base_url, ledger, count = sys.argv[1:]
    with SpotClient(token=TOKEN, base_url=base_url) as client:
        client.order_many(rows(int(count)), ledger=ledger, concurrency=8, progress=lambda _: print("row", flush=True))
    print("done", flush=True)
