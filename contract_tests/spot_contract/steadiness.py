"""The cases of the rules about many orders, one after the other."""

from collections.abc import Sequence
from statistics import median

from .carriers import AS_JSON, listed
from .cases import Trial
from .judge import Judge
from .messages import Problem

RUN = 120  # Orders in a row.
_TIMES_SLOWER = 4.0
_SECONDS_SLOWER = 0.04


def hurry(judge: Judge, rule: str) -> None:
    """A handful of requests without a pause. Nothing is judged unless the server says 429."""
    for _ in range(min(10, judge.share.orders if judge.share else 10)):
        judge.realistic(judge.maker.plain())
    if not judge.tally.cases.get(rule):
        judge.pass_over("the server never said 429")


def in_a_row(judge: Judge) -> None:
    """Orders one after the other; the last are answered as fast as the first."""
    judge.needs(RUN)
    trials = [_one(judge) for _ in range(RUN)]
    fifth = RUN // 5
    early, late = _pace(trials[:fifth]), _pace(trials[-fifth:])
    if slower(early, late):
        # A busy machine may have slowed a moment: only what lasts counts.
        late = min(late, _pace([_one(judge) for _ in range(fifth)]), _pace([_one(judge) for _ in range(fifth)]))
    judge.bench.paces.setdefault("early", early)
    judge.tally.count("steadiness.pace", RUN)
    if slower(early, late):
        expected = f"about {early * 1000:.0f} ms, as the first {fifth} orders took"
        judge.put_down(
            Problem("steadiness.pace", expected, f"{late * 1000:.0f} ms after {RUN} orders"), trials[-1].exchange
        )


def stalls(judge: Judge) -> None:
    """No order in a row of many takes out of all proportion long, time and again.

    The rows that other rules sent will do; where something stalls in them, orders of its own must stall as well.
    """
    known = judge.bench.desk.times[-RUN:]
    judge.tally.count("steadiness.stalls", len(known))
    if len(known) == RUN and len(_slow(known)) < 2:
        return
    judge.needs(RUN // 2)
    for attempt in range(2):
        trials = [_one(judge) for _ in range(RUN // 2)]
        times = [trial.answer.seconds for trial in trials if trial.answer is not None]
        slow = _slow(times)
        if len(slow) < 2:
            return
        if attempt:
            problem = Problem(
                "steadiness.stalls",
                f"no order out of all proportion to the usual {median(times) * 1000:.0f} ms",
                f"{len(slow)} of {len(trials)} orders took up to {max(slow):.2f} s, twice over",
            )
            found = next(trial for trial in trials if trial.answer and trial.answer.seconds in slow)
            judge.put_down(problem, found.exchange)


def _slow(times: Sequence[float]) -> list[float]:
    """Those out of all proportion to the usual one."""
    usual = median(times) if times else 0.0
    return [seconds for seconds in times if seconds > max(0.4, 25 * usual)]


def many(judge: Judge) -> None:
    """Ordinary orders, one after the other, in each carrier in turn."""
    judge.needs(RUN)
    for number in range(RUN):
        body = judge.maker.plain()
        judge.realistic(body, listed()[number % len(listed())], "steadiness.every_order")


def at_the_end(judge: Judge) -> None:
    """The orders of the whole run against each other, and a few against the pace that the first of the run had."""
    _in_the_whole_run(judge)
    early = judge.bench.paces.get("early")
    if early is None:
        judge.pass_over("the start of the run was measured elsewhere")
    if judge.share is not None and judge.share.orders < 36:
        judge.pass_over("the order budget has too few left to measure the end of the run")
    late = min(_pace([_one(judge) for _ in range(12)]) for _ in range(3))
    judge.tally.count("steadiness.whole_run", 36)
    if slower(early, late):
        expected = f"about {early * 1000:.0f} ms, as the first orders took"
        problem = Problem("steadiness.whole_run", expected, f"{late * 1000:.0f} ms at the end of the run")
        judge.put_down(problem, _one(judge).exchange)


def _in_the_whole_run(judge: Judge) -> None:
    """One order in two hundred that takes a second, where the usual one takes a moment: no busy machine does that."""
    times = judge.bench.desk.times
    usual = median(times) if times else 0.0
    slow = [seconds for seconds in times if seconds > max(0.8, 40 * usual)]
    judge.tally.count("steadiness.stalls", len(times))
    if len(slow) >= max(8, len(times) / 200):
        expected = f"no order out of all proportion to the usual {usual * 1000:.0f} ms"
        problem = Problem(
            "steadiness.stalls", expected, f"{len(slow)} of {len(times)} orders took up to {max(slow):.2f} s"
        )
        judge.put_down(problem, _one(judge).exchange)


def slower(early: float, late: float) -> bool:
    """Whether a pace fell off by more than a busy machine explains."""
    return late > early * _TIMES_SLOWER and late > early + _SECONDS_SLOWER


def _one(judge: Judge) -> Trial:
    return judge.realistic(judge.maker.plain(), AS_JSON, "steadiness.stalls")


def _pace(trials: list[Trial]) -> float:
    times = [trial.answer.seconds for trial in trials if trial.answer is not None]
    return median(times) if times else 0.0
