"""Parses forms into named texts: application/x-www-form-urlencoded and multipart/form-data."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from spot_sandbox.http.messages import Refusal

MOST_FIELDS = 20_000
_ASCII_LIKE = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: its name, its text, and the headers of a multipart part."""

    name: str
    text: str
    is_file: bool = False
    is_json: bool = False


def read_urlencoded(raw: bytes, _content_type: bytes) -> list[Field]:
    """The fields of an application/x-www-form-urlencoded body, percent-encoded UTF-8."""
    try:
        pairs = parse_qsl(raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError:
        raise Refusal(400, "The form is malformed: it is not in UTF-8.") from None
    except ValueError:
        raise Refusal(400, f"The form has more than {MOST_FIELDS} fields.") from None
    return [Field(name, text) for name, text in pairs]


@dataclass(slots=True)
class _Part:
    headers: dict[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    data: bytearray = field(default_factory=bytearray)


class _Parts:
    """Collects what the multipart parser reports."""

    def __init__(self) -> None:
        self.parts: list[_Part] = []
        self.ended = False
        self._name = b""
        self._value = b""

    def begin(self) -> None:
        if len(self.parts) >= MOST_FIELDS:
            raise Refusal(400, f"The form has more than {MOST_FIELDS} fields.")
        self.parts.append(_Part())

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        self.parts[-1].headers[self._name.lower()] = self._value
        self._name = self._value = b""

    def data(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].data += data[start:end]

    def end(self) -> None:
        self.ended = True


def read_multipart(raw: bytes, content_type: bytes) -> list[Field]:
    """The fields of a multipart/form-data body."""
    boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
    if not boundary:
        raise Refusal(400, "The form is malformed: its Content-Type header states no boundary.")
    found = _Parts()
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": found.begin,
                "on_header_field": found.header_field,
                "on_header_value": found.header_value,
                "on_header_end": found.header_end,
                "on_part_data": found.data,
                "on_end": found.end,
            },
        )
        parser.write(raw)
        parser.finalize()
    except (MultipartParseError, ValueError):
        raise Refusal(400, "The form is malformed: its parts cannot be separated.") from None
    if not found.ended:
        raise Refusal(400, "The form is malformed: its last boundary is missing.")
    return [_field(part) for part in found.parts]


def _field(part: _Part) -> Field:
    disposition, options = parse_options_header(part.headers.get(b"content-disposition"))
    if disposition != b"form-data" or b"name" not in options:
        raise Refusal(400, "The form is malformed: one of its parts has no name.")
    media, parameters = parse_options_header(part.headers.get(b"content-type"))
    is_file = b"filename" in options
    charset = parameters.get(b"charset", b"utf-8").decode("latin-1").lower()
    if not is_file and charset not in _ASCII_LIKE:
        raise Refusal(400, "The form is malformed: one of its parts is not in UTF-8.")
    try:
        name = options[b"name"].decode("utf-8")
        text = "" if is_file else part.data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal(400, "The form is malformed: it is not in UTF-8.") from None
    return Field(name, text, is_file=is_file, is_json=media == b"application/json")
