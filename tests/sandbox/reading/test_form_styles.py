"""Forms send an order in three styles, and text stays text in each of them."""

import json
from urllib.parse import urlencode

import pytest
from sandbox_talk import FORMS, JSON, MULTIPART, URLENCODED, leaves, multipart, refused, stated

# Texts that something between the wire and the database may take for something else.
LOOKALIKES = (
    "0", "007", "1e3", "1.50", "-0", "+1", "0x1F", "1_000", "NaN", "Infinity", "12345678901234567890",
    "2026-02-30", "2026-01-02T03:04:05Z", "1/2/2026", "12:30", "Jan 5",
    "null", "None", "undefined", "nil", "~", "true", "False", "no", "off", "Y", "yes",
    "{}", "[]", '{"a": 1}', '["a", "b"]', '"quoted"', "[object Object]",
    "a=b&c=d", "a;b", "a,b", "100%", "%41", "a+b",
    "<b>bold</b>", "&amp;", "&#65;", "<!-- x -->", "# x", "x -- y", "/* x */ y", "// x", "${x}", "{{ x }}", "%s",
    "=1+1", "@x", "'; --", "\\n", "\\u0041", "a\\", "$ref",
    "first\nsecond", "a\tb", "\ufeffx", "x\u2028y", "caf\u0065\u0301",
)  # fmt: skip
# Names that a library may read as an index, a path or one of its properties.
KEYS = (
    "0", "1", "-1", "007", "null", "true", "no", "2026-01-01", "__proto__", "constructor", "length", "toString",
    "id", "$ref", "$where", "a b", "a-b", "A", "a", "a;b", "a=b", "a&b", "a#b", "a:b", "a/b", "a+b", "a%41", "@x", "&x",
    "<b>", "\u00e9", "e\u0301", "\u212b", "\U0001f9ec", "kit_types", "recipient", "metadata", "#", "--", "a,b", "'",
)  # fmt: skip
IN_BRACKETS = ("a.b", "1.5", ".", "a[b]", "a[0", "a]b")
DOTTED = ("a[0]", "[x]", "a[", "]")


def _metadata(talk, metadata):
    return talk.draft({"metadata": metadata})


@pytest.mark.parametrize(("media", "style"), [(JSON, "json"), *FORMS])
class TestTexts:
    def test_value_that_looks_like_something_else_comes_back(self, talk, media, style):
        talk.place(_metadata(talk, {f"k{number}": text for number, text in enumerate(LOOKALIKES)}), media, style)

    def test_name_that_looks_like_something_else_comes_back(self, talk, media, style):
        for text in LOOKALIKES:
            talk.place(talk.draft({"recipient.first_name": text, "recipient.address.street2": text}), media, style)

    def test_kit_type_that_looks_like_something_else_comes_back(self, talk, media, style):
        talk.place(talk.draft({"kit_types": list(LOOKALIKES)}), media, style)

    def test_key_that_looks_like_something_else_comes_back(self, talk, media, style):
        talk.place(_metadata(talk, dict.fromkeys(KEYS, "x") | {"nested": dict.fromkeys(KEYS, "y")}), media, style)

    def test_key_with_the_signs_of_another_dialect_comes_back(self, talk, media, style):
        keys = {"json": IN_BRACKETS + DOTTED, "dotted": DOTTED, "brackets": IN_BRACKETS}[style]
        talk.place(_metadata(talk, dict.fromkeys(keys, "x") | {"nested": dict.fromkeys(keys, "y")}), media, style)

    def test_empty_text_stays_an_empty_text(self, talk, media, style):
        talk.place(talk.draft({"recipient.address.street2": "", "metadata": {"a": "", "b": {"c": ""}}}), media, style)

    def test_depth_is_kept(self, talk, media, style):
        tree = "x"
        for _ in range(30):
            tree = {"a": tree}
        talk.place(_metadata(talk, tree), media, style)


def _send(talk, pairs, media=URLENCODED):
    body = urlencode(pairs).encode() if media == URLENCODED else multipart(pairs)
    return talk.call(body, stated(media))


def _pairs(order, joined, names):
    """A form whose kit types have these names."""
    pairs = leaves("recipient", order["recipient"], joined)
    return pairs + list(zip(names, order["kit_types"], strict=True))


