"""Selects the cases that can exercise the requested rules, by showing them each case with every kind of answer."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from spot_contract.document import expectations
from spot_contract.document.media_types import JSON
from spot_contract.exchanges.exchange import Exchange, Origin
from spot_contract.exchanges.intent import Circumstance, Flaw, Intent, Kind
from spot_contract.exchanges.messages import Answer, Request
from spot_contract.generation import credentials
from spot_contract.generation.encodings import json_bytes
from spot_contract.generation.orders import OrderMaker
from spot_contract.rules.rule import Rule
from spot_contract.scenarios.scenario import Case

_REFUSED = (400, 401, 404, 405, 415)


def may_exercise(rules: Sequence[Rule], origin: Origin) -> Callable[[Case], bool]:
    """A function that reports whether a case may exercise one of these rules."""
    answers = [_answer(origin.accepted, dict.fromkeys(expectations.required_of_order(), "x"))]
    answers += [_answer(status, {"error": {"status": status, "type": "x", "detail": "x"}}) for status in _REFUSED]

    def may(case: Case) -> bool:
        exchanges = [Exchange(case.request, case.intent, answer, origin) for answer in answers]
        return any(rule.on(exchange) is not None for rule in rules for exchange in exchanges)

    return may


def kinds_for(rules: Sequence[Rule], origin: Origin) -> frozenset[Kind]:
    """The kinds of requests that may exercise one of these rules, with any flaw or in any circumstance."""
    request = Request(JSON, b"{}", credentials.NONE, "/")
    may, sent = may_exercise(rules, origin), OrderMaker(0, "kinds", ("kit",)).plain()
    intents = {
        kind: [
            Intent(kind, "JSON", sent, flaw, "recipient", "missing", ("recipient",), circumstance)
            for flaw, circumstance in (
                *((flaw, Circumstance.ORDINARY) for flaw in (None, *Flaw)),
                *((None, one) for one in Circumstance),
            )
        ]
        for kind in Kind
    }
    return frozenset(kind for kind, found in intents.items() if any(may(Case(request, one)) for one in found))


def _answer(status: int, body: object) -> Answer:
    now = datetime.now(UTC)
    return Answer(status, (("Content-Type", JSON),), json_bytes(body), 0.0, now, now)
