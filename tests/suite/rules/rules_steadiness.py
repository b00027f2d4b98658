from rule_cases import Broken, Row, error, placed, row_of
from spot_contract.exchanges.intent import Circumstance

EVEN = [0.01] * 64
SLOWER = [0.01] * 32 + [0.2] * 32
STALLS = [0.01] * 62 + [1.0, 1.0]
AT_THE_END = Circumstance.AT_THE_END


def whole(start, end):
    """A row at the start and one at the end of a run."""
    return [*row_of(start), *row_of(end, "row at the end 0", AT_THE_END)]


RULES = {
    "steadiness.every_order": Row(
        [placed(None, Circumstance.ROW)], [Broken(placed(error(), Circumstance.ROW), "", "answered 400")]
    ),
    "steadiness.pace": Row(
        [row_of(EVEN), row_of(SLOWER[20:60]), [*row_of(SLOWER), *row_of(EVEN, "row 1")]],
        [
            Broken(row_of(SLOWER), "", "became slower"),
            Broken([*row_of(SLOWER), *row_of(SLOWER, "row 1")], "", "became slower"),
            Broken([*row_of(SLOWER), *row_of([0.4] * 64, "row 1")], "", "became slower"),
        ],
    ),
    "steadiness.stalls": Row(
        [row_of(EVEN), row_of(STALLS[:-1]), [*row_of(STALLS), *row_of(EVEN, "row 1")]],
        [Broken(row_of(STALLS), "", "stalled")],
    ),
    "steadiness.whole_run": Row(
        [whole(EVEN, [0.01] * 12), whole(EVEN, [0.01] * 7 + [0.3] * 5)],
        [
            Broken(whole(EVEN, [0.3] * 12), "", "slower at the end"),
            Broken([*row_of([0.01] * 100, "quick"), *row_of([1.0] * 8, "slow")], "", "stalled now and then"),
        ],
    ),
}
