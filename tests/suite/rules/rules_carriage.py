from dataclasses import replace

from rule_cases import Broken, Row, answer, error, order, placed
from spot_contract.exchanges.intent import Circumstance
from spot_contract.exchanges.messages import Carriage


def accepted_as(circumstance, *broken, free=()):
    """Accepted in this circumstance, or refused with a status that is free there; `broken` are further cases."""
    return Row(
        [placed(None, circumstance), *(placed(answer(status, b"", None), circumstance) for status in free)],
        [Broken(placed(error(400), circumstance), "", str(circumstance)), *broken],
    )


def carried(answered, circumstance, **carriage):
    """An order that really was carried so."""
    exchange = placed(answered, circumstance)
    return replace(exchange, request=replace(exchange.request, carriage=Carriage(**carriage)))


def in_chunks():
    return replace(order(), headers=(*order().headers, ("Transfer-Encoding", "chunked")))


RULES = {
    "carriage.chunks": accepted_as(
        Circumstance.CHUNKED,
        Broken(placed(error(400), Circumstance.CHUNKED, way="the smallest chunks"), "", "the smallest chunks"),
        Broken(placed(answer(404, b"", None), Circumstance.CHUNKED), "", "in chunks"),
    ),
    "carriage.length_required": Row(
        [placed(None, Circumstance.CHUNKED)],
        [Broken(placed(answer(411, b"", None), Circumstance.CHUNKED), "", "answered 411")],
    ),
    "carriage.pieces": accepted_as(Circumstance.IN_PIECES),
    "carriage.expect": accepted_as(Circumstance.EXPECT),
    "carriage.continue": Row(
        [placed(None, Circumstance.EXPECT)],
        [Broken(placed(replace(order(), continued=False), Circumstance.EXPECT), "", "no leave to go on")],
        silent=[placed(replace(order(), continued=False))],
    ),
    "carriage.connection": accepted_as(
        Circumstance.CONNECTION,
        Broken(
            carried(replace(order(), was_dropped=True), Circumstance.CONNECTION, idle=1.0), "", "dropped after a pause"
        ),
    ),
    "carriage.framing": Row(
        [placed()],
        [Broken(replace(placed("HTTP/1.1 200 OK"), stray=True), "", "bytes that belong to no answer")],
    ),
    "carriage.compression": accepted_as(Circumstance.COMPRESSION),
    "carriage.headers": accepted_as(Circumstance.HEADERS),
    "carriage.large_headers": accepted_as(Circumstance.LARGE_HEADERS, free=(431,)),
    "carriage.query": accepted_as(Circumstance.QUERY),
    "carriage.http_1_0": accepted_as(
        Circumstance.HTTP_1_0,
        Broken(placed(in_chunks(), Circumstance.HTTP_1_0), "", "answered in chunks"),
    ),
    "carriage.upgrade": accepted_as(Circumstance.UPGRADE),
    "carriage.old_http": Row(
        [placed(None, Circumstance.HTTP_1_0)],
        [
            Broken(placed(answer(426, b"", None), Circumstance.HTTP_1_0), "", "answered 426"),
            Broken(carried(answer(505, b"", None), Circumstance.HTTP_1_0, version="1.0"), "", "answered 505"),
        ],
    ),
}
