from rule_cases import Broken, Row, answer, carried, denied, error, error_without, of, order
from spot_contract.exchanges.intent import Circumstance, Flaw, Kind

TOO_LARGE = answer(413, b"", None)


def let_in(flaw, way):
    """Refused with 401, or with any other 4xx: only whoever is let in breaks the rule of this flaw."""
    return Row([denied(flaw, way=way)], [Broken(denied(flaw, order(), way=way), "", way)])


RULES = {
    "authentication.missing": let_in(Flaw.NO_CREDENTIAL, "no header"),
    "authentication.scheme": let_in(Flaw.ANOTHER_SCHEME, "Bearer"),
    "authentication.no_scheme": let_in(Flaw.NO_SCHEME, "the token alone"),
    "authentication.empty": let_in(Flaw.EMPTY_TOKEN, "an empty header"),
    "authentication.another_token": let_in(Flaw.ANOTHER_TOKEN, "one character apart"),
    "authentication.prefix": let_in(Flaw.PART_OF_TOKEN, "its first half"),
    "authentication.case": let_in(Flaw.TOKEN_CASE, "in capitals"),
    "authentication.query": let_in(Flaw.ELSEWHERE, "token in the query"),
    "authentication.several": let_in(Flaw.SEVERAL, "two tokens"),
    "authentication.status": Row(
        [
            denied(),
            denied(answered=TOO_LARGE, body=b"x" * 9000),
            carried(denied(answered=answer(431, b"", None)), Circumstance.LARGE_HEADERS),
        ],
        [
            Broken(denied(answered=answer(403, b"no", "text/plain")), "no credential", "answered 403"),
            Broken(denied(Flaw.ANOTHER_SCHEME, error(400)), "another scheme", "answered 400"),
            Broken(denied(answered=TOO_LARGE), "no credential", "answered 413"),
        ],
    ),
    "authentication.first": Row(
        [denied(malformed=True)],
        [Broken(denied(answered=error(400), malformed=True), "", "answered 400")],
    ),
    "authentication.scheme_case": Row(
        [of(Kind.SCHEME_CASE, error(401)), of(Kind.SCHEME_CASE, order())],
        [Broken(of(Kind.SCHEME_CASE, error(400)), "", "answered 400")],
    ),
    "authentication.content_type": Row(
        [denied(), of(Kind.SCHEME_CASE, error(401))],
        [Broken(denied(answered=answer(401, b"<p>", "text/html")), "error", "sent as text/html")],
    ),
    "authentication.vendored": Row(
        [denied()],
        [Broken(denied(answered=error(401, type="nobody")), "error", "error.type does not conform")],
    ),
    "authentication.strict": Row(
        [denied()],
        [Broken(denied(answered=error_without("status", 401)), "error", "no status")],
    ),
    "authentication.error_status": Row(
        [denied()], [Broken(denied(answered=error(401, status=400)), "error", "another error.status")]
    ),
    "authentication.error_type": Row(
        [denied()], [Broken(denied(answered=error(401, type="bad_request")), "error", "error.type bad_request")]
    ),
    "authentication.detail": Row(
        [denied()], [Broken(denied(answered=error(401, detail=" ")), "error", "an empty error.detail")]
    ),
    "authentication.challenge": Row(
        [denied()],
        [Broken(denied(answered=answer(401, error(401).body, WWW_Authenticate=None)), "WWW-Authenticate", "left out")],
    ),
}
