"""How broken cases are grouped into findings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rule_cases import denied, error, exchange, order, placed, recipient, refused
from spot_contract.configuration.waivers import Waiver
from spot_contract.exchanges.intent import Circumstance, Flaw, Intent, Kind
from spot_contract.rules.registry import all_rules
from spot_contract.session.findings import findings
from spot_contract.session.judge import Judge

TOMORROW = datetime.now(UTC).date() + timedelta(days=1)
LEAVES = ("first_name", "last_name", "email", "phone", "address.street1", "address.city", "address.zip")
PLACES = [*(f"recipient.{leaf}" for leaf in LEAVES), "recipient.address.state", "recipient.address.street2"]
ZIP, STATE = "recipient.address.zip", "recipient.address.state"


def in_encoding(one, encoding):
    return replace(one, intent=replace(one.intent, encoding=encoding))


def let_pass(flaw, place, way, circumstance=Circumstance.ORDINARY):
    """A request with this flaw that the server accepted."""
    accepted = refused(order(), flaw, place=place, way=way)
    return replace(accepted, intent=replace(accepted.intent, circumstance=circumstance))


def found(rule, *shown, waivers=()):
    judge = Judge(all_rules())
    for number, one in enumerate(shown, 1):
        judge.observe(replace(one, number=number))
    judge.conclude()

    def is_waived(cell):
        return any(one.forgives(rule, cell.place, cell.encoding, cell.full_way) for one in waivers)

    return findings(all_rules()[rule], judge.records[rule], is_waived, lambda _: False)


def places_and_ways(found):
    return sorted((sorted(one.places), sorted(one.ways)) for one in found)


def coerced(*ways):
    return [let_pass(Flaw.COERCED, place, way) for place in PLACES for way in ways]


def test_texts_coerced_at_nine_places_are_one_finding():
    (one,) = found("refusal.coerced", *coerced("a number", "true", "false"))
    assert sorted(one.places) == sorted(PLACES)
    assert sorted(one.ways) == ["a number", "false", "true"]
    assert one.count == 27


def test_same_cause_in_several_encodings_is_one_finding_with_each_of_them():
    exchanges = [
        in_encoding(one, encoding) for one in coerced("a number") for encoding in ("JSON", "urlencoded (dotted)")
    ]
    (one,) = found("refusal.coerced", *exchanges)
    assert one.encodings == ["JSON", "urlencoded (dotted)"]
    assert one.count == 18


def test_second_cause_under_the_same_rule_is_a_second_finding():
    zip_alone = let_pass(Flaw.TYPE, ZIP, "four digits")
    lists = [let_pass(Flaw.TYPE, place, "a list") for place in PLACES]
    assert places_and_ways(found("refusal.type", *lists, zip_alone)) == sorted(
        [(sorted(PLACES), ["a list"]), ([ZIP], ["four digits"])]
    )


def test_ways_of_the_answer_are_kept_apart():
    one = placed(order(recipient=recipient(first_name="Zo")))
    other = placed(order(recipient=recipient(last_name="O&#x27;Brien")))
    assert len(found("echo.recipient", one, other)) == 2
    assert len(found("echo.recipient", one, one)) == 1


def test_realistic_orders_refused_for_two_fields_are_two_findings():
    exchanges = [placed(error(), place=place, way="refused with 400") for place in (ZIP, "recipient.phone", ZIP)]
    assert places_and_ways(found("success.status", *exchanges)) == [
        (["recipient.address.zip"], ["refused with 400"]),
        (["recipient.phone"], ["refused with 400"]),
    ]


def test_circumstance_in_which_a_rule_changes_nothing_folds_into_the_ordinary_case():
    ordinary = let_pass(Flaw.MISSING, ZIP, "missing")
    chunked = let_pass(Flaw.MISSING, ZIP, "missing", Circumstance.CHUNKED)
    (one,) = found("refusal.required", ordinary, chunked)
    assert one.count == 2


def test_circumstance_that_alone_breaks_a_rule_is_a_finding_of_its_own():
    ordinary = let_pass(Flaw.MISSING, ZIP, "missing")
    chunked = let_pass(Flaw.MISSING, STATE, "missing", Circumstance.CHUNKED)
    assert places_and_ways(found("refusal.required", ordinary, chunked)) == [
        ([STATE], ["missing, in chunks"]),
        ([ZIP], ["missing"]),
    ]


def test_what_breaks_now_and_then_is_no_part_of_what_breaks_always():
    always = [let_pass(Flaw.MISSING, place, "missing") for place in PLACES[:4]]
    sometimes = [let_pass(Flaw.MISSING, ZIP, "missing"), refused(None, Flaw.MISSING, place=ZIP, way="missing")]
    two = found("refusal.required", *always, *sometimes)
    assert places_and_ways(two) == sorted([(sorted(PLACES[:4]), ["missing"]), ([ZIP], ["missing"])])
    assert [one.count for one in two if one.places == [ZIP]] == [1]


def test_what_breaks_now_and_then_at_many_places_is_one_finding():
    exchanges = [
        one
        for place in PLACES
        for one in (let_pass(Flaw.MISSING, place, "missing"), refused(None, Flaw.MISSING, place=place, way="missing"))
    ]
    (one,) = found("refusal.required", *exchanges)
    assert sorted(one.places) == sorted(PLACES)


def test_smallest_request_is_shown():
    large = replace(
        let_pass(Flaw.MISSING, ZIP, "missing"), request=exchange(Intent(Kind.INVALID), "", body=b"x" * 90).request
    )
    small = let_pass(Flaw.MISSING, STATE, "missing")
    for shown in ((large, small), (small, large)):
        (one,) = found("refusal.required", *shown)
        assert one.seen.exchange.request.body == b"{}"


@pytest.mark.parametrize(
    "narrowed",
    [{"place": (ZIP,)}, {"way": ("a number",)}, {"encoding": ("JSON",)}, {"place": ("recipient.address",)}],
    ids=str,
)
def test_waived_and_not_waived_never_join(narrowed):
    exchanges = [
        *coerced("a number", "true"),
        in_encoding(let_pass(Flaw.COERCED, "recipient.phone", "true"), "multipart (json)"),
    ]
    waiver = Waiver("refusal.coerced", "an old parser", TOMORROW, **narrowed)
    two = found("refusal.coerced", *exchanges, waivers=[waiver])
    assert sorted(one.is_waived for one in two) == [False, True]
    for one in two:
        for cell in one.cells:
            assert waiver.forgives("refusal.coerced", cell.place, cell.encoding, cell.full_way) is one.is_waived


def test_credentials_let_in_are_one_finding_for_each_rule():
    exchanges = [denied(Flaw.ANOTHER_SCHEME, order(), way=way) for way in ("Bearer", "Basic", "JWT")]
    (one,) = found("authentication.scheme", *exchanges)
    assert one.ways == ["Bearer", "Basic", "JWT"]
