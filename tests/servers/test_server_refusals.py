"""What each correct server refuses, and how."""

import copy
import json
import socket

import pytest
from realistic_orders import order
from server_wire import FORM, SIGNED, STYLES, TOKEN, encode, multipart

TEXTS = [
    *[("recipient", name) for name in ("first_name", "last_name", "email", "phone")],
    *[("recipient", "address", name) for name in ("street1", "city", "state", "country", "zip")],
]
REQUIRED = [("kit_types",), ("recipient",), ("recipient", "address"), *TEXTS]
NO_TEXTS = [None, 94105, 1.5, True, [], ["MA"], {}, {"a": "MA"}]
NO_OBJECTS = [None, 1, True, "text", "", [], [{}]]
PARTS = ["json", "urlencoded-parts", "multipart-parts"]
TRACES = ["Traceback", 'File "', "site-packages", ".py", TOKEN]


def assert_refused(answer, leaf=""):
    assert answer.status == 400, answer.body
    error = answer.json()["error"]
    assert error["status"] == 400
    assert error["type"] == "bad_request"
    assert isinstance(error["detail"], str)
    assert error["detail"].strip()
    assert leaf in error["detail"], error
    assert not [trace for trace in TRACES if trace in error["detail"]]


def changed(place, value=...):
    """An order with this value in this place; without one, the place is not there."""
    whole = copy.deepcopy(order(metadata={"a": 1}))
    *holders, leaf = place
    holder = whole
    for name in holders:
        holder = holder[name]
    if value is ...:
        del holder[leaf]
    else:
        holder[leaf] = value
    return whole


@pytest.mark.parametrize("style", STYLES)
def test_an_absent_required_field_is_named(server, style):
    for place in REQUIRED:
        assert_refused(server.order(changed(place), style), place[-1])


@pytest.mark.parametrize("style", PARTS)
def test_a_text_of_another_type_is_named(server, style):
    for place in TEXTS:
        for value in NO_TEXTS:
            assert_refused(server.order(changed(place, value), style), place[-1])
    for value in NO_TEXTS[1:]:
        assert_refused(server.order(changed(("recipient", "address", "street2"), value), style), "street2")


@pytest.mark.parametrize("style", PARTS)
def test_an_object_of_another_type_is_named(server, style):
    for value in NO_OBJECTS:
        assert_refused(server.order(changed(("recipient", "address"), value), style), "address")
        assert_refused(server.order(changed(("recipient",), value), style), "recipient")


@pytest.mark.parametrize("style", PARTS)
def test_metadata_of_another_type_is_named(server, style):
    for value in [1, 0, True, False, 1.5, "text", "", [], [{}]]:
        assert_refused(server.order(changed(("metadata",), value), style), "metadata")


def test_kit_types_of_another_type_are_named(server):
    for value in [
        None,
        "health_kit_1",
        "",
        {},
        {"0": "health_kit_1"},
        1,
        True,
        [1],
        [None],
        [["health_kit_1"]],
        [True],
    ]:
        assert_refused(server.order(changed(("kit_types",), value)), "kit_types")
    for bad in [5, None, {}]:
        assert_refused(server.order(changed(("kit_types",), ["health_kit_1", bad])), "kit_types")


@pytest.mark.parametrize("style", STYLES)
def test_another_country_is_named(server, style):
    for country in ["MX", "us", "USA", "", "U", "C A", "United States"]:
        assert_refused(server.order(changed(("recipient", "address", "country"), country), style), "country")


@pytest.mark.parametrize("style", ["urlencoded-dotted", "multipart-dotted"])
def test_a_dotted_text_in_place_of_an_object_is_named(server, style):
    assert_refused(server.order(changed(("recipient", "address"), "12 Elm St"), style), "address")
    assert_refused(server.order(changed(("recipient",), "Ann"), style), "recipient")
    assert_refused(server.order(changed(("metadata",), "note"), style), "metadata")


def test_a_body_that_is_no_json_object_is_refused(server):
    texts = [
        "",
        " ",
        "{",
        "[]",
        "[{}]",
        '"text"',
        "5",
        "null",
        "true",
        "{'a': 1}",
        "kit_types=a",
        "{}}",
        "\ufeff{}",
        "NaN",
    ]
    for text in texts:
        assert_refused(server.send("application/json", text.encode()))


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_json_with_a_number_that_is_none_is_refused(server, constant):
    text = json.dumps(order(metadata={"a": 5})).replace("5}", f"{constant}}}")
    assert_refused(server.send("application/json", text.encode()))
    elsewhere = json.dumps(order(note=5)).replace("5}", f"{constant}}}")
    assert_refused(server.send("application/json", elsewhere.encode()))


@pytest.mark.parametrize(
    "media_type", [FORM, "multipart/form-data; boundary=b", "application/json", "text/plain", None]
)
def test_an_empty_body_is_refused(server, media_type):
    assert_refused(server.send(media_type, b""))


