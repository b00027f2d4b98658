"""The catalogue: what a fault is, and how one is registered.

A fault is one function that puts wrong code into one step of the service. It breaks one sentence of
docs/contract.md, section 3; everything else about the server stays as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

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

    The trigger is plain (nearly any request of its kind shows it), rare (only particular values do) or cross-request
    (only more than one request shows it). Advice is what fails in a strict run alone.
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
    """Register the function under its own name, with hyphens; its docstring says what is wrong."""

    def register(install: Callable[[Service], None]) -> Callable[[Service], None]:
        name = install.__name__.replace("_", "-")
        if name in FAULTS or chapter not in CHAPTERS or not install.__doc__:
            raise ValueError(f"the fault {name} is registered wrongly")
        FAULTS[name] = Fault(name, chapter, sentence, trigger, advice, install.__doc__, install)
        return install

    return register
