"""Realistic orders: made so that each value of each field appears with each way of carrying it."""

import hashlib
import random
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, TypeVar

from . import samples
from .carriers import CARRIERS, Carrier, listed
from .fitting import allows, fitted
from .jsontext import is_object
from .places import REGIONS, Region, code_of

T = TypeVar("T")
Body = dict[str, Any]


def mark(seed: int, name: str, number: int) -> str:
    """The canary of one order: ten letters that no other order of the run has."""
    digest = hashlib.sha256(f"{seed}:{name}:{number}".encode()).digest()
    return "zq" + "".join(string.ascii_lowercase[byte % 26] for byte in digest[:8])


@dataclass
class Maker:
    """Makes the orders of one rule. The same seed and rule give the same orders."""

    seed: int
    name: str
    kit_types: Sequence[str]
    recipient: Mapping[str, Any] | None = None
    made: int = 0

    def mark(self) -> str:
        """The canary of the next order."""
        self.made += 1
        return mark(self.seed, self.name, self.made)

    def random(self) -> Random:
        """Choices that the seed settles."""
        return random.Random(f"{self.seed}:{self.name}")  # noqa: S311  # Reproducible choices, no secrets.

    def plain(self) -> Body:
        """The most ordinary order there is, yet one of its own."""
        own = self.mark()
        return fitted(
            {
                "kit_types": [self.kit_types[0]],
                "recipient": self.fixed() or _recipient(own, _turn(regions(), 4), 1),
                "metadata": {"ref": own},
            }
        )

    def varied(self, chance: Random) -> Body:
        """A plain order from anywhere, of several kits, with or without each of the things that may be absent."""
        own = self.mark()
        body: Body = {
            "kit_types": [chance.choice(list(self.kit_types)) for _ in range(chance.randint(1, 4))],
            "recipient": self.fixed() or _recipient(own, chance.choice(regions()), chance.randrange(1000)),
        }
        if chance.random() < 0.5:
            body["metadata"] = {"ref": own}
        if not self.recipient and chance.random() < 0.5:
            body["recipient"]["email"] = f"alice+{own}@example.com"
        if not self.recipient and chance.random() < 0.5:
            del body["recipient"]["address"]["street2"]
        return fitted(body)

    def fixed(self) -> Body:
        """The recipient that the caller gave, if any: every kit of the run goes there."""
        return _copy(self.recipient) if self.recipient else {}

    def covering(self, rounds: int, part: int, parts: int) -> Iterator[tuple[Body, Carrier]]:
        """Every region, name, e-mail, phone, street, list and metadata shape with every carrier, `rounds` times.

        The fields turn from offsets of their own, so that the values of two fields meet in ever new pairs. The orders
        are dealt out in `parts`; this makes one of them.
        """
        chance = random.Random(f"{self.seed}:covering")  # noqa: S311  # Reproducible choices, no secrets.
        count = 0
        for turn in range(rounds):
            for place, carrier in enumerate(listed()):
                offsets = [chance.randrange(1000) for _ in range(8)]
                for number in range(len(REGIONS)):
                    count += 1
                    if count % parts == part:
                        step = [number + offset for offset in offsets]
                        yield self._covering_order(carrier, step, number + turn + place), carrier

    def _covering_order(self, carrier: Carrier, step: Sequence[int], number: int) -> Body:
        own = self.mark()
        length = 1 + step[6] % 10
        body: Body = {
            "kit_types": [_turn(self.kit_types, step[6] + (item * item) % 7) for item in range(length)],
            "recipient": self.fixed() or self._turned(own, step, number),
        }
        shape = samples.metadata_shapes(own)[_turn(_shapes_for(carrier), step[7])]
        if shape is not samples.ABSENT:
            body["metadata"] = shape
        if carrier.dotted and body["recipient"].get("address", {}).get("street2", "") is None:
            del body["recipient"]["address"]["street2"]
        return fitted(body)

    def _turned(self, own: str, step: Sequence[int], number: int) -> Body:
        region = _turn(regions(), step[0])
        recipient = _recipient(own, region, number)
        recipient |= {
            "first_name": _turn(known("first_name"), step[1]),
            "last_name": _turn(known("last_name"), step[2]),
            "email": _turn(known("email"), step[3]).format(mark=own, MARK=own.upper()),
            "phone": _turn(known("phone"), step[4]).format(_turn(samples.AREAS, step[0]), f"{step[2] % 100:02d}"),
        }
        address = recipient["address"]
        address["street1"] = _turn(known("street1"), step[5]).format(step[1] % 9000 + 1)
        second = _turn(samples.SECOND_LINES, step[3] + step[4])
        if second == "":
            del address["street2"]
        else:
            address["street2"] = second
        return recipient


