"""Handle each outcome of an order: created, not sent, unknown, rejected.

Order again what was not sent, correct what was rejected, and check what is unknown before you order it again.
"""

from collections.abc import Callable
from typing import Any

from spot_api_client import (
    AuthenticationError,
    BadRequestError,
    NotSentError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    SpotClient,
)


def place(client: SpotClient, report: Callable[[str, str], None], **order: Any) -> str | None:
    """Place an order and return its identifier, or None if there is none. `report` gets what a person must handle."""
    try:
        placed = client.create_order(**order)
    except NotSentError as error:
        # The client tried three times, and nothing reached the server: the order can be placed again later.
        report("retry", str(error))
    except OutcomeUnknownError as error:
        # With an identifier, the order exists. Without one, it may exist: check before you order again.
        if error.order_id is not None:
            return error.order_id
        report("check", f"{error} (request id {error.request_id})")
    except RateLimitedError as error:
        report("retry", f"too many requests, retry after {error.retry_after or 60:.0f} s")
    except BadRequestError as error:
        # detail names the field and may contain personal data: show it to the user, but do not log it.
        report("correct", error.detail or str(error))
    except AuthenticationError:
        report("stop", "the token is missing or not valid")
    except RejectedError as error:
        report("correct", str(error))
    else:
        return placed.order_id
    return None
