"""What an order says comes back as it was sent, over real HTTP, from a separate process."""

import json
import time

import pytest
from sandbox_talk import JSON, MULTIPART, TOKEN, URLENCODED, Raw, encode, multipart, stated, text_of

ORDERS = {
    "an ordinary one": {},
    "zip with a leading zero": {"recipient.address.zip": "00501"},
    "Canadian address": {
        "recipient.address.country": "CA",
        "recipient.address.state": "ON",
        "recipient.address.zip": "K1A 0B1",
    },
    "upper-case e-mail": {"recipient.email": "ALICE@example.com"},
    "plus-addressed e-mail": {"recipient.email": "alice+kits@example.com"},
    "international phone": {"recipient.phone": "+1 (202) 555-0123"},
    "markup": {"recipient.first_name": "<script>"},
    "empty city": {"recipient.address.city": ""},
    "NUL": {"recipient.first_name": "a\0b"},
    "emoji": {"recipient.first_name": "Zo \U0001f9ec"},
    "composed accent": {"recipient.first_name": "Zo\u00eb"},
    "decomposed accent": {"recipient.first_name": "Zoe\u0308"},
    "Chinese name": {"recipient.first_name": "\u660e"},
    "name with an apostrophe": {"recipient.last_name": "O'Neil"},
    "blanks at the ends of a name": {"recipient.first_name": " Alice "},
    "street2 null": {"recipient.address.street2": None},
    "kit ordered twice": {"kit_types": ["b_kit", "c_kit", "b_kit"]},
    "kits out of order": {"kit_types": ["b_kit", "a_kit"]},
    "ten kits": {"kit_types": [f"kit_{number}" for number in range(10)]},
    "large metadata": {"metadata": {"note": "x" * 600_000}},
    "further properties of the recipient": {"recipient.middle_name": "Q", "recipient.address.floor": 3},
    "metadata null": {"metadata": None},
}
METADATA = {
    "nothing in it": "{}",
    "an integer beyond 2^53": '{"n": 9007199254740993}',
    "a fraction": '{"n": 98.125}',
    "a whole float": '{"n": 1.0}',
    "a number beyond floats": '{"n": 1e400}',
    "minus zero": '{"n": -0}',
    "minus zero as a float": '{"n": -0.0}',
    "a zero at the end": '{"n": 1.10}',
    "an exponent": '{"n": 1E+2}',
    "a number too small for floats": '{"n": 1e-400}',
    "a tenth": '{"n": 0.1}',
    "more digits than a float has": '{"n": 12345678901234567890.5}',
    "half a million digits": f'{{"n": {"7" * 500_000}}}',
    "true": '{"b": true}',
    "unsorted keys": '{"b": 1, "a": 2, "c": {"z": 1, "y": 2}}',
    "800 levels": '{"a":' + "[" * 800 + "]" * 800 + "}",
    "null within": '{"a": null, "b": 1}',
    "an empty object": '{"a": {}}',
    "an empty list": '{"a": []}',
    "four levels": '{"a": {"b": {"c": {"d": 1}}}}',
    "lone surrogates": '{"a": "\\ud800", "\\udfff": 1}',
    "an unsorted list": '{"a": ["c", "b"]}',
    "a key in Greek": '{"\u03ba\u03bb\u03b5\u03b9\u03b4\u03af": "x"}',
    "an emoji": '{"a": "\U0001f9ec"}',
    "a sign of HTML": '{"a": "x < y"}',
    "blanks at the ends": '{"a": " b "}',
    "digits in a text": '{"a": "007"}',
}


@pytest.mark.parametrize("changes", ORDERS.values(), ids=ORDERS)
def test_order_comes_back_as_it_was_sent(talk, changes):
    talk.place(talk.draft(changes))


@pytest.mark.parametrize("path", ["recipient.address.street2", "metadata"])
def test_what_is_not_required_may_be_absent(talk, path):
    talk.place(talk.draft(drop=[path]))


@pytest.mark.parametrize("text", METADATA.values(), ids=METADATA)
def test_metadata_come_back_as_they_were_sent(talk, text):
    talk.place(talk.draft({"metadata": Raw(text)}))


