"""Limits that are counted in the wrong unit or come too early, and numbers that do not fit."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Any

from spot_sandbox.faults.answers.echo import CHAPTER, CHARACTERS
from spot_sandbox.faults.answers.metadata import VALUES
from spot_sandbox.faults.catalogue import fault
from spot_sandbox.faults.state.robustness import NEVER_5XX
from spot_sandbox.hooks.steps import CREATED, on_answer, on_order, on_problems
from spot_sandbox.hooks.trees import Number, each_scalar, each_text
from spot_sandbox.http.messages import Answer, page

if TYPE_CHECKING:
    from collections.abc import Callable

    from spot_sandbox.http.messages import Body, Request
    from spot_sandbox.orders.service import Service

REALISTIC = "a realistic order is answered with 201, always"
BODY = "content type application/json, body a JSON object"
NAME_BYTES, CITY_BYTES, STREET_BYTES, VALUE_BYTES, NAME_UNITS = 32, 24, 48, 255, 24
KIB, LARGE = 1024, 200 * 1024
EXACT_SINGLE, LARGEST_INTEGER = 2**24, 2**31 - 1


def _field(service: Service, path: str, change: Callable[[str], str]) -> None:
    """Change one text of the recipient; the path begins below it."""

    def rewrite(order: dict[str, Any]) -> None:
        *above, name = path.split(".")
        here = order["recipient"]
        for each in above:
            here = here[each]
        here[name] = change(here[name])

    on_order(service, rewrite)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _numbers(service: Service, change: Callable[[str], str]) -> None:
    """Change how the numbers of metadata are written."""

    def rewrite(order: dict[str, Any]) -> None:
        order["metadata"] = each_scalar(
            order["metadata"], lambda each: Number(change(each.text)) if isinstance(each, Number) else each
        )

    on_order(service, rewrite)


@fault("success", REALISTIC, "rare")
def long_names_in_bytes_refused(service: Service) -> None:
    """A last name of more than 32 bytes is refused, however few characters they are."""

    def change(_request: Request, body: Body, found: dict[str, str]) -> dict[str, str] | None:
        if not found and len(_bytes(body.tree["recipient"]["last_name"])) > NAME_BYTES:
            return {"recipient.last_name": "The recipient.last_name field is too long."}
        return None

    on_problems(service, change)


@fault(CHAPTER, CHARACTERS, "rare")
def city_cut_in_bytes(service: Service) -> None:
    """A city is cut after 24 bytes, and half a character at the end is dropped."""
    _field(service, "address.city", lambda text: _bytes(text)[:CITY_BYTES].decode("utf-8", "ignore"))


@fault(CHAPTER, CHARACTERS, "rare")
def street_cut_within_a_character(service: Service) -> None:
    """A street1 of more than 48 bytes is cut there, within a character, which comes back as a replacement."""
    _field(service, "address.street1", lambda text: _bytes(text)[:STREET_BYTES].decode("utf-8", "replace"))


@fault(CHAPTER, CHARACTERS, "rare")
def values_cut_at_255_bytes(service: Service) -> None:
    """Texts of metadata are cut after 255 bytes."""

    def change(order: dict[str, Any]) -> None:
        order["metadata"] = each_text(
            order["metadata"], lambda text: _bytes(text)[:VALUE_BYTES].decode("utf-8", "ignore")
        )

    on_order(service, change)


@fault(CHAPTER, CHARACTERS, "rare")
def first_name_cut_in_utf_16(service: Service) -> None:
    """A first name is cut after 24 units of UTF-16, of which an emoji takes two."""

    def change(text: str) -> str:
        units = text.encode("utf-16-le", "surrogatepass")[: 2 * NAME_UNITS]
        return units.decode("utf-16-le", "surrogatepass")

    _field(service, "first_name", change)


@fault(CHAPTER, CHARACTERS, "rare")
def text_from_an_emoji_on_lost(service: Service) -> None:
    """A text of metadata ends before its first character of four bytes, as in MySQL's utf8."""

    def change(order: dict[str, Any]) -> None:
        order["metadata"] = each_text(order["metadata"], lambda text: re.split("[\U00010000-\U0010ffff]", text)[0])

    on_order(service, change)


@fault(CHAPTER, CHARACTERS, "rare")
def text_from_a_nul_on_lost(service: Service) -> None:
    """A text ends before a NUL, as in C."""

    def change(order: dict[str, Any]) -> None:
        for name in ("recipient", "metadata"):
            order[name] = each_text(order[name], lambda text: text.partition("\0")[0])

    on_order(service, change)


@fault("success", BODY, "rare")
def length_counted_in_characters(service: Service) -> None:
    """The answer is cut to as many bytes as it has characters."""

    def change(_request: Request, answer: Answer) -> None:
        if answer.status == CREATED:
            answer.body = answer.body[: len(answer.body.decode("utf-8"))]

    on_answer(service, change)


@fault(CHAPTER, VALUES, "rare")
def numbers_in_single_precision(service: Service) -> None:
    """An integer of metadata beyond 2^24 is rounded to single precision, as in a column of floats."""

    def change(text: str) -> str:
        small = re.fullmatch(r"-?\d{1,15}", text) and abs(int(text)) > EXACT_SINGLE
        return str(int(struct.unpack("f", struct.pack("f", int(text)))[0])) if small else text

    _numbers(service, change)


@fault(CHAPTER, VALUES, "rare")
def integers_held_in_32_bits(service: Service) -> None:
    """An integer of metadata beyond 32 bits becomes the largest one of 32 bits."""

    def change(text: str) -> str:
        if re.fullmatch(r"-?\d{1,15}", text):
            return str(max(-LARGEST_INTEGER - 1, min(LARGEST_INTEGER, int(text))))
        return text

    _numbers(service, change)


@fault("robustness", NEVER_5XX, "rare")
def bodies_of_whole_kib_get_502(service: Service) -> None:
    """A body that fills a gateway's buffers of 1 KiB to the last byte is answered with 502."""

    def change(request: Request, _answer: Answer) -> Answer | None:
        size = len(request.raw)
        return page(502, "Bad Gateway") if size and size % KIB == 0 else None

    on_answer(service, change)
