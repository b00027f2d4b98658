"""The catalogue of scenarios: what each does, when, and whether an order exists afterwards.

To add one, add a row to the table at the end.
"""

from dataclasses import dataclass
from enum import Enum

from spot_sandbox.http.messages import BAD_REQUEST, FORBIDDEN, INTERNAL, NOT_FOUND, RATE_LIMITED, UNAUTHORIZED
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
    stage: Stage
    places_order: bool
    act: Act
    summary: str


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


_FAILURES = {
    500: acts.refuse(500, INTERNAL, "The service failed."),
    502: acts.page(502, "Bad Gateway"),
    503: acts.refuse(503, INTERNAL, "The service is down.", retries=True),
    504: acts.page(504, "Gateway Timeout"),
}
# Name, stage, whether an order exists afterwards, action, sentence.
_TABLE = (
    Scenario("refuse connection", Stage.CONNECTION, False, _nothing,
             "Connections are refused for as long as the scenario lasts."),
    Scenario("drop before reading", Stage.HEAD, False, acts.drop("the connection was closed before the body was read"),
             "The connection is closed before the body is read."),
    Scenario("drop before commit", Stage.BODY, False,
             acts.drop("the connection was closed before the order was placed"),
             "The connection is closed after the request was read; no order is placed."),
    Scenario("drop after commit", Stage.PLACED, True, acts.drop("the connection was closed before the answer"),
             "The order is placed, then the connection is closed before the response."),
    Scenario("drop during answer", Stage.ANSWER, True, acts.cut,
             "The order is placed, then the connection is closed after half of the response."),
    Scenario("stall before commit", Stage.BODY, False, acts.stall("the client gave up waiting"),
             "Nothing happens for 60 seconds (or `seconds`); if the client gives up before that, no order is placed."),
    Scenario("stall after commit", Stage.PLACED, True, acts.stall("the client gave up waiting for the answer"),
             "The order is placed at once, and the response is sent after 60 seconds (or `seconds`)."),
    Scenario("commit late", Stage.BODY, True, acts.delay,
             "The order is placed after 5 seconds (or `seconds`), even if the client has given up."),
    Scenario("slow answer", Stage.ANSWER, True, acts.drip,
             "The order is placed, and the response arrives in small pieces over 5 seconds (or `seconds`)."),
    Scenario("400", Stage.BODY, False, acts.refuse(400, BAD_REQUEST, "The scenario 400 refuses this request."),
             "The response is 400 with the envelope; no order is placed."),
    Scenario("401", Stage.BODY, False, acts.refuse(401, UNAUTHORIZED, "The token is no longer valid.", challenges=True),
             "The response is 401 with the envelope; no order is placed."),
    Scenario("403", Stage.BODY, False, acts.refuse(403, FORBIDDEN, "The token does not allow this."),
             "The response is 403 with the envelope; no order is placed."),
    Scenario("404", Stage.BODY, False, acts.refuse(404, NOT_FOUND, "Nothing is found at this path."),
             "The response is 404 with the envelope; no order is placed."),
    Scenario("429", Stage.BODY, False, acts.refuse(429, RATE_LIMITED, "Too many requests.", retries=True),
             "The response is 429 with Retry-After: 1 (or `retry_after`); no order is placed."),
    Scenario("500", Stage.BODY, False, _FAILURES[500], "The response is 500 with the envelope; no order is placed."),
    Scenario("502", Stage.BODY, False, _FAILURES[502],
             "The response is 502 with a gateway's HTML page; no order is placed."),
    Scenario("503", Stage.BODY, False, _FAILURES[503],
             "The response is 503 with Retry-After: 1 (or `retry_after`); no order is placed."),
    Scenario("504", Stage.BODY, False, _FAILURES[504],
             "The response is 504 with a gateway's HTML page; no order is placed."),
    Scenario("429 without retry after", Stage.BODY, False, acts.refuse(429, RATE_LIMITED, "Too many requests."),
             "The response is 429 without a Retry-After header; no order is placed."),
    Scenario("307", Stage.BODY, False, acts.redirect,
             "The response is 307 to the same path; no order is placed unless the client follows the redirect."),
    *(
        Scenario(f"{status} after commit", Stage.PLACED, True, act,
                 f"The order is placed, but the response is {status}.")
        for status, act in _FAILURES.items()
    ),
    Scenario("201 as html", Stage.ANSWER, True, acts.rewrite(acts.as_html),
             "The order is placed, and the response is 201 with an HTML page."),
    Scenario("201 truncated", Stage.ANSWER, True, acts.rewrite(acts.truncated),
             "The order is placed, and the response is 201 with half of its JSON."),
    Scenario("201 with broken gzip", Stage.ANSWER, True, acts.rewrite(acts.broken_gzip),
             "The order is placed, and the response is 201 with a body that cannot be decompressed."),
    Scenario("201 without order id", Stage.ANSWER, True, acts.rewrite(acts.without_order_id),
             "The order is placed, and the response is 201 without its order_id."),
)  # fmt: skip
SCENARIOS = {each.name: each for each in _TABLE}
