from rule_cases import TOKEN, Broken, Row, answer, carried, denied, error, error_without, of, order, placed, refused
from spot_contract.exchanges.intent import Circumstance, Flaw, Kind

ZIP = "recipient.address.zip"
LARGE = {"body": b"x" * 9000}
WITHOUT_NAMES = {"place": "", "names": ()}


def lacking(part):
    """Errors of each kind lack the same part, which is reported for wrong bodies alone."""
    other_type = of(Kind.MEDIA_TYPE, error_without(part, 415), way="text/plain")
    return [refused(error_without(part)), other_type]


def taken(flaw, way, **more):
    """Refused, or not: with which status, another rule says."""
    place = more.get("place", ZIP)
    return Row([refused(None, flaw, way=way, **more)], [Broken(refused(order(), flaw, way=way, **more), place, way)])


def refused_with(**changes):
    return refused(error(**changes))


RULES = {
    "refusal.required": taken(Flaw.MISSING, "missing"),
    "refusal.type": taken(Flaw.TYPE, "a list"),
    "refusal.coerced": taken(Flaw.COERCED, "a number"),
    "refusal.null": taken(Flaw.NULL, "null"),
    "refusal.enum": taken(Flaw.ENUM, "ZZ"),
    "refusal.list": taken(Flaw.LIST, "a kit type as a text"),
    "refusal.malformed": taken(Flaw.MALFORMED, "single quotes", **WITHOUT_NAMES),
    "refusal.json_extensions": taken(Flaw.EXTENSION, "NaN", **WITHOUT_NAMES),
    "refusal.empty": taken(Flaw.EMPTY, "nothing", **WITHOUT_NAMES),
    "refusal.not_object": taken(Flaw.NOT_OBJECT, "a list", **WITHOUT_NAMES),
    "refusal.status": Row(
        [
            refused(),
            refused(answer(413, b"", None), **LARGE),
            carried(refused(answer(431, b"", None)), Circumstance.LARGE_HEADERS),
        ],
        [
            Broken(refused(answer(431, b"", None)), "a value of a wrong type", "answered 431"),
            Broken(refused(answer(422, b"no", "text/plain")), "a value of a wrong type", "answered 422"),
            Broken(refused(answer(413, b"", None)), "a value of a wrong type", "answered 413"),
            Broken(of(Kind.HOSTILE, answer(404, b"", None), way="broken multipart"), "hostile", "answered 404"),
        ],
    ),
    "refusal.content_type": Row(
        [
            refused(),
            refused(answer(400, error().body, "Application/JSON; charset=utf-8")),
        ],
        [
            Broken(refused(answer(400, b"<p>", "text/html")), "error", "sent as text/html"),
            Broken(refused(answer(400, error().body, None)), "error", "sent as nothing"),
            Broken(refused(answer(400, b"no")), "error", "no JSON"),
            Broken(
                refused(answer(400, b"no", "text/plain"), Flaw.MALFORMED, **WITHOUT_NAMES),
                "error for malformed JSON",
                "sent as text/plain",
            ),
            Broken(of(Kind.HOSTILE, answer(400, b"no", "text/plain")), "error for hostile", "sent as text/plain"),
        ],
        silent=[of(Kind.HOSTILE, answer(400, b"no", "text/plain"), **LARGE)],
    ),
    "refusal.vendored": Row(
        [refused()],
        [
            Broken(refused(answer(400, {"detail": "zip"})), "error", "the body does not conform"),
            Broken(refused_with(type="invalid"), "error", "error.type does not conform"),
            Broken(refused_with(status="400"), "error", "error.status does not conform"),
        ],
    ),
    "refusal.strict": Row(
        [refused()],
        [
            Broken(refused(error_without("status")), "error", "no status"),
            Broken(refused(answer(400, {"error": {}})), "error", "no status, type, detail"),
            Broken(lacking("detail"), "error", "no detail"),
        ],
    ),
    "refusal.error_status": Row([refused()], [Broken(refused_with(status=401), "error", "another error.status")]),
    "refusal.error_type": Row(
        [refused()], [Broken(refused_with(type="unauthorized"), "error", "error.type unauthorized")]
    ),
    "refusal.detail": Row([refused()], [Broken(refused_with(detail=" "), "error", "an empty error.detail")]),
    "refusal.names_field": Row(
        [refused(), refused_with(detail="recipient.address.zip: wrong"), refused_with(detail="ZIP is wrong")],
        [
            Broken(refused_with(detail="The first_name field is required"), ZIP, "a value of a wrong type"),
            Broken(refused_with(detail="zipper"), ZIP, "a value of a wrong type"),
        ],
    ),
    "refusal.no_trace": Row(
        [
            refused(),
            refused_with(detail="zip, see /api/v2/orders/"),
            placed(answer(404, b"<h1>404</h1>", "text/html"), kind=Kind.PATH),
        ],
        [
            Broken(refused_with(detail="zip: Traceback (most recent call last):"), "", "in a 400"),
            Broken(refused_with(detail="zip in /srv/app/orders"), "", "in a 400"),
            Broken(refused_with(detail="zip at Order.create (/x/y.js:10:5)"), "", "in a 400"),
            Broken(denied(answered=error(401, detail="goroutine 7 [running]")), "", "in a 401"),
        ],
    ),
    "refusal.no_token": Row(
        [
            placed(),
            # A parser below the application quotes the line that it could not read.
            of(Kind.HOSTILE_HEADER, answer(400, TOKEN.encode(), "text/plain"), header=b"Token x\x00"),
        ],
        [
            Broken(placed(order(seen=TOKEN)), "", "in a 201"),
            Broken(placed(answer(201, order().body, X_Seen=TOKEN)), "", "in a 201"),
            Broken(of(Kind.HOSTILE_HEADER, error(401, detail=TOKEN)), "", "in a 401"),
            Broken(of(Kind.HOSTILE_HEADER, error(400, detail=TOKEN), header=b"Token x\x00"), "", "in a 400"),
        ],
    ),
    "refusal.repeats_no_value": Row(
        [refused()],
        [Broken(refused(error(detail="zip of zqabcdefgh"), body=b"zqabcdefgh"), "error.detail", "repeats a value")],
    ),
}
