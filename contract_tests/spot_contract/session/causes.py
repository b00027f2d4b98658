"""Finds out why a realistic order was refused: because of its circumstance, or of which of its values.

It sends the same order without the circumstance, and searches for the smallest order that is still refused. With an
order budget nothing more is sent, and the field named in the error is used as the place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from spot_contract.document.json_values import is_object
from spot_contract.document.positions import as_text, places
from spot_contract.errors import NotJudged, ServerGone
from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.intent import Circumstance
from spot_contract.generation.encodings import AS_JSON
from spot_contract.rules.test_refusal import names_one_of
from spot_contract.scenarios.scenario import Case

from .engine import Engine
from .shrinking import differing_values, smaller_bodies, value_at

_SEARCHES = 12  # Orders to shrink in one run.
_CONTROLS = 3  # Control requests for one circumstance.


@dataclass
class Causes:
    """Determines the cause of each refused realistic order."""

    engine: Engine
    searches: int = 0
    controls: dict[tuple[Circumstance, str], list[bool]] = field(
        default_factory=dict[tuple[Circumstance, str], list[bool]]
    )
    found: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list[tuple[str, Mapping[str, Any]]])

    def judge_suspects(self) -> None:
        """Record every suspect, with the place that causes the refusal."""
        suspects, self.engine.suspects = self.engine.suspects, []
        for exchange in suspects:
            try:
                self._judge_suspect(exchange)
            except (NotJudged, ServerGone):
                self.engine.judge.observe(exchange)

    def _judge_suspect(self, exchange: Exchange) -> None:
        circumstance = exchange.intent.circumstance
        if circumstance is not Circumstance.ORDINARY:
            if self._is_the_cause(exchange):
                self.engine.judge.observe(exchange)
                return
            intent = replace(exchange.intent, circumstance=Circumstance.ORDINARY, way="", group="")
            exchange = replace(exchange, intent=intent)
        self.engine.judge.observe(self._with_cause(exchange))

    def _is_the_cause(self, exchange: Exchange) -> bool:
        """Whether the circumstance is the cause: the same order is accepted without it."""
        if self.engine.settings.allowed is not None:
            return True
        key = (exchange.intent.circumstance, exchange.intent.encoding)
        known = self.controls.setdefault(key, [])
        if len(known) < _CONTROLS:
            known.append(self.engine.probe(self._ordinary(exchange, exchange.intent.sent)).is_accepted)
        return all(known)

    def _with_cause(self, exchange: Exchange) -> Exchange:
        """The exchange, with the place that causes the refusal in its intent."""
        way = f"refused with {exchange.status}"
        sent = exchange.intent.sent
        for place, values in self.found:
            if is_object(sent) and values and all(value_at(sent, one) == value for one, value in values.items()):
                return replace(exchange, intent=replace(exchange.intent, place=place, way=way))
        if self.engine.settings.allowed is not None or self.searches >= _SEARCHES or not is_object(sent):
            return replace(exchange, intent=replace(exchange.intent, place=_named_in(exchange), way=way))
        self.searches += 1
        return self._shrunk(exchange, way)

    def _shrunk(self, exchange: Exchange, way: str) -> Exchange:
        ordinary = self.engine.plan.maker.plain()

        def attempt(body: dict[str, Any]) -> Exchange | None:
            tried = self.engine.probe(self._ordinary(exchange, body))
            return tried if tried.answer is not None and not tried.is_accepted and tried.status < 500 else None

        smallest = smaller_bodies(exchange.intent.sent, ordinary, attempt)
        if smallest is None:
            intent = replace(exchange.intent, place="", way=f"{way}, not each time")
            return replace(exchange, intent=intent)
        body, found = smallest
        values = {
            place: value
            for place, value in differing_values(body, ordinary).items()
            if place != "recipient.email" or len(body) == 1
        }
        place = ", ".join(sorted(values)) or _named_in(found)
        self.found.append((place, values))
        intent = replace(exchange.intent, place=place, way=way, sent=body)
        return replace(found, intent=intent, number=exchange.number)

    def _ordinary(self, exchange: Exchange, body: Any) -> Case:
        """The case of this body in the exchange's encoding, without a special circumstance."""
        encoding = self.engine.plan.encoding_named(exchange.intent.encoding) or AS_JSON
        what = exchange.request.what if body == exchange.intent.sent else ""
        return self.engine.plan.realistic(body, encoding, what=what)


def _named_in(exchange: Exchange) -> str:
    """The deepest place of an order that the error names; empty if it names none."""
    text = exchange.answer.text if exchange.answer else ""
    named = [path for path in places() if path[-1] != "[]" and names_one_of(text, [path[-1]])]
    return as_text(max(named, key=len)) if named else ""
