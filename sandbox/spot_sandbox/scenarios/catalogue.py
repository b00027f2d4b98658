"""The catalogue of scenarios: what each does, when, and whether an order exists afterwards.

To add one, add a row to the table at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from spot_sandbox.http.messages import BAD_REQUEST, FORBIDDEN, INTERNAL, RATE_LIMITED, UNAUTHORIZED
from spot_sandbox.scenarios import acts
from spot_sandbox.scenarios.acts import Act


class ScenarioError(ValueError):
    """A scenario cannot be armed; the message says why, in one sentence."""


class Stage(Enum):
    """When a scenario acts on a request."""

    CONNECTION = "before there is a connection"
    HEAD = "before the body is read"
    BODY = "after the body was found valid, before anything is placed"
    PLACED = "after the order was placed, before anything is answered"
    ANSWER = "when the answer is sent"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One failure.

    Attributes:
        name: what it is armed by.
        summary: what happens, in a sentence.
        stage: when it acts.
        places_order: whether a valid create-order request has placed its order when all is over.
        act: what it does.

    """

    name: str
    summary: str
    stage: Stage
    places_order: bool
    act: Act


def find(name: str) -> Scenario:
    """The scenario of that name; letter case does not matter, and hyphens and underscores stand for blanks.

    Raises:
        ScenarioError: there is none.

    """
    found = SCENARIOS.get(" ".join(name.lower().replace("-", " ").replace("_", " ").split()))
    if found is None:
        known = ", ".join(SCENARIOS)
        raise ScenarioError(f"There is no scenario {name[:80]!r}; the scenarios are: {known}.")
    return found


async def _nothing(*_given: object) -> None:
    """The connection never comes about, so nothing is done to a request."""


_REFUSALS = (
    (400, acts.refuse(400, BAD_REQUEST, "The scenario 400 refuses this request."), "the envelope"),
    (401, acts.refuse(401, UNAUTHORIZED, "The token is no longer valid.", challenges=True), "the envelope"),
    (403, acts.refuse(403, FORBIDDEN, "The token does not allow this."), "the envelope"),
    (404, acts.refuse(404, "not_found", "Nothing is found at this path."), "the envelope"),
    (429, acts.refuse(429, RATE_LIMITED, "Too many requests.", retries=True), "Retry-After: 1 (or `retry_after`)"),
)
_FAILURES = (
    (500, acts.refuse(500, INTERNAL, "The service failed."), "the envelope"),
    (502, acts.page(502, "Bad Gateway"), "a gateway's page"),
    (503, acts.refuse(503, INTERNAL, "The service is down.", retries=True), "Retry-After: 1 (or `retry_after`)"),
    (504, acts.page(504, "Gateway Timeout"), "a gateway's page"),
)
_TABLE = (
    Scenario(
        "refuse connection",
        "No connection comes about for as long as the scenario lasts.",
        Stage.CONNECTION,
        places_order=False,
        act=_nothing,
    ),
    Scenario(
        "drop before reading",
        "The connection is closed before the body is read.",
        Stage.HEAD,
        places_order=False,
        act=acts.drop("the connection was closed before the body was read"),
    ),
    Scenario(
        "drop before commit",
        "The connection is closed after the request was read; no order is placed.",
        Stage.BODY,
        places_order=False,
        act=acts.drop("the connection was closed before the order was placed"),
    ),
    Scenario(
        "drop after commit",
        "The order is placed, and the connection closed before the answer.",
        Stage.PLACED,
        places_order=True,
        act=acts.drop("the connection was closed before the answer"),
    ),
    Scenario(
        "drop during answer",
        "The order is placed, and the connection closed after half the answer.",
        Stage.ANSWER,
        places_order=True,
        act=acts.cut,
    ),
    Scenario(
        "stall before commit",
        "Nothing happens for 60 seconds (or `seconds`); a client that gives up meanwhile has placed no order.",
        Stage.BODY,
        places_order=False,
        act=acts.stall("the client gave up waiting"),
    ),
    Scenario(
        "stall after commit",
        "The order is placed at once, and answered after 60 seconds (or `seconds`).",
        Stage.PLACED,
        places_order=True,
        act=acts.stall("the client gave up waiting for the answer"),
    ),
    Scenario(
        "commit late",
        "The order is placed after 5 seconds (or `seconds`), whether or not the client still waits.",
        Stage.BODY,
        places_order=True,
        act=acts.delay,
    ),
    Scenario(
        "slow answer",
        "The order is placed, and the answer arrives in small pieces over 5 seconds (or `seconds`).",
        Stage.ANSWER,
        places_order=True,
        act=acts.drip,
    ),
    *(
        Scenario(str(status), f"Answered {status} with {what}; nothing is placed.", Stage.BODY, False, act)
        for status, act, what in (*_REFUSALS, *_FAILURES)
    ),
    Scenario(
        "429 without retry after",
        "Answered 429 without a Retry-After header; nothing is placed.",
        Stage.BODY,
        places_order=False,
        act=acts.refuse(429, RATE_LIMITED, "Too many requests."),
    ),
    Scenario(
        "307",
        "Answered 307 with the request's own path as Location; nothing is placed, unless the client follows.",
        Stage.BODY,
        places_order=False,
        act=acts.redirect,
    ),
    *(
        Scenario(f"{status} after commit", f"The order is placed, and answered {status} all the same.",
                 Stage.PLACED, True, act)
        for status, act, _ in _FAILURES
    ),
    Scenario(
        "201 as html",
        "The order is placed, and answered 201 with a page.",
        Stage.ANSWER,
        places_order=True,
        act=acts.rewrite(acts.as_html),
    ),
    Scenario(
        "201 truncated",
        "The order is placed, and answered 201 with half of its JSON.",
        Stage.ANSWER,
        places_order=True,
        act=acts.rewrite(acts.truncated),
    ),
    Scenario(
        "201 with broken gzip",
        "The order is placed, and answered 201 with a body that cannot be decompressed.",
        Stage.ANSWER,
        places_order=True,
        act=acts.rewrite(acts.broken_gzip),
    ),
    Scenario(
        "201 without order id",
        "The order is placed, and answered 201 without its order_id.",
        Stage.ANSWER,
        places_order=True,
        act=acts.rewrite(acts.without_order_id),
    ),
)  # fmt: skip
SCENARIOS = {each.name: each for each in _TABLE}
