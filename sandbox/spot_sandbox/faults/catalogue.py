"""The catalogue: what a fault is, and how one is registered.

A fault is one function that replaces a step of the service with wrong code. It breaks one sentence of
docs/contract.md, section 3; nothing else about the server changes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from spot_sandbox.orders.service import Service

Trigger = Literal["plain", "rare", "cross-request"]
CHAPTERS = (
    "success",
    "echo",
    "identity",
    "refusal",
    "authentication",
    "media types",
    "methods",
    "carriage",
    "robustness",
    "steadiness",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong behaviour.

    The trigger is plain (almost every request shows the fault), rare (only particular values show it) or cross-request
    (only several requests show it). Advice marks a fault that only a strict run reports as a failure.
    """

    name: str
    chapter: str
    sentence: str
    trigger: Trigger
    advice: bool
    summary: str
    install: Callable[[Service], None]


FAULTS: dict[str, Fault] = {}


def fault(
    chapter: str, sentence: str, trigger: Trigger = "plain", *, advice: bool = False
) -> Callable[[Callable[[Service], None]], Callable[[Service], None]]:
    """Register a function as a fault: its name, with hyphens, is the fault's name; its docstring says what is wrong."""

    def register(install: Callable[[Service], None]) -> Callable[[Service], None]:
        name = install.__name__.replace("_", "-")
        if name in FAULTS or chapter not in CHAPTERS or not install.__doc__:
            raise ValueError(f"Invalid fault {name}: expected a new name, a chapter of CHAPTERS and a docstring.")
        FAULTS[name] = Fault(name, chapter, sentence, trigger, advice, install.__doc__, install)
        return install

    return register
