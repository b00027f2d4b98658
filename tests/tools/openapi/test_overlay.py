"""Overlays: the effects of actions, and errors for actions without one."""

import pytest
from spot_tools.errors import ToolError
from spot_tools.openapi.overlay import apply, read

DOCUMENT = {"info": {"title": "T"}, "tags": ["a"], "parts": [{"n": 1}, {"n": 2}, {"n": 3}]}


def overlay(action: str, head: str = "overlay: 1.0.0\ninfo: {title: t, version: '1'}\n") -> bytes:
    reasons = "description: a reason, x-source: a source"
    return f"{head}actions:\n  - {{{action}, {reasons}}}\n".encode()


def applied(action: str) -> dict:
    return apply(DOCUMENT, read(overlay(action), "o.yaml"))


@pytest.mark.parametrize(
    ("action", "key", "value"),
    [
        ("target: $, update: {info: {version: '2'}}", "info", {"title": "T", "version": "2"}),
        ("target: $.info, update: {title: U}", "info", {"title": "U"}),
        ("target: $, update: {tags: [b]}", "tags", ["a", "b"]),
        ("target: $.tags, update: b", "tags", ["a", "b"]),
        ("target: $, update: {tags: [null]}", "tags", ["a", None]),
        ("target: '$.parts[?@.n < 3]', remove: true", "parts", [{"n": 3}]),
        ("target: $.info.title, remove: true", "info", {}),
    ],
)
def test_an_action_merges_appends_or_removes(action, key, value):
    assert applied(action)[key] == value


def test_the_given_document_is_not_changed():
    applied("target: $.info, update: {title: U}")
    assert DOCUMENT["info"] == {"title": "T"}


def test_two_matches_do_not_share_the_update():
    parts = applied("target: '$.parts[0:2]', update: {extra: {x: 1}}")["parts"]
    assert parts[0]["extra"] == parts[1]["extra"] == {"x": 1}
    assert parts[0]["extra"] is not parts[1]["extra"]


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("target: $.nowhere, update: {a: 1}", r"action 1 \(\$\.nowhere\) matches nothing"),
        ("target: $.nowhere, remove: true", "matches nothing"),
        ("target: $.info, update: {title: T}", "changes nothing at /info"),
        ("target: $, update: {tags: [a]}", "adds a value to 'tags' that is already there"),
        ("target: $, update: {info: text}", "changes the type of 'info'"),
        ("target: $.info.title, update: U", "neither an object nor a list"),
        ("target: $.info, update: U", "updates an object with a value that is not an object"),
        ("target: $, remove: true", "would remove the whole document"),
        ("target: '$.[', remove: true", "an invalid JSONPath"),
        ("target: $.info, remove: 'false'", "expected true or false"),
        ("target: $.info, remove: false", "needs either update or remove"),
        ("target: $.info, remove: true, update: {a: 1}", "needs either update or remove"),
        ("target: $.info, updates: {a: 1}", "unknown key 'updates'"),
        ("update: {a: 1}", "needs a target"),
    ],
)
def test_an_invalid_action_or_one_without_effect_is_an_error_that_names_it(action, message):
    with pytest.raises(ToolError, match=message) as raised:
        applied(action)
    assert "o.yaml, action 1" in str(raised.value)


@pytest.mark.parametrize("missing", ["description", "x-source"])
def test_an_action_without_reason_or_source_is_an_error(missing):
    data = overlay("target: $.info, remove: true").replace(f"{missing}: a".encode(), f"{missing}: ''".encode())
    data = data.replace(b"'' reason", b"''").replace(b"'' source", b"''")
    with pytest.raises(ToolError, match=f"needs {missing}"):
        read(data, "o.yaml")


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("target: $.info, x-sorce: s, remove: true", "has the unknown key 'x-sorce'; known are description, remove"),
        ("target: $.info, update: {x-shwon: [n]}", "adds the unknown extension 'x-shwon'"),
        ("target: $, update: {parts: [{properties: {a: {x-shwon: [n]}}}]}", "unknown extension 'x-shwon'"),
    ],
)
def test_an_unknown_extension_is_an_error(action, message):
    with pytest.raises(ToolError, match=message):
        read(overlay(action), "o.yaml")


def test_names_and_examples_that_begin_with_x_are_not_extensions():
    update = "{properties: {x-ray: {x-shown: [a]}}, headers: {x-rate: {}}, example: {x-any: 1}}"
    assert len(read(overlay(f"target: $.info, update: {update}"), "o.yaml")) == 1


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("overlay: 2.0.0\ninfo: {title: t, version: '1'}\n", "not an overlay"),
        ("overlay: 1.0.0\n", "needs an info object"),
        ("overlay: 1.0.0\ninfo: {title: t, version: '1'}\nextras: 1\n", "unknown key 'extras'"),
        ("overlay: 1.0.0\ninfo: {title: t, version: '1'}\nx-extra: 1\n", "unknown key 'x-extra'"),
        ("overlay: 1.0.0\ninfo: {title: t, version: '1', x-of: 1}\n", "info has the unknown key 'x-of'"),
    ],
)
def test_an_invalid_overlay_is_an_error(head, message):
    with pytest.raises(ToolError, match=message):
        read(overlay("target: $, remove: true", head), "o.yaml")


@pytest.mark.parametrize("actions", [b"", b"actions: {}\n", b"actions: no\n", b"action: []\n"])
def test_an_overlay_without_a_list_of_actions_is_an_error(actions):
    with pytest.raises(ToolError, match=r"needs a list of actions, which may be empty|unknown key 'action'"):
        read(b"overlay: 1.0.0\ninfo: {title: t, version: '1'}\n" + actions, "o.yaml")


@pytest.mark.parametrize("actions", [b"actions: []\n", b"actions:\n"])
def test_an_overlay_may_have_no_action(actions):
    assert read(b"overlay: 1.0.0\ninfo: {title: t, version: '1'}\n" + actions, "o.yaml") == []
