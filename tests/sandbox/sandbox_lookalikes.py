"""Probes of what comes back: texts and keys that look like something else, limits, and what is in the middle."""

from __future__ import annotations

from sandbox_claims import shows
from sandbox_probes import CANADA
from sandbox_talk import MULTIPART, URLENCODED, Raw, leaves, multipart, refused, stated, text_of


def _echo(name, changes, *faults):
    @shows(*faults, name=name)
    def ask(talk):
        talk.place(talk.draft(changes))


def _value(name, value, *faults):
    _echo(f"metadata with {name}", {"metadata": {"note": value}}, *faults)


def _keys(name, metadata, *faults):
    _echo(f"metadata with {name}", {"metadata": metadata}, *faults)


_value("the word off", "off", "yaml-words-become-booleans")
_echo("Ontario", CANADA, "ontario-becomes-true")
_value("the word None", "None", "words-for-nothing-become-null")
_echo("surname Null", {"recipient.last_name": "Null"}, "surname-null-refused")
_value("a date", "2031-07-04", "dates-become-moments")
_value("a time of day", "9:45", "clock-times-become-numbers")
_value("a price in a text", "2.50", "decimal-texts-become-numbers")
_echo("street2 with an exponent", {"recipient.address.street2": "3E2"}, "exponents-evaluated")
_value("JSON in a text", '{"size": "M"}', "json-within-texts-decoded")
_value("a tag", "take <i>two</i>", "tags-stripped")
_echo("apartment with a number sign", {"recipient.address.street2": "Apt #4"}, "street2-cut-at-a-number-sign")
_value("two hyphens", "ring twice -- then wait", "double-hyphens-cut")
_value("an address of the web", "https://shop.example/cart", "double-slashes-cut")
_value("a block comment", "left /* or right */ door", "block-comments-cut")
_value("a formula", "=A1", "formula-signs-quoted")
_value("an entity", "salt &amp; pepper", "entities-decoded")
_value("a percent sign", "50%25", "percent-signs-decoded")
_value("a backslash", "C:\\orders", "backslashes-lost")
_keys("indexes for keys", {"steps": {"0": "wake", "1": "spit"}}, "index-keys-become-lists")
_keys("the key __proto__", {"__proto__": "x", "note": "y"}, "prototype-keys-dropped")
_keys("a key with a dollar sign", {"$set": "x"}, "dollar-keys-dropped")
_keys("a key with brackets", {"line[sku]": "x"}, "keys-with-brackets-nested")
_keys("keys that differ in case", {"Ref": "x", "ref": "y"}, "keys-that-differ-in-case-merged")
_value("a ligature", "of\ufb01ce", "compatible-characters-folded")
_echo("name with a curly quote", {"recipient.last_name": "O\u2019Hara"}, "curly-quotes-straightened")
_echo("Persian name", {"recipient.first_name": "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"}, "joiners-lost")
_value("two blanks", "first  second", "double-blanks-become-one")
_value("a line break", "first\nsecond", "line-breaks-become-blanks")
_echo("German street", {"recipient.address.street1": "5 Gro\u00dfe Allee"}, "sharp-s-spelt-out")
_echo(
    "Greek name",
    {"recipient.last_name": "\u03a0\u03b1\u03c0\u03b1\u03b4\u03cc\u03c0" * 3},
    "long-names-in-bytes-refused",
)
_echo("long Japanese city", {"recipient.address.city": "\u6771\u4eac" * 6}, "city-cut-in-bytes")
_echo("long Thai street", {"recipient.address.street1": "\u0e16\u0e19\u0e19" * 8}, "street-cut-within-a-character")
_value("a text of 300 bytes", "\u00f6" * 150, "values-cut-at-255-bytes")
_echo("name of emoji", {"recipient.first_name": "\U0001f33b" * 13}, "first-name-cut-in-utf-16")
_value("an emoji before other words", "thanks \U0001f64f very much", "text-from-an-emoji-on-lost")
_value("a NUL", "before\0after", "text-from-a-nul-on-lost")


@shows("length-counted-in-characters")
def accents_of_two_bytes(talk):
    order = talk.draft()
    order["recipient"]["first_name"] = Raw('"Ren\u00e9e"')
    talk.place(order)


