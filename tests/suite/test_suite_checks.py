from dataclasses import replace

import pytest
from spot_contract import cases, checks, rules
from spot_contract.ledger import Ledger
from suite_answers import ERROR, ORDER, SENT, TOKEN, address, answer, error, order, order_without, recipient, request

LIMITS = checks.Limits()
MARKS = {"zqabcdefgh", "zqhgfedcba"}


def broken(problems):
    return {problem.rule for problem in problems}


def of_order(reply):
    return broken(checks.success(SENT, reply, LIMITS))


GOOD_ORDERS = {
    "as documented": order(),
    "with a charset": answer(ORDER, content_type="application/json; charset=utf-8"),
    "with a type in capitals": answer(ORDER, content_type="Application/JSON"),
    "with extra properties": order(updated=None, placed_by={"id": 1}),
    "with an extra property of the recipient": recipient(id=7),
    "with an absent line as null": address(street2=None),
    "with a whole number as a fraction": order(metadata={**SENT["metadata"], "list": [1.0, "1"]}),
    "with names in another order": answer(dict(reversed(ORDER.items()))),
    "with a time that has an offset": order(created="2026-03-01T14:00:00+02:00"),
    "with a time in nanoseconds": order(created="2026-03-01T12:00:00.123456789Z"),
    "with a time in small letters": order(created="2026-03-01t12:00:00z"),
    "with a number for an id, as text": order(order_id="17"),
}


@pytest.mark.parametrize("reply", GOOD_ORDERS.values(), ids=GOOD_ORDERS)
def test_good_order_has_no_problem(reply):
    assert of_order(reply) == set()


BAD_ORDERS = {
    "html": (answer(b"<p>", content_type="text/html"), {"success.content_type", "success.body"}),
    "no content type": (answer(ORDER, content_type=None), {"success.content_type"}),
    "a list": (answer([ORDER]), {"success.body"}),
    "NaN": (answer(b'{"metadata": {"a": NaN}}'), {"success.body"}),
    "a name twice": (answer(b'{"order_id": "a", "order_id": "b"}'), {"success.body"}),
    "no kits": (order_without("kits"), {"success.strict"}),
    "no order_id": (order_without("order_id"), {"success.strict"}),
    "a number for an id": (order(order_id=17), {"success.vendored", "success.order_id"}),
    "an empty id": (order(order_id=""), {"success.order_id"}),
    "completed": (order(status="completed"), {"success.pending"}),
    "an unknown status": (order(status="new"), {"success.pending", "success.vendored"}),
    "a kit": (order(kits=[{"kit_id": "a"}]), {"success.kits"}),
    "a time without offset": (order(created="2026-03-01T12:00:00"), {"success.created_format"}),
    "a time with a blank": (order(created="2026-03-01 12:00:00Z"), {"success.created_format"}),
    "a day": (order(created="2026-03-01"), {"success.created_format"}),
    "an impossible time": (order(created="2026-13-01T12:00:00Z"), {"success.created_format"}),
    "1970": (order(created="1970-01-01T00:00:00Z"), {"success.created_now"}),
    "an hour off": (order(created="2026-03-01T13:00:00Z"), {"success.created_now"}),
    "a zip without its zero": (address(zip="2134"), {"echo.recipient"}),
    "a name in another form": (recipient(first_name="Zoe\u0308"), {"echo.recipient"}),
    "a made-up line": (address(street2="Apt 1"), {"echo.absent"}),
    "an empty line for none": (address(street2=""), {"echo.absent"}),
    "one kit type": (order(kit_types=["health_kit_1"]), {"echo.kit_types"}),
    "no metadata": (order_without("metadata"), {"echo.metadata"}),
    "a rounded number": (order(metadata={**SENT["metadata"], "big": 9007199254740992}), {"echo.metadata"}),
    "one for true": (order(metadata={**SENT["metadata"], "flag": 1}), {"echo.metadata"}),
    "a dropped null": (order(metadata={k: v for k, v in SENT["metadata"].items() if k != "none"}), {"echo.metadata"}),
    "a reordered list": (order(metadata={**SENT["metadata"], "list": ["1", 1]}), {"echo.metadata"}),
    "an extra name": (order(metadata={**SENT["metadata"], "more": 1}), {"echo.metadata"}),
}


