"""Realistic orders, generated so that each value of each field appears in each encoding."""

import hashlib
import random
import string
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, TypeVar

from spot_contract.document.json_values import is_object
from spot_contract.document.schema_values import allows, fitted

from . import samples
from .encodings import Encoding
from .regions import REGIONS, Region, code_of

T = TypeVar("T")
Body = dict[str, Any]


def canary(seed: int, name: str, number: int) -> str:
    """The canary of one order: ten letters, unique within the run."""
    digest = hashlib.sha256(f"{seed}:{name}:{number}".encode()).digest()
    return "zq" + "".join(string.ascii_lowercase[byte % 26] for byte in digest[:8])


@dataclass
class OrderMaker:
    """Makes the orders of one scenario. The same seed and scenario give the same orders."""

    seed: int
    name: str
    kit_types: Sequence[str]
    recipient: Mapping[str, Any] | None = None
    made: int = 0

    def canary(self) -> str:
        """The canary of the next order."""
        self.made += 1
        return canary(self.seed, self.name, self.made)

    def plain(self) -> Body:
        """An ordinary order, unique by its canary."""
        own = self.canary()
        return fitted(
            {
                "kit_types": [self.kit_types[0]],
                "recipient": self.fixed() or _recipient(own, _turn(regions(), 4), 1),
                "metadata": {"ref": own},
            }
        )

    def varied(self, chance: Random) -> Body:
        """A plain order with random region, kit types and optional fields."""
        own = self.canary()
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
        """A copy of the recipient given by --recipient; empty if there is none."""
        return dict(deepcopy(self.recipient)) if self.recipient else {}

    def covering(self, encodings: Sequence[Encoding], rounds: int, form_orders: int) -> Iterator[tuple[Body, Encoding]]:
        """Every region, name, e-mail, phone, street, list and metadata shape, `rounds` times in each encoding.

        Each field cycles from its own random offset, so that values meet in new pairs. In each round JSON carries all
        orders and each form encoding `form_orders` of them, continuing where its last round ended.
        """
        chance = random.Random(f"{self.seed}:covering")  # noqa: S311  # Reproducible choices, no secrets.
        for turn in range(rounds):
            for position, encoding in enumerate(encodings):
                offsets = [chance.randrange(1000) for _ in range(8)]
                count = len(REGIONS) if encoding.is_json else min(form_orders, len(REGIONS))
                for number in range(turn * count, (turn + 1) * count):
                    step = [number + offset for offset in offsets]
                    yield self._covering_order(encoding, step, number + turn + position), encoding

    def _covering_order(self, encoding: Encoding, step: Sequence[int], number: int) -> Body:
        own = self.canary()
        length = 1 + step[6] % 10
        body: Body = {
            "kit_types": [_turn(self.kit_types, step[6] + (item * item) % 7) for item in range(length)],
            "recipient": self.fixed() or self._turned(own, step, number),
        }
        shape = samples.metadata_shapes(own)[_turn(_shapes_for(encoding), step[7])]
        if shape is not samples.ABSENT:
            body["metadata"] = shape
        if not encoding.is_json and body["recipient"].get("address", {}).get("street2", "") is None:
            del body["recipient"]["address"]["street2"]
        return fitted(body)

    def _turned(self, own: str, step: Sequence[int], number: int) -> Body:
        region = _turn(regions(), step[0])
        recipient = _recipient(own, region, number)
        recipient |= {
            "first_name": _turn(known("first_name"), step[1]),
            "last_name": _turn(known("last_name"), step[2]),
            "email": _turn(known("email"), step[3]).format(canary=own, CANARY=own.upper()),
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
    """The states and provinces whose addresses the document allows; all if it allows none."""

    def allowed(region: Region) -> bool:
        parts = {"country": region.country, "state": region.code, "city": region.city, "zip": known_code(region, 0)}
        return all(allows(value, "recipient", "address", name) for name, value in parts.items())

    return tuple(filter(allowed, REGIONS)) or tuple(REGIONS)


def known_code(region: Region, number: int) -> str:
    """A zip or postal code of the region, in a format that the document allows if there is one."""
    codes = [code_of(region, number + step) for step in range(4)]
    return next((code for code in codes if allows(code, "recipient", "address", "zip")), codes[0])


@cache
def known(name: str) -> tuple[str, ...]:
    """The sample texts for a recipient's field that the document allows; all if it allows none."""
    texts, path = _TEXTS[name], ("address", name) if name == "street1" else (name,)
    own = canary(0, name, 0)

    def allowed(text: str) -> bool:
        filled = text.format("2125" if name == "street1" else "212", "00", canary=own, CANARY=own.upper())
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
def _shapes_for(encoding: Encoding) -> tuple[int, ...]:
    """The indexes of the metadata shapes that are realistic in this encoding."""
    shapes = samples.metadata_shapes(canary(0, "any", 0))
    return tuple(number for number, shape in enumerate(shapes) if carries(encoding, shape))


def carries(encoding: Encoding, shape: object) -> bool:
    """Whether this metadata is realistic in this encoding.

    A form cannot express null; metadata in field names has no dots, brackets or blanks in its keys.
    """
    if shape is samples.ABSENT:
        return True
    if not encoding.is_json and shape is None:
        return False
    if not encoding.can_carry({"metadata": shape}):
        return False
    if not encoding.has_plain_metadata or encoding.dialect is None:
        return True
    is_flat = is_object(shape) and not any(map(is_object, shape.values()))
    return _has_plain_names(shape) and (encoding.dialect.tree or is_flat)


def _has_plain_names(shape: object) -> bool:
    if not is_object(shape):
        return shape != ""
    return all(
        name.replace("_", "").replace("-", "").isalpha() and _has_plain_names(value) for name, value in shape.items()
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
    """The body with these texts in the fields of these names, outside its metadata."""

    def changed(name: str, value: Any) -> Any:
        if is_object(value):
            return value if name == "metadata" else {inner: changed(inner, below) for inner, below in value.items()}
        return texts[name] if name in texts and isinstance(value, str) else value

    return {name: changed(name, value) for name, value in body.items()}


def _turn(values: Sequence[T], number: int) -> T:
    return values[number % len(values)]
