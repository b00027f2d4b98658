"""Exchanges made by hand: good ones, and variations that differ in one way; and the rows of the rule tables."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from spot_contract.document.media_types import JSON
from spot_contract.exchanges.exchange import Exchange, Origin
from spot_contract.exchanges.intent import UNKNOWN, Circumstance, Flaw, Intent, Kind
from spot_contract.exchanges.messages import Answer, Credential, Request
from spot_contract.exchanges.secrets import Secret

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
TOKEN = "Abc-123-secret-token"
ORIGIN = Origin(Secret(TOKEN))
GOOD = f"Token {TOKEN}".encode()
PATH = "/api/v2/orders/"
SENT = {
    "kit_types": ["health_kit_1", "health_kit_1"],
    "recipient": {
        "first_name": "Zoë",
        "last_name": "O'Brien",
        "email": "a.zqabcdefgh@example.com",
        "phone": "415-555-0123",
        "address": {"street1": "1 Main St", "city": "Boston", "state": "MA", "country": "US", "zip": "02134"},
    },
    "metadata": {"flag": True, "none": None, "list": [1, "1"]},
}
ORDER = {"order_id": "O1", "created": "2026-03-01T12:00:00.5Z", "status": "pending", "kits": [], **SENT}
DETAIL = "The zip field is required"
_TYPES = {400: "bad_request", 401: "unauthorized", 429: "rate_limit_exceeded"}
_HEADERS = {401: {"WWW-Authenticate": "Token"}, 405: {"Allow": "POST, OPTIONS"}, 429: {"Retry-After": "1"}}


@dataclass(frozen=True)
class Broken:
    """An exchange, or a history of exchanges, that breaks a rule here in this way, and other rules (`also`)."""

    shown: Exchange | list[Exchange]
    place: str
    way: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """The cases of one rule: exchanges that keep it, that break it, and that it does not apply to (`silent`).

    `edit` changes the document, if the published one lacks something that the rule needs.
    """

    kept: list[Exchange | list[Exchange]]
    broken: list[Broken]
    silent: list[Exchange] = field(default_factory=list)
    edit: Callable[[dict], None] | None = None


def answer(status, body=b"", content_type=JSON, *, seconds=0.01, at=NOW, **headers):
    """An answer in JSON, or of the bytes given, with the headers that belong to its status."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    named = {**({"Content-Type": content_type} if content_type else {}), **_HEADERS.get(status, {}), **given}
    pairs = tuple((name, value) for name, value in named.items() if value is not None)
    return Answer(status, pairs, data, seconds, at, at + timedelta(seconds=seconds))


def order(**changes):
    """A good answer to SENT, with these changes."""
    return answer(201, ORDER | changes)


def order_without(name):
    return answer(201, {key: value for key, value in ORDER.items() if key != name})


def error(http=400, **changes):
    """A good error, with these changes."""
    return answer(http, {"error": _parts(http) | changes})


def error_without(name, http=400):
    return answer(http, {"error": {key: value for key, value in _parts(http).items() if key != name}})


def _parts(status):
    return {"status": status, "type": _TYPES.get(status, "bad_request"), "detail": DETAIL}


def recipient(**changes):
    return SENT["recipient"] | changes


def address(**changes):
    return recipient(address=SENT["recipient"]["address"] | changes)


def exchange(intent, answered, *, body=SENT, method="POST", header=GOOD, **more):
    """The exchange of this intent; `answered` is an answer, or why none came."""
    data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    request = Request(JSON, data, Credential("the token", header, "Token $SPOT_API_TOKEN"), PATH, method, **more)
    came = isinstance(answered, Answer)
    return Exchange(request, intent, answered if came else None, ORIGIN, "" if came else answered)


def placed(answered=None, circumstance=Circumstance.ORDINARY, *, kind=Kind.REALISTIC, sent=SENT, **intent):
    """An order, realistic unless another kind is named."""
    return exchange(Intent(kind, "JSON", sent, circumstance=circumstance, **intent), answered or order(), body=sent)


def odd(answered, *, sent=SENT, place="recipient", way="NUL"):
    """A schema-valid but unrealistic order."""
    return placed(answered, kind=Kind.VALID, sent=sent, place=place, way=way)


def refused(answered=None, flaw=Flaw.TYPE, *, place="recipient.address.zip", way="a list", names=("zip",), **more):
    """A request that violates the schema in one place."""
    intent = Intent(Kind.INVALID, "JSON", None, flaw, place, way, names)
    return exchange(intent, answered or error(), **{"body": b"{}"} | more)


def denied(flaw=Flaw.NO_CREDENTIAL, answered=None, *, way="no header", malformed=False, **more):
    """A good order without the right credential."""
    intent = Intent(Kind.UNAUTHORISED, "JSON", None, flaw, way=way, group="malformed" if malformed else "")
    return exchange(intent, answered or error(401), header=None, **more)


def of(kind, answered, *, way="", method="POST", **more):
    """An exchange of another kind."""
    names = {name: more.pop(name) for name in ("place", "group", "flaw", "sent") if name in more}
    return exchange(Intent(kind, "JSON", way=way, **names), answered, **{"body": b"{}", "method": method} | more)


def carried(one, circumstance):
    """The same exchange in a circumstance."""
    return replace(one, intent=replace(one.intent, circumstance=circumstance))


def recorded(one, *, with_body):
    """The same exchange as in recorded traffic, whose intent is unknown."""
    sent = one.intent.sent if with_body else None
    return replace(one, intent=replace(UNKNOWN, sent=sent))


def row_of(seconds, group="row 0", circumstance=Circumstance.ROW, first=0):
    """Orders in a row with these response times in seconds."""
    exchanges = []
    for number, taken in enumerate(seconds, first):
        answered = answer(201, ORDER | {"order_id": f"R{group}{number}"}, seconds=taken)
        exchanges.append(placed(answered, circumstance, group=group))
    return exchanges
