"""Findings: all ways in which a rule was broken, grouped by their likely cause."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.intent import Circumstance, Kind
from spot_contract.rules.rule import Problem, Rule

_SIMILAR = 0.6  # Share of common places from which on two ways have one cause.


@dataclass(frozen=True)
class Cell:
    """A combination of place, way, circumstance and encoding in which a rule was broken."""

    place: str
    way: str
    circumstance: Circumstance
    encoding: str

    @property
    def full_way(self) -> str:
        """The way, with the circumstance if there is one."""
        if self.circumstance is Circumstance.ORDINARY or self.way == str(self.circumstance):
            return self.way
        return f"{self.way}, {self.circumstance}" if self.way else str(self.circumstance)


@dataclass
class Seen:
    """The cases of one cell: their number, and the smallest exchange that shows the problem."""

    problem: Problem
    exchange: Exchange
    count: int = 0
    first: int = 0

    def add(self, problem: Problem, exchange: Exchange) -> None:
        """Count another case, and keep the exchange with the smaller request."""
        self.count += 1
        if _size(exchange) < _size(self.exchange):
            self.problem, self.exchange = problem, exchange


def _size(exchange: Exchange) -> int:
    extra = sum(len(name) + len(value) for name, value in exchange.request.headers)
    return len(exchange.request.body) + len(exchange.request.path) + extra


@dataclass
class Finding:
    """One cause: its cells, and the smallest exchange that shows it."""

    rule: Rule
    cells: list[Cell]
    seen: Seen
    count: int
    recurs: bool | None = None
    is_waived: bool = False
    is_known: bool = False

    @property
    def places(self) -> list[str]:
        """The places of its cells."""
        return list(dict.fromkeys(cell.place for cell in self.cells))

    @property
    def ways(self) -> list[str]:
        """The ways of its cells."""
        return list(dict.fromkeys(cell.full_way for cell in self.cells))

    @property
    def encodings(self) -> list[str]:
        """The encodings of its cells."""
        return list(dict.fromkeys(cell.encoding for cell in self.cells))


@dataclass
class Record:
    """The cases and broken cells of one rule."""

    cases: int = 0
    tried: dict[Cell, int] = field(default_factory=dict[Cell, int])
    broken: dict[Cell, Seen] = field(default_factory=dict[Cell, Seen])

    def add_case(self, exchange: Exchange, *, input_side: bool) -> None:
        """Count a case. With `input_side`, if ways are those of requests, also count how often each cell was tried."""
        self.cases += 1
        if input_side:
            cell = _cell_of(exchange, None)
            self.tried[cell] = self.tried.get(cell, 0) + 1

    def add_broken(self, problem: Problem, exchange: Exchange) -> None:
        """Record a broken case."""
        cell = _cell_of(exchange, problem)
        seen = self.broken.get(cell)
        if seen is None:
            seen = self.broken[cell] = Seen(problem, exchange, first=exchange.number)
        seen.add(problem, exchange)


def _cell_of(exchange: Exchange, problem: Problem | None) -> Cell:
    intent = exchange.intent
    place = intent.place if problem is None or problem.place is None else problem.place
    way = intent.way if problem is None or problem.way is None else problem.way
    if not way:
        is_special = intent.circumstance is not Circumstance.ORDINARY
        way = intent.variety or str(intent.circumstance if is_special else intent.kind)
    # A problem with its own way concerns the answer, and the circumstance is not part of its cause.
    circumstance = Circumstance.ORDINARY if problem is not None and problem.way is not None else intent.circumstance
    if intent.kind is Kind.REALISTIC:
        circumstance = Circumstance.ORDINARY
    return Cell(place, way, circumstance, intent.encoding)


class Product(NamedTuple):
    """Places, encodings and ways, in every combination."""

    places: tuple[str, ...]
    encodings: tuple[str, ...]
    ways: tuple[str, ...]


def products(cells: Sequence[Cell]) -> list[Product]:
    """The cells as products of places, encodings and ways that together contain exactly these cells."""
    encodings: dict[tuple[str, str], set[str]] = {}
    for cell in cells:
        encodings.setdefault((cell.full_way, cell.place), set()).add(cell.encoding)
    shown_at: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (way, place), names in encodings.items():
        shown_at.setdefault((way, tuple(sorted(names))), []).append(place)
    ways: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for (way, found), places in shown_at.items():
        ways.setdefault((tuple(sorted(places)), found), []).append(way)
    return [Product(where, found, tuple(sorted(known))) for (where, found), known in ways.items()]


def findings(
    rule: Rule, record: Record, is_waived: Callable[[Cell], bool], is_known: Callable[[Cell], bool]
) -> list[Finding]:
    """The broken cells of a rule, grouped into findings. Waived, known and new cells are never grouped together."""
    found: list[Finding] = []
    sorted_cells: dict[tuple[bool, bool], dict[Cell, int]] = {}
    for cell, seen in record.broken.items():
        waived = is_waived(cell)
        sorted_cells.setdefault((waived, not waived and is_known(cell)), {})[cell] = seen.count
    for waived, known in ((False, False), (False, True), (True, False)):
        counts = sorted_cells.get((waived, known), {})
        for group in groups(rule, record.tried, counts):
            seen = min((record.broken[cell] for cell in group), key=lambda one: (_size(one.exchange), one.first))
            count = sum(counts[cell] for cell in group)
            found.append(Finding(rule, group, seen, count, is_waived=waived, is_known=known))
    return found


def groups(rule: Rule, tried: Mapping[Cell, int], broken: Mapping[Cell, int]) -> Iterable[list[Cell]]:
    """Group the broken cells of a rule by cause. Both mappings count the cases of each cell."""
    ordinary = {(cell.place, cell.way) for cell in broken if cell.circumstance is Circumstance.ORDINARY}
    rest: dict[tuple[str, Circumstance], list[Cell]] = {}
    sometimes: list[Cell] = []
    for cell, count in broken.items():
        if tried.get(cell, 0) > count:
            sometimes.append(cell)
            continue
        # If the same is broken without the circumstance, the circumstance is not the cause.
        circumstance = Circumstance.ORDINARY if (cell.place, cell.way) in ordinary else cell.circumstance
        rest.setdefault(("" if rule.across_places else cell.place, circumstance), []).append(cell)
    for group in rest.values():
        yield from _of_one_cause(rule, group)
    if sometimes:
        yield sometimes


def _of_one_cause(rule: Rule, cells: Sequence[Cell]) -> Iterable[list[Cell]]:
    """Group cells of the same way, and of ways that show at similar places."""
    ways: dict[str, list[Cell]] = {}
    for cell in cells:
        ways.setdefault(cell.way, []).append(cell)
    groups: list[tuple[set[str], list[Cell]]] = []
    for members in sorted(ways.values(), key=lambda one: -len({cell.place for cell in one})):
        shown_at = {cell.place for cell in members}
        fitting = next((group for group in groups if rule.across_ways and _is_similar(group[0], shown_at)), None)
        if fitting is None:
            groups.append((set(shown_at), list(members)))
        else:
            fitting[1].extend(members)
    return [members for _, members in groups]


def _is_similar(places: set[str], others: set[str]) -> bool:
    return len(places & others) / len(places | others) >= _SIMILAR
