"""Handle each outcome of an order: created, not sent, unknown, rejected.

The rule: retry what was not sent, correct what was rejected, and find out about the unknown before you order again.
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


def place(client: SpotClient, remember: Callable[[str, str], None], **order: Any) -> str | None:
    """Place an order; return its identifier, or None where there is none. `remember` stores what a person must see."""
    try:
        placed = client.create_order(**order)
    except NotSentError as error:
        # The client has tried three times and nothing reached the server, so the order can be tried again later.
        remember("again", str(error))
    except OutcomeUnknownError as error:
        # The kit may be on its way. With an identifier it is; without one, find out before you order again.
        if error.order_id is not None:
            return error.order_id
        remember("ask", f"{error} (request id {error.request_id})")
    except RateLimitedError as error:
        remember("again", f"too many requests, come back in {error.retry_after or 60:.0f} s")
    except BadRequestError as error:
        # detail names the field and may contain personal data: show it to the person at the form, do not log it.
        remember("mend", error.detail or str(error))
    except AuthenticationError:
        remember("stop", "the token is missing or not valid")
    except RejectedError as error:
        remember("mend", str(error))
    else:
        return placed.order_id
    return None
