"""The plan of a scenario: the settings of the run, the encodings of the server, and factories for cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from random import Random
from typing import Any

from spot_contract.document import parameters
from spot_contract.document.media_types import JSON
from spot_contract.exchanges.intent import Circumstance, Flaw, Intent, Kind
from spot_contract.exchanges.messages import Credential, Request
from spot_contract.exchanges.secrets import Secret
from spot_contract.generation import credentials
from spot_contract.generation.encodings import AS_JSON, Encoding
from spot_contract.generation.mutations import InvalidBody
from spot_contract.generation.orders import Body, OrderMaker

from .scenario import Case


@dataclass(frozen=True)
class Profile:
    """How much is sent.

    `rounds` is the number of rounds of the covering orders and `form_orders` the orders of each form encoding in a
    round; `examples` are the examples of each Hypothesis property and `schemathesis` those of each operation; `repeats`
    is how often each kind of invalid request is repeated.
    """

    name: str
    rounds: int
    form_orders: int
    examples: int
    schemathesis: int
    repeats: int

    @property
    def is_quick(self) -> bool:
        """Whether most requests are sent in one encoding, in rotation, rather than in all."""
        return self.name == "quick"


@dataclass
class Plan:
    """Makes the cases of one scenario. `number` is the round of a random scenario."""

    name: str
    seed: int
    profile: Profile
    token: Secret
    encodings: Sequence[Encoding]  # In which the server accepts an ordinary order.
    media_types: Sequence[str]  # Offered by the deployment.
    kit_types: Sequence[str]
    recipient: Mapping[str, Any] | None = None
    origin: str = "localhost"  # Host and port, as in a Host header.
    prefix: str = ""
    number: int = 0
    # Varieties of circumstances in which some ordinary order was accepted, and in which some was refused.
    with_accepted: set[str] = field(default_factory=set[str])
    with_refused: set[str] = field(default_factory=set[str])
    _made: int = 0

    def is_usable(self, variety: str) -> bool:
        """Whether other requests may be sent in a variety of circumstances: ordinary orders are accepted in it."""
        return variety in self.with_accepted and variety not in self.with_refused

    def named(self, name: str, number: int = 0) -> "Plan":
        """The plan of another scenario."""
        return replace(self, name=name, number=number, _made=0)

    @cached_property
    def maker(self) -> OrderMaker:
        """The generator of this scenario's orders."""
        name = f"{self.name} {self.number}" if self.number else self.name
        return OrderMaker(self.seed, name, self.kit_types, self.recipient)

    @cached_property
    def random(self) -> Random:
        """Reproducible random choices."""
        return Random(f"{self.seed}:{self.maker.name}")  # noqa: S311  # Reproducible choices, no secrets.

    @property
    def credential(self) -> Credential:
        """The right credential."""
        return credentials.good(self.token)

    @property
    def has_json(self) -> bool:
        """Whether the server accepts an ordinary order as JSON."""
        return AS_JSON in self.encodings

    @property
    def forms(self) -> Sequence[Encoding]:
        """The form encodings."""
        return [one for one in self.encodings if not one.is_json]

    @property
    def one_of_each_type(self) -> Sequence[Encoding]:
        """One encoding for each media type."""
        return list({one.media_type: one for one in reversed(self.encodings)}.values())[::-1]

    def encoding_named(self, name: str) -> Encoding | None:
        """The encoding that reports call by this name; None if the server accepts no order in it."""
        return next((one for one in self.encodings if str(one) == name), None)

    def in_turn(self, number: int) -> Encoding:
        """The encodings in rotation."""
        return self.encodings[number % len(self.encodings)]

    def plain(self, encoding: Encoding | None = None) -> Body:
        """An ordinary order, without metadata if the encoding cannot carry it."""
        body = self.maker.plain()
        return body if encoding is None else encoding.without_unsupported(body)

    def request(
        self, body: object, encoding: Encoding = AS_JSON, *, encoded: tuple[str, bytes] | None = None, what: str = ""
    ) -> Request:
        """A request with the right token. `encoded`, content type and bytes, overrides the encoding's output."""
        content_type, data = encoded or encoding.encode(body)
        self._made += 1
        headers = parameters.headers(f"{self.seed}:{self.name}:{self.number}:{self._made}")
        what = what or f"an order as {encoding}"
        return Request(content_type, data, self.credential, parameters.path(), headers=headers, what=what)

    def realistic(  # noqa: PLR0913  # All but the first are options, given by name.
        self,
        body: Body,
        encoding: Encoding = AS_JSON,
        circumstance: Circumstance = Circumstance.ORDINARY,
        *,
        encoded: tuple[str, bytes] | None = None,
        what: str = "",
        way: str = "",
        group: str = "",
    ) -> Case:
        """A realistic order, which must be accepted."""
        request = self.request(body, encoding, encoded=encoded, what=what)
        intent = Intent(Kind.REALISTIC, str(encoding), body, way=way, circumstance=circumstance, group=group)
        return Case(request, intent)

    def ordinary(self, circumstance: Circumstance, encoding: Encoding | None = None, *, group: str = "") -> Case:
        """An ordinary order in a circumstance, by default in the first encoding."""
        chosen = encoding or self.encodings[0]
        return self.realistic(
            self.plain(chosen), chosen, circumstance, what=f"an ordinary order, {circumstance}", group=group
        )

    def valid(self, body: Body, encoding: Encoding, *, place: str, way: str) -> Case:
        """A schema-valid order with unrealistic data: accepted, or refused with a conforming 400."""
        what = f"{way} in {place}, as {encoding}" if place else f"{way}, as {encoding}"
        request = self.request(body, encoding, what=what)
        return Case(request, Intent(Kind.VALID, str(encoding), body, place=place, way=way))

    def invalid(
        self, broken: InvalidBody, encoding: Encoding, circumstance: Circumstance = Circumstance.ORDINARY
    ) -> Case:
        """A body that violates the schema in one place: refused with a conforming 400 that names the place."""
        request = self.request(broken.body, encoding, what=f"{broken.place} {broken.way}, as {encoding}")
        intent = Intent(
            Kind.INVALID,
            str(encoding),
            broken.body,
            broken.flaw,
            broken.place,
            broken.way,
            broken.names,
            circumstance,
        )
        return Case(request, intent)

    def refused(
        self, flaw: Flaw, way: str, encoded: tuple[str, bytes], *, encoding: Encoding = AS_JSON, place: str = ""
    ) -> Case:
        """Malformed or empty bytes: refused with a conforming 400."""
        request = self.request(None, encoded=encoded, what=f"{way}, as {encoding}")
        return Case(request, Intent(Kind.INVALID, str(encoding), None, flaw, place, way))

    def unauthorised(
        self, case: Case, credential: Credential, flaw: Flaw, *, way: str = "", malformed: bool = False
    ) -> Case:
        """A case with a wrong credential: refused with 401. Servers may check a `malformed` body first."""
        request = replace(case.request, credential=credential, what=f"{case.request.what} with {credential.label}")
        group = "malformed" if malformed else ""
        intent = Intent(Kind.UNAUTHORISED, case.intent.encoding, None, flaw, way=way or credential.label, group=group)
        return Case(request, intent)

    def hostile(self, way: str, content_type: str | None, data: bytes, *, what: str = "") -> Case:
        """Hostile bytes. `way` is the category, `what` the description."""
        request = self.request(None, encoded=(content_type or JSON, data), what=what or way)
        if content_type is None:
            return Case(replace(request, content_type=None), Intent(Kind.UNTYPED, way=way))
        return Case(request, Intent(Kind.HOSTILE, content_type.partition(";")[0], way=way))
