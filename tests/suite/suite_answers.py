"""Good answers, and the one way in which each bad one differs from them."""

import json
from datetime import UTC, datetime

from spot_contract.messages import JSON, Answer, Credential, Request

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
TOKEN = "Abc-123-secret-token"
SENT = {
    "kit_types": ["health_kit_1", "health_kit_1"],
    "recipient": {
        "first_name": "Zoë",
        "last_name": "O'Brien",
        "email": "a.zqabcdefgh@example.com",
        "phone": "415-555-0123",
        "address": {"street1": "1 Main St", "city": "Boston", "state": "MA", "country": "US", "zip": "02134"},
    },
    "metadata": {"big": 9007199254740993, "flag": True, "none": None, "list": [1, "1"]},
}
ORDER = {"order_id": "O1", "created": "2026-03-01T12:00:00.5Z", "status": "pending", "kits": [], **SENT}
ERROR = {"error": {"status": 400, "type": "bad_request", "detail": "The zip field is required"}}


def answer(body, status=201, content_type=JSON, **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    pairs = [*([("Content-Type", content_type)] if content_type else []), *named]
    return Answer(status, tuple(pairs), data, 0.01, NOW, NOW)


def order(**changes):
    return answer({**ORDER, **changes})


def order_without(name):
    return answer({key: value for key, value in ORDER.items() if key != name})


def error(status=400, **changes):
    return answer({"error": {**ERROR["error"], "status": status, **changes}}, status)


def recipient(**changes):
    return order(recipient={**SENT["recipient"], **changes})


def address(**changes):
    return recipient(address={**SENT["recipient"]["address"], **changes})


def request(body=SENT, header=b"Token x"):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Request(JSON, data, Credential("the token", header, "Token $SPOT_API_TOKEN"), "/api/v2/orders/")
