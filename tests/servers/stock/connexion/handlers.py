import hmac
import itertools
import os
from datetime import UTC, datetime

numbers = itertools.count(1000001)


def check_token(header):
    """The laboratory that this Authorization header belongs to; None for a wrong one."""
    expected = f"Token {os.environ['SPOT_API_TOKEN']}"
    return {"sub": "lab"} if hmac.compare_digest(header.encode(), expected.encode()) else None


async def api_v2_create_order(body):
    order = {
        "order_id": f"O{next(numbers)}",
        "created": datetime.now(UTC).isoformat(),
        "status": "pending",
        "recipient": body["recipient"],
        "kit_types": body["kit_types"],
        "kits": [],
    }
    if "metadata" in body:
        order["metadata"] = body["metadata"]
    return order, 201
