"""Which scenarios are armed, for whom, and for which of their requests."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from spot_sandbox.scenarios.acts import Settings
from spot_sandbox.scenarios.catalogue import Scenario, ScenarioError, Stage, find

if TYPE_CHECKING:
    from spot_sandbox.http.messages import Answer, Request

HEADER = b"spot-sandbox-scenario"
When = Mapping[str, Any] | Callable[[Any], bool]
LONGEST = 3600


@dataclass(slots=True, eq=False)
class Armed:
    """A scenario that waits for requests.

    Attributes:
        owner: whose requests; None for everybody's.
        times: how many requests are still to meet it; None for all of them.
        when: which requests: a function of the body's JSON, or the values of some of its properties by dotted path.
        met: how many requests have met it.
        until: when it ends by itself, by the monotonic clock.

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
        """Act, if this is the scenario's stage: the answer to send, or None to go on as usual."""
        if stage is not self.scenario.stage:
            return None
        self.met += 1
        request.has_met = True
        return await self.scenario.act(request, self.settings, answer)

    def is_for(self, body: Any) -> bool:
        """Whether `when` holds for a request's body."""
        if self.when is None:
            return True
        if callable(self.when):
            return bool(self.when(body))
        return all(_value(body, path) == value for path, value in self.when.items())

    def as_json(self) -> dict[str, Any]:
        """The scenario as the control interface shows it."""
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
        """Call the watcher now, and whenever `refusing_for` may have changed."""
        self._watcher = watcher
        watcher()

    def refusing_for(self) -> float:
        """For how many seconds more no connection is to come about; 0 where that is not so."""
        for each in self._armed.copy():
            if each.until <= time.monotonic():
                self._armed.remove(each)
        ends = [each.until for each in self._armed if each.scenario.stage is Stage.CONNECTION]
        return max(0.0, max(ends) - time.monotonic()) if ends else 0.0

    @property
    def is_any(self) -> bool:
        """Whether any is armed."""
        return bool(self._armed)

    def may_apply(self, request: Request) -> bool:
        """Whether a request may meet a scenario."""
        return bool(self._armed) or any(name == HEADER for name, _ in request.headers)

    def arm(self, armed: Armed) -> None:
        """Have the next requests meet a scenario; those armed earlier come first."""
        if armed.scenario.stage is Stage.CONNECTION:
            armed.times = None
            if armed.settings.seconds is not None:
                armed.until = time.monotonic() + armed.settings.seconds
        self._armed.append(armed)
        self._tell()

    def needs_body(self, request: Request) -> bool:
        """Whether it depends on the request's body which scenario it meets."""
        return any(each.when is not None for each in self._armed if each.owner in {None, request.owner})

    def take(self, request: Request, body: Any) -> Armed | None:
        """The scenario that a request meets: that of its header, else the first armed one that is for it.

        Raises:
            ScenarioError: the header names none.

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
        """Have the next request meet a scenario that this one did not come to."""
        if armed.times is not None:
            self._count(armed, 1)
            if armed not in self._armed:
                self._armed.insert(0, armed)

    def disarm(self, armed: Armed) -> None:
        """No further request meets it."""
        if armed in self._armed:
            self._armed.remove(armed)
            self._tell()

    def armed(self, owner: str | None = None) -> list[Armed]:
        """Those that still wait for requests, for one owner or all (None)."""
        return [each for each in self._armed if owner is None or each.owner in {None, owner}]

    def clear(self, owner: str | None = None) -> None:
        """Disarm those of one owner, or all."""
        self._armed = [each for each in self._armed if owner is not None and each.owner != owner]
        self._tell()

    def _tell(self) -> None:
        if self._watcher is not None:
            self._watcher()

    def _count(self, armed: Armed, change: int) -> None:
        if armed.times is not None:
            armed.times += change
            if armed.times == 0:
                self._armed.remove(armed)


def make(  # noqa: PLR0913 - each is one thing to say about a failure.
    name: str,
    *,
    owner: str | None = None,
    times: int | None = 1,
    when: When | None = None,
    seconds: float | None = None,
    retry_after: float | None = None,
) -> Armed:
    """A scenario to arm.

    Args:
        name: the scenario's name.
        owner: whose requests meet it; None for everybody's.
        times: how many requests, None for all.
        when: which requests; see Armed.
        seconds: see Settings.
        retry_after: see Settings.

    Raises:
        ScenarioError: one of them cannot be used; the message says why.

    """
    scenario = find(name)
    if times is not None and (type(times) is not int or times < 1):
        raise ScenarioError(f"times is {times!r}; it must be a whole number from 1 on, or null for all requests.")
    if when is not None and not callable(when) and not _is_mapping(when):
        raise ScenarioError(f"when is {when!r}; it must map properties, such as recipient.email, to values.")
    _check_seconds("seconds", seconds)
    _check_seconds("retry_after", retry_after)
    settings = Settings(seconds, 1 if retry_after is None else int(retry_after))
    return Armed(scenario, settings, owner, times, when)


def read(entry: Mapping[str, Any], owner: str | None = None) -> Armed:
    """The scenario that an entry of a file or of a request describes.

    Raises:
        ScenarioError: it cannot be used; the message says why.

    """
    unknown = [key for key in entry if key not in {"scenario", "times", "when", "seconds", "retry_after"}]
    if unknown:
        told = str(unknown[0])[:80]
        raise ScenarioError(f"There is no setting {told!r}; the settings are: times, when, seconds, retry_after.")
    if "scenario" not in entry:
        raise ScenarioError("A scenario must be named, such as: scenario: drop after commit.")
    return make(
        str(entry["scenario"]),
        owner=owner,
        times=entry.get("times", 1),
        when=entry.get("when"),
        seconds=entry.get("seconds"),
        retry_after=entry.get("retry_after"),
    )


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def _check_seconds(name: str, value: object) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= LONGEST:
        raise ScenarioError(f"{name} is {value!r}; it must be a number of seconds from 0 to {LONGEST}.")


def _of_header(value: str) -> Armed:
    """Such as `stall after commit; seconds=2`."""
    name, *rest = value.split(";")
    settings: dict[str, float] = {}
    for each in rest:
        key, _, number = (part.strip().lower() for part in each.partition("="))
        try:
            settings[key] = float(number)
        except ValueError:
            key = ""
        if key not in {"seconds", "retry_after"}:
            raise ScenarioError(f"{each.strip()[:80]!r} is no setting of a request; give seconds=2 or retry_after=2.")
    armed = make(name, times=None, seconds=settings.get("seconds"), retry_after=settings.get("retry_after"))
    if armed.scenario.stage is Stage.CONNECTION:
        raise ScenarioError(f"The scenario {armed.name!r} cannot be asked for by a request, which needs a connection.")
    return armed


def _value(body: Any, path: str) -> Any:
    for part in path.split("."):
        if not isinstance(body, dict):
            return None
        body = cast("dict[str, Any]", body).get(part)
    return body