_keys("an integer beyond 2^24", Raw('{"n": 16777217}'), "numbers-in-single-precision")
_keys("an integer beyond 2^31", Raw('{"n": 5000000000}'), "integers-held-in-32-bits")
_echo("three kits", {"kit_types": ["kit_a", "kit_b", "kit_c"]}, "middle-kit-type-lost")
_echo("four kits", {"kit_types": ["kit_a", "kit_b", "kit_c", "kit_d"]}, "inner-kit-types-swapped")
_value("a text of 100 characters", "abcdefghij" * 10, "every-64th-character-lost")
_echo("three first names", {"recipient.first_name": "Anna Maria Luisa"}, "middle-names-lost")
_keys("three members within", {"gift": {"from": "x", "to": "y", "text": "z"}}, "middle-member-within-metadata-lost")
_keys("three items within", {"tags": ["x", "y", "z"]}, "middle-item-within-metadata-null")
_echo("Alaska", {"recipient.address.state": "AK", "recipient.address.zip": "99501"}, "alaska-and-hawaii-refused")


@shows("every-9th-metadata-lost")
def ten_orders_with_metadata(talk):
    for _ in range(10):
        talk.place(talk.draft())


def _form(name, order_changes, media, joined, kit_types, *faults):
    """An order in a form whose kit types have the names given."""

    @shows(*faults, name=f"form with {name}")
    def ask(talk):
        order = talk.draft(order_changes)
        pairs = [pair for each in ("recipient", "metadata") for pair in leaves(each, order[each], joined)]
        pairs += zip(kit_types, order["kit_types"], strict=True)
        if media == MULTIPART:
            talk.judge(talk.call(multipart(pairs), stated(media)), order)
        else:
            talk.judge(talk.call("&".join(f"{key}={value}" for key, value in _quoted(pairs)).encode(), media), order)


def _quoted(pairs):
    from urllib.parse import quote_plus  # noqa: PLC0415 - brackets stay as they are, as browsers' libraries leave them.

    return [(quote_plus(key, safe="[]"), quote_plus(value)) for key, value in pairs]


TWO = ["kit_types"] * 2
_form(
    "eleven indexes",
    {"kit_types": [f"kit_{letter}" for letter in "abcdefghijk"]},
    URLENCODED,
    "{}[{}]",
    [f"kit_types[{number}]" for number in range(11)],
    "indexes-sorted-as-texts",
)
_form("empty brackets", {}, URLENCODED, "{}[{}]", ["kit_types[]"] * 2, "first-of-empty-brackets-counts")
_form("digits in metadata", {"metadata": {"ref": "4711"}}, MULTIPART, "{}.{}", TWO, "numbers-within-forms-typed")
_form(
    "seven levels",
    {"metadata": {"a": {"b": {"c": {"d": {"e": {"f": {"g": "x"}}}}}}}},
    URLENCODED,
    "{}[{}]",
    TWO,
    "brackets-read-to-depth-five",
)
_form("a semicolon", {"metadata": {"note": "left; right"}}, URLENCODED, "{}.{}", TWO, "semicolons-separate-fields")
_form("a last line break", {"metadata": {"note": "x\r\n"}}, MULTIPART, "{}.{}", TWO, "last-line-break-of-a-part-lost")
_form("an empty street2", {"recipient.address.street2": ""}, URLENCODED, "{}.{}", TWO, "empty-texts-of-forms-are-null")


@shows("quoted-boundary-unsupported")
def boundary_in_quotes(talk):
    order = talk.draft()
    pairs = [("recipient", text_of(order["recipient"])), ("metadata", text_of(order["metadata"]))]
    body = multipart(pairs + [("kit_types", each) for each in order["kit_types"]])
    talk.judge(talk.call(body, 'multipart/form-data; boundary="5d1b7f3c"'), order)


@shows("quoted-charset-unsupported")
def charset_in_quotes(talk):
    order = talk.draft()
    talk.judge(talk.call(text_of(order).encode(), 'application/json; charset="utf-8"'), order)


@shows("second-error-fails")
def two_wrong_fields(talk):
    order = talk.draft({"recipient.email": 5, "recipient.address.country": "GB"})
    refused(talk.call(text_of(order).encode()), "email", "country")
