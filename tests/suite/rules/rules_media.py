from rule_cases import Broken, Row, answer, error, error_without, of, order, refused
from rules_carriage import accepted_as
from spot_contract.exchanges.intent import Circumstance, Kind


def other_type(answered):
    return of(Kind.MEDIA_TYPE, answered, way="text/plain")


RULES = {
    "media.unsupported": Row(
        [other_type(error(415))],
        [
            Broken(other_type(order()), "", "text/plain"),
            Broken(other_type(answer(404, b"", None)), "", "text/plain"),
        ],
    ),
    "media.envelope": Row(
        [
            [other_type(error(415)), refused()],
            other_type(error_without("status", 415)),
        ],
        [
            Broken(other_type(error(415, type="nobody")), "error", "another error.type"),
            Broken([refused(), other_type(error_without("type", 415))], "error", "another error.type"),
        ],
    ),
    "media.status_415": Row([other_type(error(415))], [Broken(other_type(error(400)), "", "answered 400")]),
    "media.letter_case": accepted_as(Circumstance.MEDIA_LETTER_CASE),
    "media.blank": accepted_as(Circumstance.MEDIA_BLANK),
    "media.parameters": accepted_as(Circumstance.MEDIA_PARAMETER),
    "media.spellings": accepted_as(Circumstance.SPELLING),
}
