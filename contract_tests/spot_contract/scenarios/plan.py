"""What a scenario makes its requests from.

The choices of the run, the encodings that the server speaks, an order maker.
"""

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
    """How much is tried.

    `rounds` of the covering orders, of which each form encoding carries `form_orders` in a round; `examples` of each
    Hypothesis property, `schemathesis` of each of its operations; `repeats` of what must be refused.
    """

    name: str
    rounds: int
    form_orders: int
    examples: int
    schemathesis: int
    repeats: int

    @property
    def is_quick(self) -> bool:
        """Whether what can be sent in several encodings is sent in one of them, in turn, and not in all."""
        return self.name == "quick"


@dataclass
class Plan:
    """What one scenario makes its requests from. `number` tells the rounds of a random scenario apart."""

    name: str
    seed: int
    profile: Profile
    token: Secret
    encodings: Sequence[Encoding]  # Those in which the server accepts an ordinary order.
    media_types: Sequence[str]  # Those that the deployment offers.
    kit_types: Sequence[str]
    recipient: Mapping[str, Any] | None = None
    origin: str = "localhost"  # Host and port, as a Host header has them.
    prefix: str = ""
    number: int = 0
    usable: set[str] = field(default_factory=set[str])  # The circumstances in which an ordinary order was accepted.
    _made: int = field(default=0)

    def named(self, name: str, number: int = 0) -> "Plan":
        """The plan of another scenario."""
        return replace(self, name=name, number=number, _made=0)

    @cached_property
    def maker(self) -> OrderMaker:
        """Makes this scenario's orders."""
        name = f"{self.name} {self.number}" if self.number else self.name
        return OrderMaker(self.seed, name, self.kit_types, self.recipient)

    @cached_property
    def random(self) -> Random:
        """Choices that the seed settles."""
        return self.maker.random()

    @property
    def credential(self) -> Credential:
        """The right token, as the document wants it."""
        return credentials.good(self.token)

    @property
    def has_json(self) -> bool:
        """Whether the server accepts an ordinary order as JSON."""
        return AS_JSON in self.encodings

    @property
    def forms(self) -> Sequence[Encoding]:
        """The encodings that are no JSON."""
        return [one for one in self.encodings if not one.is_json]

    @property
    def one_of_each_type(self) -> Sequence[Encoding]:
        """One encoding for each media type."""
        return list({one.media_type: one for one in reversed(self.encodings)}.values())[::-1]

    def in_turn(self, number: int) -> Encoding:
        """The encoding whose turn it is."""
        return self.encodings[number % len(self.encodings)]

    def plain(self, encoding: Encoding | None = None) -> Body:
        """The most ordinary order there is, with all that the encoding can carry."""
        body = self.maker.plain()
        return body if encoding is None else encoding.without_unsupported(body)

    def request(
        self, body: object, encoding: Encoding = AS_JSON, *, encoded: tuple[str, bytes] | None = None, what: str = ""
    ) -> Request:
        """A request with the right token; `encoded` gives other content type and bytes than the encoding's own."""
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
        """A realistic order: accepted, always."""
        request = self.request(body, encoding, encoded=encoded, what=what or f"an order as {encoding}")
        intent = Intent(Kind.REALISTIC, str(encoding), body, way=way, circumstance=circumstance, group=group)
        return Case(request, intent)

    def ordinary(self, circumstance: Circumstance, encoding: Encoding | None = None, *, group: str = "") -> Case:
        """An ordinary order in some circumstance, as JSON where the server takes that."""
        chosen = encoding or self.encodings[0]
        return self.realistic(
            self.plain(chosen), chosen, circumstance, what=f"an ordinary order, {circumstance}", group=group
        )

    def valid(self, body: Body, encoding: Encoding, *, place: str, way: str) -> Case:
        """Schema-valid data that no real order holds: accepted, or a conforming 400."""
        what = f"{way} in {place}, as {encoding}" if place else f"{way}, as {encoding}"
        request = self.request(body, encoding, what=what)
        return Case(request, Intent(Kind.VALID, str(encoding), body, place=place, way=way))

    def invalid(
        self, broken: InvalidBody, encoding: Encoding, circumstance: Circumstance = Circumstance.ORDINARY
    ) -> Case:
        """What breaks the schema in one place: a conforming 400 that names the place."""
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

    def refused(  # noqa: PLR0913  # All but the first are options, given by name.
        self,
        flaw: Flaw,
        way: str,
        encoded: tuple[str, bytes],
        *,
        encoding: Encoding = AS_JSON,
        names: tuple[str, ...] = (),
        place: str = "",
    ) -> Case:
        """Bytes that are no such document at all: a conforming 400."""
        request = self.request(None, encoded=encoded, what=f"{way}, as {encoding}" if way else "")
        return Case(request, Intent(Kind.INVALID, str(encoding), None, flaw, place, way, names))

    def unauthorised(
        self, case: Case, credential: Credential, flaw: Flaw, *, way: str = "", malformed: bool = False
    ) -> Case:
        """A case without the right credential: 401, before anything else is looked at.

        A body that is no document at all may be looked at before the credential.
        """
        request = replace(case.request, credential=credential, what=f"{case.request.what} with {credential.label}")
        told = way or credential.label
        group = "malformed" if malformed else ""
        intent = Intent(Kind.UNAUTHORISED, case.intent.encoding, None, flaw, way=told, group=group)
        return Case(request, intent)

    def hostile(self, way: str, content_type: str | None, data: bytes, *, what: str = "") -> Case:
        """Bytes that no honest client sends. `way` is the kind of hostility, `what` tells more."""
        request = self.request(None, encoded=(content_type or JSON, data), what=what or way)
        if content_type is None:
            return Case(replace(request, content_type=None), Intent(Kind.UNTYPED, way=way))
        return Case(request, Intent(Kind.HOSTILE, content_type.partition(";")[0], way=way))
