"""The armed scenarios: whose requests they apply to, and to which of them."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from spot_sandbox.http.messages import Answer, Request
from spot_sandbox.scenarios.acts import Settings
from spot_sandbox.scenarios.catalogue import Scenario, ScenarioError, Stage, find

HEADER = b"spot-sandbox-scenario"
When = Mapping[str, Any] | Callable[[Any], bool]
LONGEST = 3600


@dataclass(slots=True, eq=False)
class Armed:
    """A scenario that applies to coming requests.

    Attributes:
        owner: the key of the token whose requests it applies to; None for all.
        times: how many more requests it applies to; None for all.
        when: a predicate of the JSON body, or values of properties by dotted path.
        met: how many requests it has applied to.
        until: when it ends by itself, in seconds of the monotonic clock.

    """

    scenario: Scenario
    settings: Settings = field(default_factory=Settings)
    owner: str | None = None
    times: int | None = 1
    when: When | None = None
    met: int = 0
    until: float = math.inf

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.scenario.name

    async def reach(self, stage: Stage, request: Request, answer: Answer | None = None) -> Answer | None:
        """Act if this is the scenario's stage; return the answer to send, or None to continue."""
        if stage is not self.scenario.stage:
            return None
        self.met += 1
        request.has_met = True
        return await self.scenario.act(request, self.settings, answer)

    def is_for(self, body: Any) -> bool:
        """Whether `when` matches a request body."""
        if self.when is None:
            return True
        if callable(self.when):
            return bool(self.when(body))
        return all(_value(body, path) == value for path, value in self.when.items())

    def as_json(self) -> dict[str, Any]:
        """The scenario as JSON for the control interface."""
        return {
            "scenario": self.name,
            "times": self.times,
            "met": self.met,
            "seconds": self.settings.seconds,
            "retry_after": self.settings.retry_after,
            "when": None if callable(self.when) or self.when is None else dict(self.when),
        }


