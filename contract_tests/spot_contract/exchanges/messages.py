"""Requests and answers as plain values."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

# A canary, "zq" and eight letters, marks one order. Found in the answer to another order, it proves a leak. Matches may
# overlap, since a server's random letters may look like the beginning of a canary.
_CANARY = re.compile(r"zq(?=([a-z]{8}))")


def canaries_in(text: str) -> frozenset[str]:
    """All texts that look like a canary. Random letters of a server sometimes do."""
    return frozenset(f"zq{letters}" for letters in _CANARY.findall(text.lower()))


@dataclass(frozen=True)
class Credential:
    """An Authorization header, and the shell expression that produces it from SPOT_API_TOKEN."""

    label: str
    header: bytes | None = field(repr=False)
    shell: str | None


@dataclass(frozen=True)
class Carriage:
    """How HTTP carries a request. `pause` and `idle` are in seconds.

    `chunks` are chunk sizes, the last of which is repeated; without chunks the length is declared. `pieces` is the
    number of writes for the body and `head_pieces` for the head, with `pause` before each but the first. `idle` is the
    time that a kept connection is left unused before the request. `lower_case` sends header names in lower case;
    `extra_first` sends the request's own headers before the usual ones.
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
        """Whether the request includes deliberate pauses."""
        return self.pause > 0 or self.idle > 0


USUAL = Carriage()


@dataclass(frozen=True)
class Request:
    """One HTTP request. `headers` excludes Host, Accept, Authorization and Content-Type."""

    content_type: str | None
    body: bytes
    credential: Credential
    path: str
    method: str = "POST"
    headers: tuple[tuple[str, str], ...] = ()
    what: str = ""
    carriage: Carriage = USUAL
    raw: bytes | None = None  # Sent unmodified in place of an HTTP request, on a separate connection.

    @cached_property
    def canaries(self) -> frozenset[str]:
        """The canaries in this request, which its answer may repeat."""
        return canaries_in(self.body.decode("utf-8", "replace"))

    @property
    def may_order(self) -> bool:
        """Whether a server could create an order from this, even one that ignores the method."""
        return self.method == "POST" or bool(self.body) or self.raw is not None


@dataclass(frozen=True)
class Answer:
    """One HTTP answer. Times are UTC; `seconds` is from the first byte sent to the last byte read.

    `throttled` are the 429 answers that preceded it.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float
    sent: datetime
    received: datetime
    throttled: tuple["Answer", ...] = ()
    continued: bool = True  # Whether 100 Continue came, if the request expected it.
    was_dropped: bool = False  # The kept connection broke, and the request was sent again on a new one.

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
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @cached_property
    def everything(self) -> str:
        """The body and the headers as one text."""
        return self.text + "\n".join(f"{name}: {value}" for name, value in self.headers)

    @cached_property
    def canaries(self) -> frozenset[str]:
        """All texts in the answer that look like a canary."""
        return canaries_in(self.everything)

    @property
    def in_short(self) -> str:
        """The answer in one line."""
        text = " ".join(self.text[:200].split())
        return f"{self.status} {self.media_type or 'without content type'}: {text}"
