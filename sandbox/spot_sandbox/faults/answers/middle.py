"""Errors in the middle of a list, an object or a string, and errors that only some orders have."""

from itertools import count
from typing import Any

from spot_sandbox.faults.answers.echo import CHAPTER, CHARACTERS, ORDER
from spot_sandbox.faults.answers.limits import REALISTIC
from spot_sandbox.faults.answers.metadata import NESTING
from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import on_metadata, on_order, on_texts, refuse_field
from spot_sandbox.hooks.trees import each_value, is_list, is_object
from spot_sandbox.orders.service import Service

BLOCK, FEW = 64, 3


@fault(CHAPTER, ORDER, "rare", hook=on_order)
def middle_kit_type_lost(order: dict[str, Any]) -> None:
    """If the number of kit types is odd and at least three, the middle one is lost."""
    kit_types: list[Any] = order["kit_types"]
    if len(kit_types) >= FEW and len(kit_types) % 2:
        del kit_types[len(kit_types) // 2]


@fault(CHAPTER, ORDER, "rare", hook=on_order)
def inner_kit_types_swapped(order: dict[str, Any]) -> None:
    """If there are four or more kit types, the second and the third are swapped."""
    kit_types: list[Any] = order["kit_types"]
    if len(kit_types) > FEW:
        kit_types[1], kit_types[2] = kit_types[2], kit_types[1]


@fault(CHAPTER, CHARACTERS, "rare")
def every_64th_character_lost(service: Service) -> None:
    """Every 64th character of a string in metadata is lost, as at the boundary of two blocks."""

    def change(text: str) -> str:
        return "".join(each for number, each in enumerate(text, 1) if number % BLOCK)

    on_texts(service, change, ("metadata",))


@fault(CHAPTER, CHARACTERS, "rare", hook=on_order)
def middle_names_lost(order: dict[str, Any]) -> None:
    """If a first name has three or more words, only the first and the last come back."""
    words = order["recipient"]["first_name"].split(" ")
    if len(words) >= FEW and all(words):
        order["recipient"]["first_name"] = f"{words[0]} {words[-1]}"


@fault(CHAPTER, NESTING, "rare")
def middle_member_within_metadata_lost(service: Service) -> None:
    """The second member of an object within metadata is lost if there are three or more."""

    def below(tree: Any) -> Any:
        changed = each_value(tree, below)
        if is_object(changed) and len(changed) >= FEW:
            del changed[list(changed)[1]]
        return changed

    on_metadata(service, lambda metadata: each_value(metadata, below))


@fault(CHAPTER, NESTING, "rare", hook=on_metadata)
def middle_item_within_metadata_null(tree: Any) -> Any:
    """The middle item of a list in metadata comes back as null if there are three or more."""
    changed = each_value(tree, middle_item_within_metadata_null)
    if is_list(changed) and len(changed) >= FEW:
        changed[len(changed) // 2] = None
    return changed


@fault("success", REALISTIC, "rare")
def alaska_and_hawaii_refused(service: Service) -> None:
    """ZIP codes of Hawaii and Alaska, which start with 967, 968 or 995 to 999, are refused."""
    remote = ("967", "968", "995", "996", "997", "998", "999")
    refuse_field(service, "recipient.address.zip", lambda zip_code: zip_code.startswith(remote))


@fault(CHAPTER, "metadata comes back as sent", "cross-request")
def every_9th_metadata_lost(service: Service) -> None:
    """The metadata of every 9th order that has metadata comes back as null."""
    number = count(1)

    def change(order: dict[str, Any]) -> None:
        if order["metadata"] and next(number) % 9 == 0:
            order["metadata"] = None

    on_order(service, change)
