"""The intent of a request: its domain, what is wrong with it, and where.

A scenario sets the intent when it makes the request, and rules read it from the exchange. Recorded traffic, whose
intent is unknown, has the kind UNKNOWN.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The domain of a request (contract.md, 2), or the chapter that it belongs to."""

    REALISTIC = "realistic"
    VALID = "schema-valid"
    INVALID = "invalid"
    UNAUTHORISED = "unauthorised"
    SCHEME_CASE = "scheme in another letter case"
    HOSTILE = "hostile"
    HOSTILE_HEADER = "hostile header"
    UNTYPED = "no media type"
    MEDIA_TYPE = "unsupported media type"
    METHOD = "another method"
    PATH = "unknown path"
    OPERATION = "another operation"
    DIALECT = "search for a dialect"
    CONNECTION = "a new connection"
    UNKNOWN = "unknown"


class Flaw(StrEnum):
    """What is wrong with a request."""

    MISSING = "a required field is missing"
    TYPE = "a value of a wrong type"
    COERCED = "a scalar in place of a text"
    NULL = "null where it is not allowed"
    ENUM = "a value outside its enum"
    LIST = "a list that is no list"
    MALFORMED = "malformed JSON"
    EXTENSION = "a JSON extension"
    EMPTY = "an empty body"
    NOT_OBJECT = "a body that is no object"
    NO_CREDENTIAL = "no credential"
    ANOTHER_SCHEME = "another scheme"
    NO_SCHEME = "no scheme"
    EMPTY_TOKEN = "an empty token"  # noqa: S105  # A name, no secret.
    ANOTHER_TOKEN = "another token"  # noqa: S105
    PART_OF_TOKEN = "a part of the token"  # noqa: S105
    TOKEN_CASE = "the token in another letter case"  # noqa: S105
    ELSEWHERE = "the token elsewhere"
    SEVERAL = "several credentials"


class Circumstance(StrEnum):
    """What is special about how a request is sent. A realistic order is accepted in each of them."""

    ORDINARY = "ordinary"
    REPEATED = "the same body again"
    PARALLEL = "with others at the same time"
    ROW = "one of many in a row"
    AFTER_HOSTILE = "after a hostile request"
    AFTER_HOSTILE_HEADER = "after hostile headers"
    AFTER_BROKEN_CONNECTION = "after a broken connection"
    AT_THE_END = "at the end of the run"
    MEDIA_LETTER_CASE = "media type in another letter case"
    MEDIA_BLANK = "a blank before the media type's parameter"
    MEDIA_PARAMETER = "media type with a parameter"
    SPELLING = "another spelling of the same body"
    CHUNKED = "in chunks"
    IN_PIECES = "in several writes"
    EXPECT = "with Expect: 100-continue"
    COMPRESSION = "with Accept-Encoding"
    CONNECTION = "on a reused or idle connection"
    HEADERS = "with the usual extra headers"
    LARGE_HEADERS = "with 8 KiB of extra headers"
    QUERY = "with a query string that means nothing"
    HTTP_1_0 = "as HTTP/1.0"
    UPGRADE = "with an offer of HTTP/2"


# Ways of carrying a request by HTTP that must not change the response.
CARRIAGE = frozenset(
    {
        Circumstance.CHUNKED,
        Circumstance.IN_PIECES,
        Circumstance.EXPECT,
        Circumstance.COMPRESSION,
        Circumstance.CONNECTION,
        Circumstance.HEADERS,
        Circumstance.LARGE_HEADERS,
        Circumstance.QUERY,
        Circumstance.HTTP_1_0,
        Circumstance.UPGRADE,
    }
)


@dataclass(frozen=True)
class Intent:
    """The intent of one request.

    `sent` is the order before encoding; `place` and `way` say where and how it is wrong or special; `names` are the
    field names that an error may use; `variety` refines the circumstance, such as which headers; `group` joins
    exchanges that are compared with each other.
    """

    kind: Kind
    encoding: str = ""
    sent: Any = None
    flaw: Flaw | None = None
    place: str = ""
    way: str = ""
    names: tuple[str, ...] = ()
    circumstance: Circumstance = Circumstance.ORDINARY
    variety: str = ""
    group: str = ""


UNKNOWN = Intent(Kind.UNKNOWN)
