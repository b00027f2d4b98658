"""Parsing and writing YAML 1.2 and JSON, safely and within limits of size."""

import pytest
import yaml
from spot_tools.errors import ToolError
from spot_tools.openapi import documents


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: no", {"a": "no"}),
        ("a: on", {"a": "on"}),
        ("a: 2023-01-01", {"a": "2023-01-01"}),
        ("a: 1:20", {"a": "1:20"}),
        ("a: 017", {"a": 17}),
        ("a: 0o17", {"a": 15}),
        ("a: 0x1F", {"a": 31}),
        ("a: 1e3", {"a": 1000.0}),
        ("a: ~", {"a": None}),
        ("a:", {"a": None}),
        ("a: true", {"a": True}),
        ("200: {}", {"200": {}}),
        ('{"a": [1, "b"]}', {"a": [1, "b"]}),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
    ],
)
def test_values_are_those_of_yaml_1_2(text, value):
    assert documents.parse(text.encode(), "d.yaml") == value


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a: 1\na: 2", "line 2: duplicate key 'a'"),
        (b'{"a": 1, "a": 1}', "duplicate key 'a'"),
        (b"a: .nan", "is not a JSON number"),
        (b'{"a": NaN}', "is not a JSON number"),
        (b"a: {<<: {x: 1}}", "has no merge key"),
        ("a: b # \xe9".encode("latin-1"), "expected UTF-8 text"),
        (b'{"openapi": "3.0.3", "paths":', "not valid YAML"),
        (b"a: [1", "not valid YAML"),
        (b"a: \xff", "not valid YAML"),
        (b"a: !!python/object/apply:os.system [id]", "not valid YAML"),
        (b"? [a]\n: 1", "a key is not a string"),
        (b"a: &a [*a]", "contains itself"),
        (b"a: &a [" + b"0," * 999 + b"]\nb: &b [" + b"*a," * 999 + b"]", "more than 500,000 values"),
        (b"[" * 5000, "nested too deeply"),
    ],
)
def test_an_unsafe_or_invalid_file_is_one_sentence_that_names_it(data, message):
    with pytest.raises(ToolError, match=message) as raised:
        documents.parse(data, "d.yaml")
    assert "d.yaml" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_huge_file_is_rejected_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "MAX_BYTES", 10)
    (tmp_path / "d").write_bytes(b"x" * 11)
    with pytest.raises(ToolError, match="has 11 bytes"):
        documents.read_bytes(tmp_path / "d", "d")


def test_a_missing_file_is_a_sentence(tmp_path):
    with pytest.raises(ToolError, match=r"^d cannot be read \(No such file or directory\): restore it"):
        documents.read_bytes(tmp_path / "d", "d")


@pytest.mark.parametrize("data", [b"[]", b"openapi: 2.0", b"swagger: '2.0'", b"openapi: 3.0.3\ninfo: {}", b"text", b""])
def test_other_documents_are_rejected(data):
    with pytest.raises(ToolError, match="not an OpenAPI 3 document"):
        documents.parse_openapi(data, "d.yaml")


@pytest.mark.parametrize("text", ["no", "1e3", "0o17", "2023-01-01", "null", "", "a: b", "ü\n", "-", "017"])
def test_a_string_stays_a_string_in_yaml_1_1_and_1_2(text):
    written = documents.dump({"k": text}, "comment")
    assert documents.parse(written, "d") == {"k": text}
    assert yaml.safe_load(written) == {"k": text}


def test_dumping_writes_no_aliases():
    shared = ["x"]
    assert b"*" not in documents.dump({"a": shared, "b": shared}, "comment")