@pytest.mark.parametrize(("reply", "expected"), BAD_ORDERS.values(), ids=BAD_ORDERS)
def test_bad_order_breaks_just_its_rules(reply, expected):
    assert of_order(reply) == expected


def test_metadata_of_an_earlier_order_is_found():
    plain = {name: value for name, value in SENT.items() if name != "metadata"}
    assert broken(checks.success(plain, order(), LIMITS)) == {"echo.absent"}
    assert broken(checks.success(plain, order(metadata={}), LIMITS)) == set()


BAD_ERRORS = {
    "html": (answer(b"<p>", 400, "text/html"), {"refusal.content_type", "refusal.vendored"}),
    "another shape": (answer({"detail": "zip"}, 400), {"refusal.vendored"}),
    "an empty error": (answer({"error": {}}, 400), {"refusal.strict"}),
    "no status": (answer({"error": {"type": "bad_request", "detail": "zip"}}, 400), {"refusal.strict"}),
    "another status": (answer({"error": {**ERROR["error"], "status": 500}}, 400), {"refusal.error_status"}),
    "another type": (error(type="not_found"), {"refusal.error_type"}),
    "an unknown type": (error(type="invalid"), {"refusal.error_type", "refusal.vendored"}),
    "no text": (error(detail=" "), {"refusal.detail"}),
    "another field": (error(detail="The first_name field is required"), {"refusal.names_field"}),
    "a longer word": (error(detail="zipper"), {"refusal.names_field"}),
}


def test_good_error_has_no_problem():
    assert broken(checks.refusal(error(), names=("zip",))) == set()
    assert broken(checks.refusal(error(detail="recipient.address.zip: wrong"), names=("zip",))) == set()


@pytest.mark.parametrize(("reply", "expected"), BAD_ERRORS.values(), ids=BAD_ERRORS)
def test_bad_error_breaks_just_its_rules(reply, expected):
    assert broken(checks.refusal(reply, names=("zip",))) == expected


def test_401_is_held_against_the_rules_of_its_own_chapter():
    good = error(401, type="unauthorized", detail="no")
    assert broken(checks.refusal(good, error_type="unauthorized")) == set()
    assert broken(checks.refusal(error(401), error_type="unauthorized")) == {"authentication.error_type"}


UNIVERSAL = {
    "a server error": (answer(b"", 500, None), {"robustness.no_server_error"}),
    "the token": (answer({"echo": TOKEN}), {"refusal.no_token"}),
    "the token in a header": (answer({}, X_Echo=TOKEN), {"refusal.no_token"}),
    "another order's mark": (answer({"email": "zqhgfedcba"}), {"identity.no_leak"}),
    "another order's mark among letters": (answer({"id": "XZQHGZQHGFEDCBAX"}), {"identity.no_leak"}),
    "a trace": (answer(b"Traceback (most recent call last):", 400), {"refusal.no_trace"}),
    "a path": (answer({"detail": "in /srv/app/orders"}, 400), {"refusal.no_trace"}),
    "a frame": (answer({"detail": "at Order.create (/x/y.js:10:5)"}, 400), {"refusal.no_trace"}),
}


@pytest.mark.parametrize(("reply", "expected"), UNIVERSAL.values(), ids=UNIVERSAL)
def test_rules_of_every_answer_bite(reply, expected):
    assert broken(checks.universal(request(), reply, TOKEN, MARKS)) == expected


def test_501_is_an_answer_to_a_method_that_nobody_knows():
    reply = answer(b"", 501, None)
    assert broken(checks.universal(replace(request(), method="FOO"), reply, TOKEN, MARKS)) == set()
    assert broken(checks.universal(replace(request(), method="PUT"), reply, TOKEN, MARKS)) == {
        "robustness.no_server_error"
    }


@pytest.mark.parametrize("reply", [order(), error(), error(detail="see /api/v2/orders/"), answer(b"<h1>405</h1>", 405)])
def test_honest_answers_break_no_rule_of_every_answer(reply):
    assert broken(checks.universal(request(), reply, TOKEN, MARKS)) == set()


def test_letters_that_look_like_a_mark_are_no_leak():
    assert broken(checks.universal(request(), order(order_id="Q93X52JZWZQFGEMSYCYRFMC03Y"), TOKEN, MARKS)) == set()