@pytest.mark.parametrize(
    ("media", "text"),
    [
        (JSON, "application/json; charset=utf-8"),
        (JSON, "APPLICATION/JSON"),
        (URLENCODED, f"{URLENCODED}; charset=UTF-8"),
    ],
)
def test_media_type_may_have_a_charset_and_capitals(talk, media, text):
    order = talk.draft()
    talk.judge(talk.call(encode(order, media, "dotted"), text), order)


def test_scheme_may_be_in_lower_case(talk):
    talk.place(talk.draft(), authorization=f"token {TOKEN}")


def test_body_of_1_mib_is_accepted(talk):
    order = talk.draft()
    body = text_of(order).encode()
    talk.judge(talk.call(body + b" " * (1024 * 1024 - len(body))), order)


class TestEcho:
    def test_unknown_top_level_properties_do_no_harm(self, talk):
        order = talk.draft()
        talk.judge(talk.call(text_of(order | {"coupon": [1, {}]}).encode()), order)

    def test_white_space_around_the_body_does_no_harm(self, talk):
        order = talk.draft()
        talk.judge(talk.call(b" \r\n\t" + text_of(order).encode() + b"\n"), order)

    def test_equal_orders_are_separate_orders(self, talk):
        order = talk.draft()
        assert len({talk.place(order).tree()["order_id"] for _ in range(3)}) == 3

    def test_created_is_the_time_of_each_order(self, talk):
        first = talk.place(talk.draft()).tree()["created"]
        time.sleep(0.01)
        assert first < talk.place(talk.draft()).tree()["created"]


class TestForms:
    def test_styles_may_differ_from_field_to_field(self, talk):
        order = talk.draft()
        address = order["recipient"].pop("address")
        parts = [(f"recipient.{name}", value) for name, value in order["recipient"].items()]
        parts += [("recipient.address", json.dumps(address), JSON), ("metadata", json.dumps(order["metadata"]))]
        parts += [("kit_types", each) for each in order["kit_types"]]
        order["recipient"]["address"] = address
        talk.judge(talk.call(multipart(parts), stated(MULTIPART)), order)

    def test_part_may_say_that_it_is_json(self, talk):
        order = talk.draft()
        parts = [
            ("recipient", json.dumps(order["recipient"]), "application/json; charset=utf-8"),
            ("kit_types", json.dumps(order["kit_types"]), JSON),
            ("metadata", json.dumps(order["metadata"]), JSON),
        ]
        talk.judge(talk.call(multipart(parts), stated(MULTIPART)), order)

    def test_text_part_may_say_that_it_is_json(self, talk):
        order = talk.draft(drop=["metadata"])
        recipient = order["recipient"]
        pairs = [("recipient.first_name", '"Alice"', JSON), ("recipient.address", json.dumps(recipient["address"]))]
        pairs += [(f"recipient.{name}", recipient[name]) for name in ("last_name", "email", "phone")]
        answer = talk.call(
            multipart([*pairs, ("kit_types", '"a"', JSON), ("kit_types", "b", "text/plain")]), stated(MULTIPART)
        )
        assert answer.tree()["recipient"]["first_name"] == "Alice"
        assert answer.tree()["kit_types"] == ["a", "b"]

    def test_metadata_of_json_text_keeps_its_types(self, talk):
        talk.place(talk.draft({"metadata": Raw('{"n": 1.0, "b": true, "x": null}')}), URLENCODED, "json")

    def test_characters_of_forms_are_kept(self, talk):
        order = talk.draft(
            {"recipient.first_name": "a\0b \U0001f9ec", "recipient.last_name": "null", "metadata": {"=&": "+%"}}
        )
        for media in (URLENCODED, MULTIPART):
            talk.place(order, media, "dotted")

    def test_file_under_an_unknown_name_does_no_harm(self, talk):
        order = talk.draft()
        parts = [("recipient", json.dumps(order["recipient"])), ("metadata", json.dumps(order["metadata"]))]
        parts += [("kit_types", each) for each in order["kit_types"]] + [('scan"; filename="a.txt', "x")]
        talk.judge(talk.call(multipart(parts), stated(MULTIPART)), order)
