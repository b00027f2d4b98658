"""A request, its intent and its response: what rules look at."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from spot_contract.document import json_values
from spot_contract.document.json_values import is_object
from spot_contract.document.openapi import VENDORED, Document

from .echo import Difference, differences
from .intent import Intent, Kind
from .messages import Answer, Request
from .secrets import Secret

_KEPT = 65_536  # Bytes of a body that the history keeps.


@dataclass(frozen=True)
class Origin:
    """What is known about the deployment that the exchanges belong to.

    `skew` is how many seconds its clock may differ from the clock that the exchanges were timed with.
    """

    token: Secret
    accepted: int = 201
    skew: float = 60.0


@dataclass(frozen=True)
class Exchange:
    """A request and its response, or the failure. `number` counts the exchanges of a run from 1."""

    request: Request
    intent: Intent
    answer: Answer | None
    origin: Origin = field(repr=False)
    failure: str = ""
    number: int = 0
    is_excused: bool = False  # No answer was due: the server enforced a limit or switched protocols.
    stray: bool = False  # The bytes received belong to an earlier request on the connection.

    @property
    def status(self) -> int:
        """The status of the answer; 0 where none came."""
        return self.answer.status if self.answer is not None else 0

    @property
    def is_accepted(self) -> bool:
        """Whether the server accepted an order."""
        return self.status == self.origin.accepted and self.intent.kind is not Kind.OPERATION

    @cached_property
    def value(self) -> Any:
        """The JSON value of the answer; None where there is none."""
        return self._parsed[0]

    @cached_property
    def not_json(self) -> str:
        """Why the answer is not JSON; empty if it is."""
        return self._parsed[1]

    @cached_property
    def _parsed(self) -> tuple[Any, str]:
        if self.answer is None:
            return None, "no answer came"
        try:
            return json_values.read(self.answer.body), ""
        except json_values.NotJSON as error:
            return None, str(error)

    @cached_property
    def order(self) -> dict[str, Any] | None:
        """The accepted order in the answer, if it is a JSON object."""
        return self.value if self.is_accepted and is_object(self.value) else None

    @cached_property
    def breaks(self) -> dict[str, str]:
        """The first schema violation of the accepted order at each place."""
        found: dict[str, str] = {}
        document = Document.load(VENDORED)
        for broken in document.breaks_answer(document.accepted, json_values.plain(self.order)) if self.order else ():
            found.setdefault(broken.partition(":")[0], broken)
        return found

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """The differences between the accepted order and what was sent."""
        if self.order is None or not is_object(self.intent.sent):
            return ()
        return tuple(differences(self.intent.sent, self.order))

    def for_history(self) -> "Exchange":
        """The same exchange with large bodies truncated, to save memory in long runs."""
        large_answer = self.answer is not None and len(self.answer.body) > _KEPT
        if len(self.request.body) <= _KEPT and not large_answer:
            return self
        kept = replace(self, request=replace(self.request, body=self.request.body[:_KEPT]))
        # Keep the value that was parsed from the whole body: the truncated one is not JSON.
        kept.__dict__["_parsed"] = (None, "") if large_answer else self._parsed
        if self.answer is not None and large_answer:
            kept = replace(kept, answer=replace(self.answer, body=self.answer.body[:_KEPT]))
        return kept
