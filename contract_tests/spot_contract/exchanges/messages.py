"""Requests as they are sent and answers as they came: plain values that every other part reads."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

# Eight letters after "zq" mark one order: found in the answer to another, they prove a leak. Canaries may overlap,
# since a server's random letters may look like the beginning of one.
_CANARY = re.compile(r"zq(?=([a-z]{8}))")


def canaries_in(text: str) -> frozenset[str]:
    """Whatever looks like the canary of an order. Letters that a server made up look so once in a while."""
    return frozenset(f"zq{letters}" for letters in _CANARY.findall(text.lower()))


@dataclass(frozen=True)
class Credential:
    """What the Authorization header says, and how a person would type it without seeing the token."""

    label: str
    header: bytes | None = field(repr=False)
    shell: str | None


@dataclass(frozen=True)
class Carriage:
    """How HTTP carries a request, where that is not the usual way. `pause` and `idle` are seconds.

    `chunks` are the sizes of chunks, whose last one is repeated; without any, the length is declared. `pieces` is the
    number of writes that the body takes, and `head_pieces` those of the head, with a pause before each of them but the
    first one of the request. `idle` passes before the request on a kept connection. With `lower_case` the names of all
    headers are, and with `extra_first` those of the request come before the usual ones.
    """

    version: str = "1.1"
    chunks: tuple[int, ...] = ()
    pieces: int = 1
    head_pieces: int = 1
    pause: float = 0.0
    expect: bool = False
    idle: float = 0.0
    lower_case: bool = False
    extra_first: bool = False

    @property
    def waits(self) -> bool:
        """Whether most of its time is a pause."""
        return self.pause > 0 or self.idle > 0


USUAL = Carriage()


@dataclass(frozen=True)
class Request:
    """One HTTP request, byte for byte. `headers` are those beside Host, Accept, Authorization and Content-Type."""

    content_type: str | None
    body: bytes
    credential: Credential
    path: str
    method: str = "POST"
    headers: tuple[tuple[str, str], ...] = ()
    what: str = ""
    carriage: Carriage = USUAL
    raw: bytes | None = None  # Sent as it is in place of an HTTP request, on a connection of its own.

    def with_credential(self, credential: Credential) -> "Request":
        """The same request with another credential."""
        return replace(self, credential=credential)

    @cached_property
    def canaries(self) -> frozenset[str]:
        """The canaries that this request carries, so that its answer may carry them too."""
        return canaries_in(self.body.decode("utf-8", "replace"))

    @property
    def may_order(self) -> bool:
        """Whether a server could take this for an order, be it that it is wrong about the method."""
        return self.method == "POST" or bool(self.body) or self.raw is not None


@dataclass(frozen=True)
class Answer:
    """One HTTP answer. Times are UTC; `seconds` is from the first byte sent to the last byte read.

    `throttled` are the 429 answers that were waited out before it.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float
    sent: datetime
    received: datetime
    throttled: tuple["Answer", ...] = ()
    continued: bool = True  # Whether leave to go on came, where the request expected it.
    was_dropped: bool = False  # A kept connection broke when the request came, which was sent again on a new one.

    def header(self, name: str) -> str | None:
        """All values of a header as one text, or None where it is missing."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(found) if found else None

    @cached_property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case; empty where there is none."""
        return (self.header("Content-Type") or "").partition(";")[0].strip().lower()

    @cached_property
    def text(self) -> str:
        """The body as a person reads it."""
        return self.body.decode("utf-8", "replace")

    @cached_property
    def everything(self) -> str:
        """The body and the headers as one text."""
        return self.text + "\n".join(f"{name}: {value}" for name, value in self.headers)

    @cached_property
    def canaries(self) -> frozenset[str]:
        """Whatever in the answer looks like the canary of an order."""
        return canaries_in(self.everything)

    @property
    def in_short(self) -> str:
        """The answer in one line."""
        text = " ".join(self.text[:200].split())
        return f"{self.status} {self.media_type or 'without content type'}: {text}"