def test_token_quoted_by_a_parser_that_met_a_nul_is_no_leak():
    reply = answer(f"Invalid header value: Token {TOKEN}".encode(), 400, "text/plain")
    odd = request(header=b"Token x\x00")
    assert broken(checks.universal(odd, reply, TOKEN, MARKS)) == set()
    assert broken(checks.universal(request(), reply, TOKEN, MARKS)) == {"refusal.no_token"}
    assert broken(checks.universal(odd, error(detail=TOKEN), TOKEN, MARKS)) == {"refusal.no_token"}


def test_word_for_a_token_proves_nothing():
    assert broken(checks.universal(request(), error(detail="Invalid token"), "token", MARKS)) == set()


def test_405_needs_an_allow_header_with_post():
    assert broken(checks.method_refused(answer(b"", 405, None, Allow="OPTIONS, POST"))) == set()
    assert broken(checks.method_refused(answer(b"", 405, None, Allow="GET"))) == {"methods.allow"}
    assert broken(checks.method_refused(answer(b"", 404, None))) == {"methods.refused"}


def test_unsupported_media_type_may_leave_out_the_status():
    without = {"error": {"type": "bad_request", "detail": "no"}}
    assert broken(checks.unsupported(answer(without, 415))) == set()
    assert broken(checks.unsupported(error(415, detail="no"))) == set()
    assert broken(checks.unsupported(answer(ERROR, 415))) == {"media.envelope"}
    assert broken(checks.unsupported(answer({"error": {"type": "x", "detail": "no"}}, 415))) == {"media.envelope"}


def test_429_is_judged_by_its_envelope_and_retry_after():
    good = answer(
        {"error": {"status": 429, "type": "rate_limit_exceeded", "detail": "slow down"}}, 429, Retry_After="1"
    )
    assert broken(checks.throttled(good)) == set()
    without_status = {"error": {"type": "rate_limit_exceeded", "detail": "slow down"}}
    assert broken(checks.throttled(answer(without_status, 429, Retry_After="1"))) == set()
    another_type = {"error": {"type": "bad_request", "detail": "slow down"}}
    assert broken(checks.throttled(answer(another_type, 429, Retry_After="1"))) == {"limits.envelope"}
    assert broken(checks.throttled(answer(b"slow down", 429, "text/plain"))) == {
        "limits.envelope",
        "limits.retry_after",
    }


def test_error_that_repeats_a_value_is_found():
    assert broken(checks.repeats_values(request(), error())) == set()
    assert broken(checks.repeats_values(request(), error(detail="zip of zqabcdefgh"))) == {"refusal.repeats_no_value"}
    assert broken(checks.repeats_values(request(), error(detail="not MX"), ("MX",))) == {"refusal.repeats_no_value"}


def test_white_space_lost_at_the_ends_is_put_down_to_the_advice():
    padded = {**SENT, "recipient": {**SENT["recipient"], "first_name": " Zo\u00eb\r"}}
    assert broken(checks.success(padded, order(), LIMITS)) == {"echo.white_space"}
    assert broken(checks.success(padded, recipient(first_name="Zo"), LIMITS)) == {"echo.recipient"}
    noted = {**SENT, "metadata": {"note": "x "}}
    assert broken(checks.success(noted, order(metadata={"note": "x"}), LIMITS)) == {"echo.metadata"}


def test_ledger_finds_ids_that_repeat_and_a_clock_that_stands():
    ledger = Ledger()
    assert broken(ledger.enter(order(), "first")) == set()
    assert broken(ledger.enter(order(), "second")) == {"identity.own_id"}
    assert broken(ledger.enter(order(order_id="2", created="2026-03-01T12:00:09Z"), "third")) == {
        "success.created_moves"
    }


def test_every_rule_that_a_check_names_is_a_test():
    named = {*cases.SUCCESS, *cases.REFUSAL, *cases.AUTHENTICATION, *cases.ALWAYS}
    found = {
        rule for table in (BAD_ORDERS, BAD_ERRORS, UNIVERSAL) for _, expected in table.values() for rule in expected
    }
    assert named | found <= set(rules.all_rules())


def test_every_rule_has_a_sentence_and_a_source():
    for rule in rules.all_rules().values():
        assert rule.sentence.endswith(".")
        assert "docs/contract.md" in rule.source
        assert rule.advice == rule.sentence.startswith("Advice:")