class Scenarios:
    """The armed scenarios of one server."""

    def __init__(self) -> None:
        self._armed: list[Armed] = []
        self._watcher: Callable[[], None] | None = None

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call the watcher now, and whenever `refusing_for` may change."""
        self._watcher = watcher
        watcher()

    def refusing_for(self) -> float:
        """For how many more seconds connections are refused; 0 if they are accepted."""
        for each in self._armed.copy():
            if each.until <= time.monotonic():
                self._armed.remove(each)
        ends = [each.until for each in self._armed if each.scenario.stage is Stage.CONNECTION]
        return max(0.0, max(ends) - time.monotonic()) if ends else 0.0

    @property
    def is_any(self) -> bool:
        """Whether any scenario is armed."""
        return bool(self._armed)

    def may_apply(self, request: Request) -> bool:
        """Whether a scenario may apply to the request."""
        return bool(self._armed) or any(name == HEADER for name, _ in request.headers)

    def arm(self, armed: Armed) -> None:
        """Apply a scenario to the next requests; scenarios armed earlier come first."""
        if armed.scenario.stage is Stage.CONNECTION:
            armed.times = None
            if armed.settings.seconds is not None:
                armed.until = time.monotonic() + armed.settings.seconds
        self._armed.append(armed)
        self._notify()

    def needs_body(self, request: Request) -> bool:
        """Whether the body decides which scenario applies to the request."""
        return any(each.when is not None for each in self._armed if each.owner in {None, request.owner})

    def take(self, request: Request, body: Any) -> Armed | None:
        """The scenario of a request: the one in its header, else the first armed one that matches.

        Raises:
            ScenarioError: the header is invalid.

        """
        given = request.header(HEADER)
        if given:
            return _of_header(given[0].decode("latin-1"))
        for each in self._armed:
            is_of_connection = each.scenario.stage is Stage.CONNECTION
            if each.owner in {None, request.owner} and not is_of_connection and each.is_for(body):
                self._count(each, -1)
                return each
        return None

    def give_back(self, armed: Armed) -> None:
        """Rearm a scenario whose stage the request did not reach."""
        if armed.times is not None:
            self._count(armed, 1)
            if armed not in self._armed:
                self._armed.insert(0, armed)

    def disarm(self, armed: Armed) -> None:
        """Apply a scenario to no further request."""
        if armed in self._armed:
            self._armed.remove(armed)
            self._notify()

    def armed(self, owner: str | None = None) -> list[Armed]:
        """The armed scenarios of one owner, or of all (None)."""
        return [each for each in self._armed if owner is None or each.owner in {None, owner}]

    def clear(self, owner: str | None = None) -> None:
        """Disarm the scenarios of one owner, or of all (None)."""
        self._armed = [each for each in self._armed if owner is not None and each.owner != owner]
        self._notify()

    def _notify(self) -> None:
        if self._watcher is not None:
            self._watcher()

    def _count(self, armed: Armed, change: int) -> None:
        if armed.times is not None:
            armed.times += change
            if armed.times == 0:
                self._armed.remove(armed)


def make(  # noqa: PLR0913 - the settings of a scenario.
    name: str,
    *,
    owner: str | None = None,
    times: int | None = 1,
    when: When | None = None,
    seconds: float | None = None,
    retry_after: float | None = None,
) -> Armed:
    """Make a scenario to arm.

    Args:
        name: the scenario's name.
        owner: the key of the token whose requests it applies to; None for all.
        times: how many requests it applies to; None for all.
        when: which requests it applies to; see Armed.
        seconds: see Settings.
        retry_after: see Settings.

    Raises:
        ScenarioError: an argument is invalid; the message says why.

    """
    scenario = find(name)
    if times is not None and (type(times) is not int or times < 1):
        raise ScenarioError(f"times is {times!r}; it must be a whole number of at least 1, or null for all requests.")
    if not (when is None or callable(when) or isinstance(when, Mapping)):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ScenarioError(f"when is {when!r}; it must map properties, such as recipient.email, to values.")
    _check_seconds("seconds", seconds)
    _check_seconds("retry_after", retry_after)
    settings = Settings(seconds, 1 if retry_after is None else int(retry_after))
    return Armed(scenario, settings, owner, times, when)


def read(entry: Mapping[str, Any], owner: str | None = None) -> Armed:
    """Read a scenario from an entry of a file or from a control request.

    Raises:
        ScenarioError: the entry is invalid; the message says why.

    """
    unknown = [key for key in entry if key not in {"scenario", "times", "when", "seconds", "retry_after"}]
    if unknown:
        name = str(unknown[0])[:80]
        raise ScenarioError(f"Unknown setting {name!r}; the settings are times, when, seconds and retry_after.")
    if "scenario" not in entry:
        raise ScenarioError("The scenario has no name; add one, such as scenario: drop after commit.")
    settings = {key: value for key, value in entry.items() if key != "scenario"}
    return make(str(entry["scenario"]), owner=owner, **settings)


def _check_seconds(name: str, value: object) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= LONGEST:
        raise ScenarioError(f"{name} is {value!r}; it must be a number of seconds from 0 to {LONGEST}.")


def _of_header(value: str) -> Armed:
    """Parse a header such as `stall after commit; seconds=2`."""
    name, *rest = value.split(";")
    settings: dict[str, float] = {}
    for each in rest:
        key, _, number = (part.strip().lower() for part in each.partition("="))
        try:
            settings[key] = float(number)
        except ValueError:
            key = ""
        if key not in {"seconds", "retry_after"}:
            raise ScenarioError(f"Unknown setting {each.strip()[:80]!r}; use seconds=2 or retry_after=2.")
    armed = make(name, times=None, seconds=settings.get("seconds"), retry_after=settings.get("retry_after"))
    if armed.scenario.stage is Stage.CONNECTION:
        raise ScenarioError(f"A header cannot request the scenario {armed.name!r}, which acts before a request.")
    return armed


def _value(body: Any, path: str) -> Any:
    for part in path.split("."):
        if not isinstance(body, dict):
            return None
        body = cast("dict[str, Any]", body).get(part)
    return body
