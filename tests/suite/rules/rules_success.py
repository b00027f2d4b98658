from datetime import timedelta

from rule_cases import NOW, ORDER, SENT, Broken, Row, answer, error, odd, order, order_without, placed, recipient

LARGE = "x" * 40_000


def at(second, created):
    """An order that was sent so many seconds later."""
    answered = answer(201, ORDER | {"order_id": f"T{second}", "created": created}, at=NOW + timedelta(seconds=second))
    return placed(answered)


def created_at(created):
    return placed(order(created=created))


def taken_from_the_body():
    """All that the service says of an order by itself repeats the request: that is one cause."""
    own = {"status": "completed", "created": "1970-01-01T00:00:00Z", "order_id": "mine"}
    return Broken([placed(order(**own), sent=SENT | own) for _ in range(2)], "status", "another status")


RULES = {
    "success.status": Row(
        [placed()],
        [
            Broken(placed(error()), "", "realistic"),
            Broken(placed(answer(200, order().body)), "", "realistic"),
            Broken(
                placed(error(), place="recipient.phone", way="refused with 400"), "recipient.phone", "refused with 400"
            ),
        ],
    ),
    "success.content_type": Row(
        [placed(), placed(answer(201, order().body, "Application/JSON; charset=utf-8"))],
        [
            Broken(placed(answer(201, order().body, "text/html")), "", "sent as text/html"),
            Broken(placed(answer(201, order().body, None)), "", "sent as nothing"),
        ],
    ),
    "success.body": Row(
        [placed(order(updated=None, placed_by={"id": 1}))],
        [
            Broken(placed(answer(201, [ORDER])), "", "no object"),
            Broken(placed(answer(201, b"<p>")), "", "no JSON"),
            Broken(placed(answer(201, b'{"metadata": {"a": NaN}}')), "", "holds what JSON does not know"),
            Broken(placed(answer(201, b'{"order_id": "a", "order_id": "b"}')), "", "no JSON"),
        ],
    ),
    "success.vendored": Row(
        [placed()],
        [
            Broken(placed(order(order_id=17)), "order_id", "does not conform"),
            Broken(placed(order(recipient=recipient(phone=4155550123))), "recipient.phone", "does not conform"),
        ],
    ),
    "success.strict": Row(
        [placed()],
        [
            Broken(placed(order_without("kits")), "kits", "left out"),
            Broken(placed(order_without("order_id")), "order_id", "left out"),
        ],
    ),
    "success.order_id": Row([placed(order(order_id="17"))], [Broken(placed(order(order_id="")), "order_id", "empty")]),
    "success.pending": Row(
        [placed()], [Broken(placed(order(status="completed")), "status", "another status"), taken_from_the_body()]
    ),
    "success.kits": Row([placed()], [Broken(placed(order(kits=[{"kit_id": "a"}])), "kits", "not empty")]),
    "success.created_format": Row(
        [
            created_at("2026-03-01T14:00:00+02:00"),
            created_at("2026-03-01T12:00:00.123456789Z"),
            created_at("2026-03-01t12:00:00z"),
        ],
        [
            Broken(created_at(text), "created", "no RFC 3339 time")
            for text in ("2026-03-01T12:00:00", "2026-03-01 12:00:00Z", "2026-03-01", "2026-13-01T12:00:00Z")
        ],
    ),
    "success.created_now": Row(
        [created_at("2026-03-01T12:00:59Z"), created_at("2026-03-01T11:59:01Z")],
        [
            Broken(created_at("1970-01-01T00:00:00Z"), "created", "another time"),
            Broken(created_at("2026-03-01T12:00:00+02:00"), "created", "another time"),
        ],
    ),
    "success.created_moves": Row(
        [[at(0, "2026-03-01T12:00:00Z"), at(9, "2026-03-01T12:00:09Z")]],
        [Broken([at(0, "2026-03-01T12:00:00Z"), at(9, "2026-03-01T12:00:00Z")], "created", "does not move on")],
    ),
    "success.schema_valid": Row(
        [odd(order()), odd(error()), odd(answer(413, b"", None), sent=ORDER | {"metadata": {"long": LARGE}})],
        [
            Broken(odd(answer(422, b"", None)), "recipient", "NUL"),
            Broken(odd(answer(413, b"", None)), "recipient", "NUL"),
        ],
    ),
}