@pytest.mark.parametrize("joined", ["{}.{}", "{}[{}]"])
@pytest.mark.parametrize("media", [URLENCODED, MULTIPART])
class TestLists:
    @pytest.mark.parametrize(
        "names",
        [
            ["kit_types"] * 3,
            ["kit_types[]"] * 3,
            ["kit_types[0]", "kit_types[1]", "kit_types[2]"],
            ["kit_types", "kit_types[]", "kit_types[9]"],
        ],
    )
    def test_list_comes_in_order(self, talk, media, joined, names):
        order = talk.draft({"kit_types": ["b", "a", "b"]}, drop=["metadata"])
        talk.judge(_send(talk, _pairs(order, joined, names), media), order)

    def test_indexes_say_the_order(self, talk, media, joined):
        order = talk.draft({"kit_types": [f"kit_{number}" for number in range(11)]}, drop=["metadata"])
        pairs = _pairs(order, joined, [f"kit_types[{number}]" for number in range(11)])
        talk.judge(_send(talk, pairs[:-11] + pairs[:-12:-1], media), order)

    def test_single_item_is_a_list(self, talk, media, joined):
        order = talk.draft({"kit_types": ["a"]}, drop=["metadata"])
        for name in ("kit_types", "kit_types[]", "kit_types[0]"):
            talk.judge(_send(talk, _pairs(order, joined, [name]), media), order)

    def test_list_within_metadata_is_kept(self, talk, media, joined):
        order = talk.draft({"metadata": {"a": ["x", "y"], "b": {"c": ["y", "x", "y"]}}})
        pairs = _pairs(order, joined, ["kit_types"] * 2)
        pairs += [(joined.format("metadata", "a"), each) for each in ("x", "y")]
        pairs += [(joined.format(joined.format("metadata", "b"), "c"), each) for each in ("y", "x", "y")]
        talk.judge(_send(talk, pairs, media), order)


def test_brackets_without_an_index_make_a_list_within_metadata(talk):
    order = talk.draft({"metadata": {"a": ["x"]}})
    pairs = [*_pairs(order, "{}[{}]", ["kit_types[]"] * 2), ("metadata[a][]", "x")]
    talk.judge(_send(talk, pairs), order)


def test_dialects_may_differ_from_field_to_field(talk):
    order = talk.draft({"metadata": {"a": {"b": "c"}}})
    pairs = _pairs(order, "{}.{}", ["kit_types[]"] * 2)
    talk.judge(_send(talk, [*pairs, ("metadata[a][b]", "c")]), order)
    talk.judge(_send(talk, [*pairs, ("metadata", json.dumps(order["metadata"]))], MULTIPART), order)


def test_json_text_can_say_null_and_nothing(talk):
    for metadata in (None, {}, {"a": None, "b": [], "c": {}}):
        for media in (URLENCODED, MULTIPART):
            talk.place(_metadata(talk, metadata), media)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (b"recipient.phone=1&recipient.phone=2", "phone"),
        (b"recipient.phone.home=1", "phone"),
        (b"metadata={}&metadata={}", "metadata"),
        (b"metadata={}&metadata.a=1", "metadata"),
        (b"metadata.a=1&metadata.a.b=1", "metadata"),
        (b"kit_types[0]=a&kit_types[0]=b", "kit_types"),
        (b"kit_types[a]=b", "kit_types"),
        (b"kit_types[-1]=b", "kit_types"),
        (b"kit_types[0][1]=b", "kit_types"),
        (b"kit_types[9999999999999]=b", "kit_types"),
        (b"recipient[phone]=1&recipient.phone=2", "phone"),
        (b"recipient[phone][home]=1", "phone"),
        (b"recipient={}&recipient[phone]=1", "recipient"),
        (b"metadata[a]=1&metadata[a][b]=2", "metadata"),
        (b"metadata[a][b]=1&metadata[a]=2", "metadata"),
        (b"metadata[]=1&metadata[a]=2&metadata=3", "metadata"),
    ],
)
def test_field_that_contradicts_another_one_is_refused(talk, form, field):
    refused(talk.call(form, URLENCODED), field)


@pytest.mark.parametrize("name", ["[", "]", "[]", "[a]", "a[", "a]", "a[b", ".", "..", "a[b]c", "a[b].c", "a.b[c]", ""])
def test_unusual_name_does_no_harm(talk, name):
    order = talk.draft(drop=["metadata"])
    pairs = [*_pairs(order, "{}[{}]", ["kit_types"] * 2), (name, "x")]
    for media in (URLENCODED, MULTIPART):
        talk.judge(_send(talk, pairs, media), order)
