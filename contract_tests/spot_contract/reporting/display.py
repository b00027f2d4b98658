"""Findings, requests and answers as text for reports: masked, and without control characters."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.messages import Answer, Carriage, Request
from spot_contract.rules.rule import Rule
from spot_contract.session.findings import Finding, Product, products
from spot_contract.session.run import ADVICE, BROKEN, KNOWN, WAIVED, Run

from . import curl
from .masking import Masking, masking

_LONG = 1500  # Characters of a body that the larger reports show.
_VALUE = 600  # Characters of an expected or actual value.


@dataclass(frozen=True)
class DisplayedFinding:
    """A finding as text. `verdict` is BROKEN, known, waived or advice."""

    rule: Rule
    verdict: str
    places: Sequence[str]
    ways: Sequence[str]
    encodings: Sequence[str]
    count: int
    recurs: bool | None
    expected: str
    got: str
    what: str
    request: str
    answer: str
    waived_for: str
    cells: Sequence[Product]  # Exactly in which combinations it showed.
    make_curl: Callable[[], str] = field(repr=False)

    @cached_property
    def curl(self) -> str:
        """The command that sends the request again. A long body is written to a file now. Raises OSError."""
        return self.make_curl()

    @property
    def cases(self) -> str:
        """The number of cases, and whether it was seen again when repeated."""
        again = {True: ", seen again when repeated", False: ", not seen again when repeated", None: ""}[self.recurs]
        return f"{self.count:,}{again}"


def displayed(run: Run, bodies: Path) -> list[DisplayedFinding]:
    """Every finding of a run. Long bodies are written to the folder `bodies` when a curl command is read."""
    found: list[DisplayedFinding] = []
    numbers: dict[str, int] = {}
    for finding in run.findings:
        number = numbers[finding.rule.id] = numbers.get(finding.rule.id, 0) + 1
        found.append(_displayed(run, finding, bodies, f"{finding.rule.id}-{number}"))
    return found


def _displayed(run: Run, finding: Finding, bodies: Path, name: str) -> DisplayedFinding:
    mask, exchange, problem = masking(run), finding.seen.exchange, finding.seen.problem
    return DisplayedFinding(
        rule=finding.rule,
        verdict=_verdict(run, finding),
        places=[clean(one, mask) for one in finding.places if one],
        ways=[clean(one, mask) for one in finding.ways if one],
        encodings=[clean(one, mask) for one in finding.encodings if one],
        count=finding.count,
        recurs=finding.recurs,
        expected=cut(clean(problem.expected, mask), _VALUE),
        got=cut(clean(problem.got, mask), _VALUE),
        what=clean(exchange.request.what, mask),
        request=request_text(exchange.request, mask),
        answer=answer_text(exchange, mask),
        waived_for=clean(_reason(run, finding), mask) if finding.is_waived else "",
        cells=[Product(*(tuple(map(mask, texts)) for texts in part)) for part in products(finding.cells)],
        make_curl=partial(curl.command, exchange.request, run.url, run.mask, bodies, name),
    )


def _verdict(run: Run, finding: Finding) -> str:
    if finding.is_waived or finding.is_known:
        return WAIVED if finding.is_waived else KNOWN
    return ADVICE if run.verdict(finding.rule) == ADVICE else BROKEN


def _reason(run: Run, finding: Finding) -> str:
    forgiving = [
        one
        for one in run.settings.waivers
        if any(one.forgives(finding.rule.id, cell.place, cell.encoding, cell.full_way) for cell in finding.cells)
    ]
    return "; ".join(f"{one.reason} (until {one.until})" for one in forgiving)


def request_text(request: Request, mask: Masking) -> str:
    """A request in full, with the name of its credential in place of the credential."""
    if request.raw is not None:
        return f"{clean(f'raw bytes: {request.what}', mask)}\n\n{_body(request.raw, mask, _LONG)}"
    lines = [f"{request.method} {request.path}", *(f"({note})" for note in carriage_notes(request.carriage))]
    if request.credential.header is not None:
        lines.append(f"Authorization: ({request.credential.label})")
    if request.content_type is not None:
        lines.append(f"Content-Type: {request.content_type}")
    lines += [cut(f"{name}: {mask(value)}", _VALUE) for name, value in request.headers]
    return "\n".join([*(clean(line, mask) for line in lines), "", _body(request.body, mask, _LONG)]).rstrip()


def answer_text(exchange: Exchange, mask: Masking) -> str:
    """An answer in full, or the failure."""
    answer = exchange.answer
    if answer is None:
        return clean(exchange.failure or "no answer was waited for", mask)
    lines = [f"{answer.status}", *(cut(f"{name}: {mask(value)}", _VALUE) for name, value in answer.headers)]
    return "\n".join([*(clean(line, mask) for line in lines), "", _body(answer.body, mask, _LONG)]).rstrip()


def request_lines(request: Request, mask: Masking, limit: int) -> list[str]:
    """A request in one line, and its body, if any, in another."""
    if request.raw is not None:
        return [clean(f"raw bytes: {request.what}", mask), _one_line(request.raw, mask, limit)]
    notes = [
        request.content_type or "no content type",
        *carriage_notes(request.carriage),
        f"with {request.credential.label}",
    ]
    notes += [cut(f"{name}: {mask(value)}", 60) for name, value in request.headers[:3]]
    if len(request.headers) > 3:
        notes.append(f"{len(request.headers) - 3} more headers")
    head = clean(cut(f"{request.method} {mask(request.path)}", limit) + f" ({'; '.join(notes)})", mask)
    return [head, _one_line(request.body, mask, limit)] if request.body else [head]


def answer_lines(exchange: Exchange, mask: Masking, limit: int) -> list[str]:
    """An answer in one line, and its body, if any, in another."""
    answer = exchange.answer
    if answer is None:
        return [cut(answer_text(exchange, mask), limit)]
    head = clean(f"{answer.status} {answer.media_type or 'without content type'}, after {_seconds(answer)}", mask)
    return [head, _one_line(answer.body, mask, limit)] if answer.body else [head]


def _seconds(answer: Answer) -> str:
    return f"{answer.seconds:.1f} s" if answer.seconds >= 1 else f"{answer.seconds * 1000:.0f} ms"


def carriage_notes(carriage: Carriage) -> Iterator[str]:
    """Notes on an unusual carriage of a request."""
    if carriage.version != "1.1":
        yield f"HTTP/{carriage.version}"
    if carriage.chunks:
        yield f"in chunks of {', '.join(map(str, carriage.chunks))} bytes"
    if carriage.pieces > 1:
        yield f"the body in {carriage.pieces} writes, {carriage.pause:g} s before each"
    if carriage.expect:
        yield "Expect: 100-continue"
    if carriage.idle:
        yield f"after {carriage.idle:g} idle seconds on the connection"


def clean(text: str, mask: Masking) -> str:
    """A text masked, with escapes for unprintable characters except line ends."""
    return "".join(map(_visible, mask(text)))


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, followed by the full length if the text is longer."""
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text):,} characters)"


def _visible(char: str) -> str:
    if char.isprintable() or char == "\n":
        return char
    number = ord(char)
    named = {"\t": "\\t", "\r": "\\r"}.get(char)
    return named or (
        f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}" if number < 65536 else f"\\U{number:08x}"
    )


def _body(data: bytes, mask: Masking, limit: int) -> str:
    """The beginning of a body, masked before it is cut so that no part of a secret remains."""
    text = mask(data.decode("utf-8", "backslashreplace"))
    shown_part = "".join(map(_visible, text[:limit]))
    return shown_part if len(text) <= limit else f"{shown_part}… ({len(data):,} bytes in all)"


def _one_line(data: bytes, mask: Masking, limit: int) -> str:
    return _body(data, mask, limit).replace("\n", "\\n")
