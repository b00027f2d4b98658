"""The catalogue: what a fault is, and how one is registered.

A fault is one function that replaces a step of the service with wrong code. It breaks one sentence of
docs/contract.md, section 3; nothing else about the server changes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, overload

from spot_sandbox.orders.service import Service

Install = Callable[[Service], None]
Change = TypeVar("Change", bound=Callable[..., Any])
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
    install: Install


FAULTS: dict[str, Fault] = {}


def _call(service: Service, install: Install) -> None:
    """The hook of functions that get the service itself."""
    install(service)


@overload
def fault(
    chapter: str, sentence: str, trigger: Trigger = ..., *, advice: bool = ...
) -> Callable[[Install], Install]: ...


@overload
def fault(
    chapter: str, sentence: str, trigger: Trigger = ..., *, advice: bool = ..., hook: Callable[[Service, Change], None]
) -> Callable[[Change], Change]: ...


def fault(
    chapter: str,
    sentence: str,
    trigger: Trigger = "plain",
    *,
    advice: bool = False,
    hook: Callable[[Service, Any], None] = _call,
) -> Callable[[Any], Any]:
    """Register a function as a fault: its name, with hyphens, is the fault's name; its docstring says what is wrong.

    With a hook, the function is the change that the hook installs. Without one, it gets the service and calls a hook
    itself: with a lambda, or with a function that remembers earlier requests.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        name = function.__name__.replace("_", "-")
        if name in FAULTS or chapter not in CHAPTERS or not function.__doc__:
            raise ValueError(f"Invalid fault {name}: expected a new name, a chapter of CHAPTERS and a docstring.")

        def install(service: Service) -> None:
            hook(service, function)

        FAULTS[name] = Fault(name, chapter, sentence, trigger, advice, function.__doc__, install)
        return function

    return register
