"""Steadiness: the hundredth order is answered like the first."""

from collections.abc import Sequence
from statistics import median

from spot_contract.exchanges import timing
from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.intent import Circumstance

from .rule import Problem, Problems, rule, rule_of_all
from .subjects import LARGE, Answered, accepted, realistic

CONTRACT = "[R]; docs/contract.md, 3"


@rule("steadiness.every_order", CONTRACT, on=realistic(Circumstance.ROW))
def test_every_order_of_many_is_accepted(answered: Answered) -> Problems:
    """Each of many orders in a row is accepted."""
    if not answered.exchange.is_accepted:
        yield Problem(
            str(answered.exchange.origin.accepted), answered.answer.in_short, "", f"answered {answered.status}"
        )


def _in_a_row(exchange: Exchange) -> Answered | None:
    found = accepted(exchange)
    return found if found and exchange.intent.group.startswith(timing.ROW) else None


def _rows(answers: Sequence[Answered]) -> list[list[Answered]]:
    rows: dict[str, list[Answered]] = {}
    for one in answers:
        rows.setdefault(one.exchange.intent.group, []).append(one)
    return list(rows.values())


@rule_of_all("steadiness.pace", CONTRACT, on=_in_a_row)
def test_orders_do_not_become_slower(answers: Sequence[Answered]) -> Problems:
    """The last of many orders in a row are answered about as fast as the first, within a generous limit."""
    rows = [row for row in _rows(answers) if len(row) >= timing.LEAST]
    times = [[one.answer.seconds for one in row] for row in rows]
    if not rows:
        return
    early, late = timing.ends(times[0])
    # A busy machine may have slowed one row, so every row must show it. A server that stays slow is slow from the first
    # order of its later rows on.
    if timing.falls_off(times[0]) and all(timing.falls_off(one) or timing.stays_slow(early, one) for one in times[1:]):
        expected = f"about {early * 1000:.0f} ms, as the first orders of the row took"
        got = f"{late * 1000:.0f} ms after {len(rows[0])} orders"
        yield Problem(expected, got, "", "became slower", rows[0][-1].exchange)


@rule_of_all("steadiness.stalls", CONTRACT, on=_in_a_row)
def test_no_order_stalls(answers: Sequence[Answered]) -> Problems:
    """No orders in a row take far longer than the others repeatedly."""
    rows = _rows(answers)
    slow = [timing.stalled([one.answer.seconds for one in row]) for row in rows]
    if rows and sum(map(len, slow)) > 1 and all(slow):
        usual = median(one.answer.seconds for row in rows for one in row)
        found = max((one for row in rows for one in row), key=lambda one: one.answer.seconds)
        expected = f"no order out of all proportion to the usual {usual * 1000:.0f} ms"
        got = f"{sum(map(len, slow))} of {len(answers)} orders took up to {found.answer.seconds:.2f} s"
        yield Problem(expected, got, "", "stalled", found.exchange)


def _ordinary(exchange: Exchange) -> Answered | None:
    found = accepted(exchange)
    is_timed = exchange.intent.circumstance not in {
        Circumstance.IN_PIECES,
        Circumstance.EXPECT,
        Circumstance.CONNECTION,
    }
    return found if found and is_timed and len(exchange.request.body) < LARGE else None


@rule_of_all("steadiness.whole_run", CONTRACT, on=_ordinary)
def test_server_is_as_fast_at_the_end_as_at_the_start(answers: Sequence[Answered]) -> Problems:
    """Orders are answered about as fast at the end of the run as at its start, within a generous limit."""
    rows = _rows([one for one in answers if one.exchange.intent.group.startswith(timing.ROW)])
    ends = [row for row in rows if row[0].exchange.intent.circumstance is Circumstance.AT_THE_END]
    if rows and ends and rows[0] is not ends[0]:
        early, _ = timing.ends([one.answer.seconds for one in rows[0]])
        late = min(median(one.answer.seconds for one in row) for row in ends)
        if timing.is_slower(early, late):
            expected = f"about {early * 1000:.0f} ms, as the first orders took"
            got = f"{late * 1000:.0f} ms at the end of the run"
            yield Problem(expected, got, "", "slower at the end", ends[0][-1].exchange)
    times = [one.answer.seconds for one in answers]
    usual = median(times) if times else 0.0
    slow = [one for one in answers if one.answer.seconds > max(0.8, 40 * usual)]
    if len(slow) >= max(8, len(times) / 200):
        expected = f"no order out of all proportion to the usual {usual * 1000:.0f} ms"
        got = f"{len(slow)} of {len(times)} orders took up to {max(one.answer.seconds for one in slow):.2f} s"
        yield Problem(expected, got, "", "stalled now and then", slow[0].exchange)
