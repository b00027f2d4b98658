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
    """A scenario is invalid; the message says why, in one sentence."""


class Stage(Enum):
    """When a scenario acts on a request."""

    CONNECTION = "before the connection is accepted"
    HEAD = "before the body is read"
    BODY = "after the body was validated, before the order is placed"
    PLACED = "after the order was placed, before the response"
    ANSWER = "while the response is sent"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One failure.

    Attributes:
        name: the name by which it is armed.
        summary: what happens, in a sentence.
        stage: when it acts.
        places_order: whether a valid create-order request has placed its order in the end.
        act: what it does.

    """

    name: str
    summary: str
    stage: Stage
    places_order: bool
    act: Act


def find(name: str) -> Scenario:
    """Find a scenario by its name, ignoring case; hyphens and underscores count as spaces.

    Raises:
        ScenarioError: there is no such scenario.

    """
    found = SCENARIOS.get(" ".join(name.lower().replace("-", " ").replace("_", " ").split()))
    if found is None:
        known = ", ".join(SCENARIOS)
        raise ScenarioError(f"Unknown scenario {name[:80]!r}; the scenarios are: {known}.")
    return found


async def _nothing(*_given: object) -> None:
    """Do nothing: the connection is refused, so there is no request."""


_REFUSALS = (
    (400, acts.refuse(400, BAD_REQUEST, "The scenario 400 refuses this request."), "the envelope"),
    (401, acts.refuse(401, UNAUTHORIZED, "The token is no longer valid.", challenges=True), "the envelope"),
    (403, acts.refuse(403, FORBIDDEN, "The token does not allow this."), "the envelope"),
    (404, acts.refuse(404, "not_found", "Nothing is found at this path."), "the envelope"),
    (429, acts.refuse(429, RATE_LIMITED, "Too many requests.", retries=True), "Retry-After: 1 (or `retry_after`)"),
)
_FAILURES = (
    (500, acts.refuse(500, INTERNAL, "The service failed."), "the envelope"),
    (502, acts.page(502, "Bad Gateway"), "a gateway's HTML page"),
    (503, acts.refuse(503, INTERNAL, "The service is down.", retries=True), "Retry-After: 1 (or `retry_after`)"),
    (504, acts.page(504, "Gateway Timeout"), "a gateway's HTML page"),
)
_TABLE = (
    Scenario(
        "refuse connection",
        "Connections are refused for as long as the scenario lasts.",
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
        "The order is placed, then the connection is closed before the response.",
        Stage.PLACED,
        places_order=True,
        act=acts.drop("the connection was closed before the answer"),
    ),
    Scenario(
        "drop during answer",
        "The order is placed, then the connection is closed after half of the response.",
        Stage.ANSWER,
        places_order=True,
        act=acts.cut,
    ),
    Scenario(
        "stall before commit",
        "Nothing happens for 60 seconds (or `seconds`); if the client gives up before that, no order is placed.",
        Stage.BODY,
        places_order=False,
        act=acts.stall("the client gave up waiting"),
    ),
    Scenario(
        "stall after commit",
        "The order is placed at once, and the response is sent after 60 seconds (or `seconds`).",
        Stage.PLACED,
        places_order=True,
        act=acts.stall("the client gave up waiting for the answer"),
    ),
    Scenario(
        "commit late",
        "The order is placed after 5 seconds (or `seconds`), even if the client has given up.",
        Stage.BODY,
        places_order=True,
        act=acts.delay,
    ),
    Scenario(
        "slow answer",
        "The order is placed, and the response arrives in small pieces over 5 seconds (or `seconds`).",
        Stage.ANSWER,
        places_order=True,
        act=acts.drip,
    ),
    *(
        Scenario(str(status), f"The response is {status} with {what}; no order is placed.", Stage.BODY, False, act)
        for status, act, what in (*_REFUSALS, *_FAILURES)
    ),
    Scenario(
        "429 without retry after",
        "The response is 429 without a Retry-After header; no order is placed.",
        Stage.BODY,
        places_order=False,
        act=acts.refuse(429, RATE_LIMITED, "Too many requests."),
    ),
    Scenario(
        "307",
        "The response is 307 to the same path; no order is placed unless the client follows the redirect.",
        Stage.BODY,
        places_order=False,
        act=acts.redirect,
    ),
    *(
        Scenario(f"{status} after commit", f"The order is placed, but the response is {status}.",
                 Stage.PLACED, True, act)
        for status, act, _ in _FAILURES
    ),
    Scenario(
        "201 as html",
        "The order is placed, and the response is 201 with an HTML page.",
        Stage.ANSWER,
        places_order=True,
        act=acts.rewrite(acts.as_html),
    ),
    Scenario(
        "201 truncated",
        "The order is placed, and the response is 201 with half of its JSON.",
        Stage.ANSWER,
        places_order=True,
        act=acts.rewrite(acts.truncated),
    ),
    Scenario(
        "201 with broken gzip",
        "The order is placed, and the response is 201 with a body that cannot be decompressed.",
        Stage.ANSWER,
        places_order=True,
        act=acts.rewrite(acts.broken_gzip),
    ),
    Scenario(
        "201 without order id",
        "The order is placed, and the response is 201 without its order_id.",
        Stage.ANSWER,
        places_order=True,
        act=acts.rewrite(acts.without_order_id),
    ),
)  # fmt: skip
SCENARIOS = {each.name: each for each in _TABLE}
