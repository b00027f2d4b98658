"""What is wrong in the middle rather than at the ends."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from spot_sandbox.faults.answers.echo import CHAPTER, CHARACTERS, ORDER
from spot_sandbox.faults.answers.metadata import NESTING
from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import on_order, on_problems
from spot_sandbox.hooks.trees import each_text, each_value, is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Callable

    from spot_sandbox.http.messages import Body, Request
    from spot_sandbox.orders.service import Service

REALISTIC = "a realistic order is answered with 201, always"
BLOCK, FEW = 64, 3


def _refuse(service: Service, field: str, wrong: Callable[[dict[str, Any]], bool]) -> None:
    """Find an address wrong that is right."""

    def change(_request: Request, body: Body, found: dict[str, str]) -> dict[str, str] | None:
        if not found and wrong(body.tree["recipient"]["address"]):
            return {f"recipient.address.{field}": f"The {field} field is not valid."}
        return None

    on_problems(service, change)


@fault(CHAPTER, ORDER, "rare")
def middle_kit_type_lost(service: Service) -> None:
    """Of an odd number of kit types, three or more, the one in the middle is lost."""

    def change(order: dict[str, Any]) -> None:
        kit_types: list[Any] = order["kit_types"]
        if len(kit_types) >= FEW and len(kit_types) % 2:
            del kit_types[len(kit_types) // 2]

    on_order(service, change)


@fault(CHAPTER, ORDER, "rare")
def inner_kit_types_swapped(service: Service) -> None:
    """Of four kit types or more the second and the third are swapped."""

    def change(order: dict[str, Any]) -> None:
        kit_types: list[Any] = order["kit_types"]
        if len(kit_types) > FEW:
            kit_types[1], kit_types[2] = kit_types[2], kit_types[1]

    on_order(service, change)


@fault(CHAPTER, CHARACTERS, "rare")
def every_64th_character_lost(service: Service) -> None:
    """Of a long text every 64th character is lost, at the border of two blocks."""

    def change(text: str) -> str:
        return "".join(each for number, each in enumerate(text, 1) if number % BLOCK)

    on_order(service, lambda order: order.update(metadata=each_text(order["metadata"], change)))


@fault(CHAPTER, CHARACTERS, "rare")
def middle_names_lost(service: Service) -> None:
    """Of a first name of three words or more the first and the last are kept."""

    def change(order: dict[str, Any]) -> None:
        words = order["recipient"]["first_name"].split(" ")
        if len(words) >= FEW and all(words):
            order["recipient"]["first_name"] = f"{words[0]} {words[-1]}"

    on_order(service, change)


@fault(CHAPTER, NESTING, "rare")
def middle_member_within_metadata_lost(service: Service) -> None:
    """Of an object within metadata that has three members or more the second is lost."""

    def below(tree: Any) -> Any:
        changed = each_value(tree, below)
        if is_object(changed) and len(changed) >= FEW:
            del changed[list(changed)[1]]
        return changed

    def change(order: dict[str, Any]) -> None:
        order["metadata"] = each_value(order["metadata"], below)

    on_order(service, change)


@fault(CHAPTER, NESTING, "rare")
def middle_item_within_metadata_null(service: Service) -> None:
    """Of a list in metadata that has three items or more the one in the middle comes back as null."""

    def below(tree: Any) -> Any:
        changed = each_value(tree, below)
        if is_list(changed) and len(changed) >= FEW:
            changed[len(changed) // 2] = None
        return changed

    on_order(service, lambda order: order.update(metadata=below(order["metadata"])))


@fault("success", REALISTIC, "rare")
def alaska_and_hawaii_refused(service: Service) -> None:
    """Zips from 967 to 968 and from 995 on are refused: nothing is shipped to Hawaii and Alaska."""
    far = ("967", "968", "995", "996", "997", "998", "999")
    _refuse(service, "zip", lambda address: address["country"] == "US" and address["zip"].startswith(far))


@fault(CHAPTER, "metadata comes back as sent", "cross-request")
def every_9th_metadata_lost(service: Service) -> None:
    """The metadata of every 9th order that has some comes back as null."""
    number = count(1)

    def change(order: dict[str, Any]) -> None:
        if order["metadata"] and next(number) % 9 == 0:
            order["metadata"] = None

    on_order(service, change)
