"""Requests as they are sent and answers as they came: plain values that every other part reads."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

JSON = "application/json"
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

# Eight letters after "zq" mark one order: found in the answer to another, they prove a leak. Marks may overlap, since
# a server's random letters may look like the beginning of one.
_CANARY = re.compile(r"(?=(zq[a-z]{8}))", re.IGNORECASE)


def marks_in(text: str) -> frozenset[str]:
    """Whatever looks like the mark of an order. Letters that a server made up look so once in a while."""
    return frozenset(found.lower() for found in _CANARY.findall(text))


@dataclass(frozen=True)
class Credential:
    """What the Authorization header says, and how a person would type it without seeing the token."""

    label: str
    header: bytes | None = field(repr=False)
    shell: str | None

    @property
    def good(self) -> bool:
        """Whether this is the very token the run was given, in the scheme the document names."""
        return self.label == "the token"


@dataclass(frozen=True)
class Request:
    """One HTTP request, byte for byte, without its credential."""

    content_type: str | None
    body: bytes
    credential: Credential
    path: str
    method: str = "POST"
    headers: tuple[tuple[str, str], ...] = ()
    what: str = ""

    def with_credential(self, credential: Credential) -> "Request":
        """The same request with another credential."""
        return replace(self, credential=credential)

    @cached_property
    def canaries(self) -> frozenset[str]:
        """The marks that this request carries, so that its answer may carry them too."""
        return marks_in(self.body.decode("utf-8", "replace"))


@dataclass(frozen=True)
class Answer:
    """One HTTP answer. Times are UTC; `seconds` is from the first byte sent to the last byte read."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float
    sent: datetime
    received: datetime
    throttled: tuple["Answer", ...] = ()

    def header(self, name: str) -> str | None:
        """All values of a header as one text, or None where it is missing."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(found) if found else None

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case; empty where there is none."""
        return (self.header("Content-Type") or "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The body as a person reads it."""
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True)
class Exchange:
    """A request and its answer, or what came instead of one."""

    request: Request
    answer: Answer | None
    failure: str = ""


@dataclass(frozen=True)
class Problem:
    """One sentence of the contract that one answer breaks."""

    rule: str
    expected: str
    got: str
    answer: Answer | None = None  # Where it is not the last one: a 429 that was waited out.