@cache
def regions() -> tuple[Region, ...]:
    """The states and provinces whose addresses the document allows; all where it allows none of them."""

    def allowed(region: Region) -> bool:
        parts = {"country": region.country, "state": region.code, "city": region.city, "zip": known_code(region, 0)}
        return all(allows(value, "recipient", "address", name) for name, value in parts.items())

    return tuple(filter(allowed, REGIONS)) or tuple(REGIONS)


def known_code(region: Region, number: int) -> str:
    """A code of the region in a form that the document allows, where there is one."""
    codes = [code_of(region, number + step) for step in range(4)]
    return next((code for code in codes if allows(code, "recipient", "address", "zip")), codes[0])


@cache
def known(name: str) -> tuple[str, ...]:
    """Of the sample texts for a field of the recipient those that the document allows; all where it allows none."""
    texts, path = _TEXTS[name], ("address", name) if name == "street1" else (name,)
    own = mark(0, name, 0)

    def allowed(text: str) -> bool:
        filled = text.format("2125" if name == "street1" else "212", "00", mark=own, MARK=own.upper())
        return allows(filled, "recipient", *path)

    return tuple(filter(allowed, texts)) or tuple(texts)


_TEXTS = {
    "first_name": samples.FIRST_NAMES,
    "last_name": samples.LAST_NAMES,
    "email": samples.EMAILS,
    "phone": samples.PHONES,
    "street1": samples.STREETS,
}


@cache
def _shapes_for(carrier: Carrier) -> tuple[int, ...]:
    """Which of the metadata shapes belong to the realistic orders of this carrier."""
    shapes = samples.metadata_shapes(mark(0, "any", 0))
    return tuple(number for number, shape in enumerate(shapes) if carries(carrier, shape))


def carries(carrier: Carrier, shape: object) -> bool:
    """Whether this metadata belongs to the realistic orders of this carrier.

    A form cannot say null; and where metadata travels as dotted names, its names hold no dots, brackets or blanks.
    """
    if shape is samples.ABSENT:
        return True
    if carrier.media_type != CARRIERS[0].media_type and shape is None:
        return False
    if not carrier.can_carry({"metadata": shape}):
        return False
    return not carrier.dotted or _plain_names(shape)


def _plain_names(shape: object) -> bool:
    if not is_object(shape):
        return shape != ""
    return all(
        name.replace("_", "").replace("-", "").isalpha() and _plain_names(value) for name, value in shape.items()
    )


def _recipient(own: str, region: Region, number: int) -> Body:
    return {
        "first_name": "Alice",
        "last_name": "Smith",
        "email": f"alice.{own}@example.com",
        "phone": "415-555-0123",
        "address": {
            "street1": "123 Main St",
            "street2": "Apt 1",
            "city": region.city,
            "state": region.code,
            "country": region.country,
            "zip": known_code(region, number),
        },
    }


def put(body: Body, **texts: str) -> Body:
    """The body with these texts in the fields of these names, wherever it has them outside its metadata."""

    def changed(name: str, value: Any) -> Any:
        if is_object(value):
            return value if name == "metadata" else {inner: changed(inner, below) for inner, below in value.items()}
        return texts[name] if name in texts and isinstance(value, str) else value

    return {name: changed(name, value) for name, value in body.items()}


def _turn(values: Sequence[T], number: int) -> T:
    return values[number % len(values)]


def _copy(value: Any) -> Any:
    if is_object(value):
        return {key: _copy(inner) for key, inner in value.items()}
    return value
