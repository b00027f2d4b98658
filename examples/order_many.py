"""Order many kits, at most so many at a time, and sum up what became of them."""

import asyncio
from collections import Counter
from collections.abc import Iterable

from spot_api_client import AsyncSpotClient, NotSentError, OutcomeUnknownError, Recipient, RejectedError


async def order_many(
    client: AsyncSpotClient, recipients: Iterable[Recipient], *, kit_types: list[str], at_a_time: int = 8
) -> tuple[list[str], Counter[str]]:
    """Order for each recipient; return the identifiers of what was ordered, and how many ended in which way.

    A second run for those that were `not sent` is safe; for those of `unknown` outcome it could double an order.
    """
    limit = asyncio.Semaphore(at_a_time)
    made: list[str] = []
    summary: Counter[str] = Counter()

    async def one(recipient: Recipient) -> None:
        async with limit:
            try:
                order = await client.create_order(kit_types=kit_types, recipient=recipient)
            except NotSentError:
                summary["not sent"] += 1
            except OutcomeUnknownError:
                summary["unknown"] += 1
            except RejectedError as error:
                summary[f"rejected ({error.status_code})"] += 1
            else:
                made.append(order.order_id)
                summary["made"] += 1

    async with asyncio.TaskGroup() as group:
        for recipient in recipients:
            group.create_task(one(recipient))
    return made, summary
