"""Runs that send nothing: their exchanges are made by hand and judged by the real rules."""

import json
from datetime import UTC, date, datetime

from spot_contract.configuration.settings import PROFILES, Settings
from spot_contract.configuration.waivers import Waiver
from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.intent import Flaw, Intent, Kind
from spot_contract.exchanges.messages import Answer, Credential, Request
from spot_contract.exchanges.secrets import Secret
from spot_contract.session.run import Run

SECRET = "Abc-123-secret"
URL = "http://127.0.0.1:1"
TOKEN = Credential("the token", f"Token {SECRET}".encode(), "Token $SPOT_API_TOKEN")
BODY = b'{"kit_types":["a"]}'
DETAIL = "kit_types: this is not a list."


def new_run(**chosen):
    """A run against an address to which nothing is sent."""
    settings = Settings(**{"token": Secret(SECRET), "base_url": URL, "profile": PROFILES["ci"], "seed": 7} | chosen)
    found = Run._of(settings, None)  # Run.start would send its first orders.
    found.dialects.notes += ["application/x-www-form-urlencoded: dotted names"]
    return found


def request(body=BODY, **more):
    content_type = more.pop("content_type", "application/json")
    return Request(content_type, body, more.pop("credential", TOKEN), more.pop("path", "/api/v2/orders/"), **more)


def answer(status, body, *headers):
    """An answer in JSON, or of the bytes given."""
    now = datetime.now(UTC)
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, (("Content-Type", "application/json"), *headers), data, 0.02, now, now)


def refusal(status=400, detail=DETAIL):
    return answer(status, {"error": {"status": status, "type": "bad_request", "detail": detail}})


def invalid(place="kit_types", way="a text", encoding="JSON", flaw=Flaw.TYPE):
    names = (place.rpartition(".")[2],)
    return Intent(Kind.INVALID, encoding, sent={}, flaw=flaw, place=place, way=way, names=names)


def show(run, answered, intent=None, sent=None):
    """Have the run judge an exchange."""
    number = len(run.judge.history) + 1
    run.judge.observe(Exchange(sent or request(), intent or invalid(), answered, run.engine.origin, number=number))


def conclude(run, seconds=2.0):
    run.judge.conclude()
    run.finished = run.engine.started + seconds
    return run


TAKEN = answer(200, {"order_id": "1"})
PLACES = ("kit_types", "recipient", "recipient.address.zip", *(f"metadata.{letter}" for letter in "abcdef"))
LATER = date(2999, 1, 1)


def broken_run(**chosen):
    """A run with one cause at nine places, and a second cause under another rule."""
    run = new_run(**chosen)
    for place in PLACES:
        show(run, TAKEN, invalid(place))
    show(run, refusal(), invalid(encoding="urlencoded (dotted names)"))
    show(run, TAKEN, invalid("recipient", "null", flaw=Flaw.NULL))
    return conclude(run)


def kept_run(**chosen):
    run = new_run(**chosen)
    show(run, refusal())
    return conclude(run)


def waiver(rule="refusal.type", **more):
    return Waiver(rule, "the old proxy does so", more.pop("until", LATER), **more)
