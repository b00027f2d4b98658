from dataclasses import replace

from rule_cases import Broken, Row, answer, error, of, order, placed, refused
from rules_carriage import accepted_as
from spot_contract.exchanges.intent import Circumstance, Flaw, Kind

HUNG = "no answer within 30 s"


def failed(status=500):
    return answer(status, b"", None)


def hostile(answered):
    return of(Kind.HOSTILE, answered, way="broken multipart")


def odd_header(answered, group=""):
    return of(Kind.HOSTILE_HEADER, answered, way="control characters", group=group)


RULES = {
    "robustness.no_server_error": Row(
        [placed(), of(Kind.METHOD, failed(501), method="FOO")],
        [
            Broken(placed(failed()), "", "ordinary"),
            Broken(placed(failed(), Circumstance.CHUNKED), "", "in chunks"),
            Broken(refused(failed(502), Flaw.COERCED), "recipient.address.zip", "a scalar in place of a text"),
            Broken(hostile(failed()), "", "broken multipart"),
            Broken(placed(failed(505), Circumstance.CHUNKED), "", "in chunks"),
            Broken(of(Kind.METHOD, failed(501), method="PUT", way="PUT"), "", "PUT"),
        ],
    ),
    "robustness.answers": Row(
        [placed()],
        [Broken(placed(HUNG), "", "ordinary"), Broken(hostile(HUNG), "", "broken multipart")],
        silent=[of(Kind.HOSTILE, HUNG, raw=b"POST"), replace(hostile(HUNG), is_excused=True)],
    ),
    "robustness.bodies": Row(
        [hostile(error()), hostile(order()), hostile(answer(413, b"", None)), hostile(answer(415, b"", None))],
        [Broken(hostile(answer(302, b"", None)), "", "answered 302")],
    ),
    "robustness.headers": Row(
        [
            odd_header(error(401)),
            odd_header(answer(431, b"", None)),
            odd_header(order(), "trims to the token"),
        ],
        [
            Broken(odd_header(order()), "", "control characters"),
            Broken(odd_header(answer(403, b"", None)), "", "control characters"),
            Broken(odd_header(answer(404, b"", None), "trims to the token"), "", "control characters"),
        ],
    ),
    "robustness.recovers": accepted_as(Circumstance.AFTER_HOSTILE),
    "robustness.connections": accepted_as(Circumstance.AFTER_BROKEN_CONNECTION),
    "robustness.keeps_answering": Row(
        [placed()],
        [Broken(of(Kind.CONNECTION, "the server takes no more connections"), "", "takes no more connections")],
    ),
}
