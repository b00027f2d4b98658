from rule_cases import Broken, Row, answer, error, placed
from spot_contract.exchanges.intent import Circumstance

REFUSED = error(400)


def accepted_as(circumstance, *free):
    """Accepted in this circumstance, or refused with a status that is free there."""
    return Row(
        [placed(None, circumstance), *(placed(answer(status, b"", None), circumstance) for status in free)],
        [
            Broken(placed(REFUSED, circumstance), "", str(circumstance)),
            Broken(placed(REFUSED, circumstance, way="the smallest chunks"), "", "the smallest chunks"),
            Broken(placed(answer(404, b"", None), circumstance), "", str(circumstance)),
        ],
    )


RULES = {
    "carriage.chunks": accepted_as(Circumstance.CHUNKED),
    "carriage.length_required": Row(
        [placed(None, Circumstance.CHUNKED)],
        [Broken(placed(answer(411, b"", None), Circumstance.CHUNKED), "", "answered 411")],
    ),
    "carriage.pieces": accepted_as(Circumstance.IN_PIECES),
    "carriage.expect": accepted_as(Circumstance.EXPECT),
    "carriage.compression": accepted_as(Circumstance.COMPRESSION),
    "carriage.connection": accepted_as(Circumstance.CONNECTION),
    "carriage.headers": accepted_as(Circumstance.HEADERS),
    "carriage.large_headers": accepted_as(Circumstance.LARGE_HEADERS, 431),
    "carriage.query": accepted_as(Circumstance.QUERY),
    "carriage.http_1_0": accepted_as(Circumstance.HTTP_1_0, 426),
}