def test_a_form_of_other_fields_is_refused(server):
    assert_refused(server.send(FORM, b"a=b&c"))
    assert_refused(server.send(*multipart([("a", "b")])))


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/xml", "application/jsonx", "text/json", "image/png", "x", "", None]
)
def test_another_media_type_is_refused(server, media_type):
    answer = server.send(media_type, json.dumps(order()).encode())
    assert answer.status in (400, 415)
    error = answer.json()["error"]
    assert error["type"] == "bad_request"
    assert error["detail"]
    assert error.get("status", answer.status) == answer.status


BAD_HEADERS = {
    "no header": [],
    "another scheme": [("Authorization", f"Bearer {TOKEN}")],
    "a longer scheme": [("Authorization", f"Tokens {TOKEN}")],
    "no scheme": [("Authorization", TOKEN)],
    "no space": [("Authorization", f"Token{TOKEN}")],
    "no token": [("Authorization", "Token")],
    "an empty token": [("Authorization", "Token ")],
    "an empty header": [("Authorization", "")],
    "another token": [("Authorization", "Token another")],
    "a prefix": [("Authorization", f"Token {TOKEN[:-1]}")],
    "a suffix": [("Authorization", f"Token {TOKEN[1:]}")],
    "more": [("Authorization", f"Token {TOKEN}x")],
    "two tokens": [("Authorization", f"Token {TOKEN} {TOKEN}")],
    "upper case": [("Authorization", f"Token {TOKEN.upper()}")],
    "lower case": [("Authorization", f"Token {TOKEN.lower()}")],
    "a quoted token": [("Authorization", f'Token "{TOKEN}"')],
    "key and value": [("Authorization", f"Token token={TOKEN}")],
    "high bytes": [("Authorization", b"Token \xff\xfe\xe9")],
    "another header": [("X-Authorization", f"Token {TOKEN}")],
    "a cookie": [("Cookie", f"token={TOKEN}")],
}


def assert_unauthorised(answer):
    assert answer.status == 401, answer.body
    error = answer.json()["error"]
    assert error["status"] == 401
    assert error["type"] == "unauthorized"
    assert error["detail"]
    assert TOKEN not in answer.body.decode()


@pytest.mark.parametrize("case", BAD_HEADERS)
def test_a_request_without_the_token_is_unauthorised(server, case):
    for style in STYLES:
        assert_unauthorised(server.order(order(), style, headers=BAD_HEADERS[case]))


@pytest.mark.parametrize("name", ["token", "auth_token", "Authorization", "api_key", "access_token"])
def test_a_token_in_the_query_string_is_unauthorised(server, name):
    for value in (TOKEN, f"Token%20{TOKEN}"):
        assert_unauthorised(server.order(order(), path=f"/api/v2/orders/?{name}={value}", headers=[]))


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b""),
        ("application/json", b"{"),
        ("text/plain", b"x"),
        (FORM, b"a"),
        (None, b""),
        encode({}, "json"),
    ],
)
def test_authentication_comes_before_validation(server, content_type, body):
    assert_unauthorised(server.send(content_type, body, headers=[("Authorization", "Token another")]))


def test_the_letter_case_of_the_scheme_is_free_unless_the_variant_says_so(server):
    status = 401 if server.variant == "fastapi-allowing" else 201
    for scheme in ("token", "TOKEN", "tOkEn"):
        assert server.order(order(), headers=[("Authorization", f"{scheme} {TOKEN}")]).status == status


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "TRACE", "FROBNICATE"])
def test_another_method_gets_405_with_the_allowed_one(server, method):
    answer = server.send(None, b"", method=method)
    assert answer.status == 405
    assert "POST" in answer.headers["Allow"]


def test_an_answer_to_head_has_no_content(server):
    head = f"HEAD /api/v2/orders/ HTTP/1.1\r\nHost: a\r\nAuthorization: Token {TOKEN}\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as wire:
        wire.sendall(head.encode())
        received = b"".join(iter(lambda: wire.recv(65536), b""))
    assert b" 405 " in received
    assert received.partition(b"\r\n\r\n")[2] == b""


def test_options_gets_405_or_tells_the_allowed_method(server):
    answer = server.send(None, b"", method="OPTIONS")
    assert answer.status in (200, 204, 405)
    assert "POST" in answer.headers["Allow"]


def test_another_path_is_not_found(server):
    assert server.order(order(), path="/api/v2/nothing/").status == 404


def test_an_undeclared_property_is_refused_by_name_or_does_no_harm(server):
    for place in [("nickname",), ("recipient", "nickname"), ("recipient", "address", "nickname")]:
        answer = server.order(changed(place, "Annie"))
        if server.variant in ("drf-refusing-unknown", "fastapi", "fastapi-micro", "fastapi-lower"):
            assert_refused(answer, "nickname")
            continue
        assert answer.status == 201
        keeps = place[0] == "recipient" and server.variant.startswith(("plain", "fastapi-allowing"))
        assert ("Annie" in answer.body.decode()) == keeps


def test_signed_requests_are_what_the_other_tests_send(server):
    assert server.order(order(), headers=[SIGNED]).status == 201
