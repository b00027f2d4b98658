"""Limits that are too small or in the wrong unit, and numbers that do not fit their type."""

import re
import struct
from collections.abc import Callable

from spot_sandbox.faults.answers.echo import CHAPTER, CHARACTERS
from spot_sandbox.faults.answers.metadata import VALUES
from spot_sandbox.faults.catalogue import fault
from spot_sandbox.faults.state.robustness import NEVER_5XX
from spot_sandbox.hooks.steps import (
    on_answer,
    on_created,
    on_metadata_values,
    on_recipient_text,
    on_texts,
    refuse_field,
)
from spot_sandbox.hooks.trees import Number
from spot_sandbox.http.messages import Answer, Request, page
from spot_sandbox.orders.service import Service

REALISTIC = "a realistic order is answered with 201, always"
BODY = "content type application/json, body a JSON object"
NAME_BYTES, CITY_BYTES, STREET_BYTES, VALUE_BYTES, NAME_UNITS = 32, 24, 48, 255, 24
KIB, LARGE = 1024, 200 * 1024
EXACT_SINGLE, LARGEST_INTEGER = 2**24, 2**31 - 1


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _numbers(service: Service, change: Callable[[str], str]) -> None:
    """Change the text of the numbers in metadata."""
    on_metadata_values(service, lambda value: Number(change(value.text)) if isinstance(value, Number) else value)


@fault("success", REALISTIC, "rare")
def long_names_in_bytes_refused(service: Service) -> None:
    """A last name of more than 32 bytes is refused, however few characters it has."""
    refuse_field(service, "recipient.last_name", lambda name: len(_bytes(name)) > NAME_BYTES, "is too long")


@fault(CHAPTER, CHARACTERS, "rare")
def city_cut_in_bytes(service: Service) -> None:
    """A city is cut after 24 bytes; an incomplete character at the end is lost."""
    on_recipient_text(service, "address.city", lambda text: _bytes(text)[:CITY_BYTES].decode("utf-8", "ignore"))


@fault(CHAPTER, CHARACTERS, "rare")
def street_cut_within_a_character(service: Service) -> None:
    """street1 is cut after 48 bytes; an incomplete character comes back as a replacement character."""
    on_recipient_text(service, "address.street1", lambda text: _bytes(text)[:STREET_BYTES].decode("utf-8", "replace"))


@fault(CHAPTER, CHARACTERS, "rare")
def values_cut_at_255_bytes(service: Service) -> None:
    """Strings in metadata are cut after 255 bytes."""
    on_texts(service, lambda text: _bytes(text)[:VALUE_BYTES].decode("utf-8", "ignore"), ("metadata",))


@fault(CHAPTER, CHARACTERS, "rare")
def first_name_cut_in_utf_16(service: Service) -> None:
    """A first name is cut after 24 UTF-16 code units; an emoji has two."""

    def change(text: str) -> str:
        units = text.encode("utf-16-le", "surrogatepass")[: 2 * NAME_UNITS]
        return units.decode("utf-16-le", "surrogatepass")

    on_recipient_text(service, "first_name", change)


@fault(CHAPTER, CHARACTERS, "rare")
def text_from_an_emoji_on_lost(service: Service) -> None:
    """A string in metadata is cut before its first four-byte character, as in MySQL's utf8."""
    on_texts(service, lambda text: re.split("[\U00010000-\U0010ffff]", text)[0], ("metadata",))


@fault(CHAPTER, CHARACTERS, "rare")
def text_from_a_nul_on_lost(service: Service) -> None:
    """A string is cut before its first NUL, as in C."""
    on_texts(service, lambda text: text.partition("\0")[0], ("recipient", "metadata"))


@fault("success", BODY, "rare", hook=on_created)
def length_counted_in_characters(_request: Request, answer: Answer) -> None:
    """The answer is cut to as many bytes as it has characters."""
    answer.body = answer.body[: len(answer.body.decode("utf-8"))]


@fault(CHAPTER, VALUES, "rare", hook=_numbers)
def numbers_in_single_precision(text: str) -> str:
    """An integer in metadata beyond 2^24 is rounded to single precision."""
    if re.fullmatch(r"-?\d{1,15}", text) and abs(int(text)) > EXACT_SINGLE:
        return str(int(struct.unpack("f", struct.pack("f", int(text)))[0]))
    return text


@fault(CHAPTER, VALUES, "rare", hook=_numbers)
def integers_held_in_32_bits(text: str) -> str:
    """An integer in metadata that does not fit 32 bits becomes the nearest one that does."""
    if re.fullmatch(r"-?\d{1,15}", text):
        return str(max(-LARGEST_INTEGER - 1, min(LARGEST_INTEGER, int(text))))
    return text


@fault("robustness", NEVER_5XX, "rare", hook=on_answer)
def bodies_of_whole_kib_get_502(request: Request, _answer: Answer) -> Answer | None:
    """A body whose size is a multiple of 1 KiB is answered with 502, as by a gateway with full buffers."""
    size = len(request.raw)
    return page(502, "Bad Gateway") if size and size % KIB == 0 else None
