"""What one case is: a request, the rules that its answer is held against, and what came of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from .messages import Answer, Exchange, Problem, Request

SUCCESS = (
    "success.status",
    "success.content_type",
    "success.body",
    "success.vendored",
    "success.strict",
    "success.order_id",
    "success.pending",
    "success.kits",
    "success.created_format",
    "success.created_now",
    "success.created_moves",
    "identity.own_id",
    "echo.recipient",
    "echo.kit_types",
    "echo.metadata",
    "echo.absent",
)
REFUSAL = (
    "refusal.content_type",
    "refusal.vendored",
    "refusal.strict",
    "refusal.error_status",
    "refusal.error_type",
    "refusal.detail",
    "refusal.no_trace",
    "refusal.repeats_no_value",
)
AUTHENTICATION = (
    "authentication.content_type",
    "authentication.vendored",
    "authentication.strict",
    "authentication.error_status",
    "authentication.error_type",
    "authentication.detail",
    "authentication.challenge",
)
# Rules whose sentence is that a realistic order is accepted in some circumstance: an order refused there breaks them.
ACCEPTED = frozenset(
    {
        "echo.any",
        "identity.parallel",
        "identity.repeated",
        "media.letter_case",
        "media.parameters",
        "media.spellings",
        "robustness.bodies",
        "robustness.connections",
        "robustness.headers",
        "robustness.keeps_answering",
        "steadiness.every_order",
    }
)
ALWAYS = ("robustness.no_server_error", "robustness.answers", "refusal.no_token", "identity.no_leak")


@dataclass(frozen=True)
class Trial:
    """One case: what was exchanged, the rules it was held against, and what was wrong."""

    exchange: Exchange
    rules: tuple[str, ...]
    problems: tuple[Problem, ...]

    def blaming(self, rule: str, instead: str) -> "Trial":
        """The same trial with the problems of one rule put down to another, which was its case."""
        problems = tuple(replace(one, rule=instead) if one.rule == rule else one for one in self.problems)
        return replace(self, rules=(*self.rules, instead), problems=problems)

    @property
    def answer(self) -> Answer | None:
        """The answer, if one came."""
        return self.exchange.answer


@dataclass(frozen=True)
class Case:
    """A request, and how its answer is looked at. `smaller` looks for a smaller request that breaks the same rule."""

    request: Request
    rules: tuple[str, ...]
    look: Callable[[Answer], Iterable[Problem]]
    smaller: Callable[[Trial, str], Trial | None] | None = None
