"""What is wrong is refused, by the name of what is wrong and without harm to the next order."""

import json
import socket

import pytest
from sandbox_talk import (
    FORMS,
    JSON,
    MULTIPART,
    PATH,
    TOKEN,
    URLENCODED,
    Raw,
    denied,
    encode,
    envelope,
    multipart,
    refused,
    stated,
    text_of,
)

REQUIRED = (
    "kit_types",
    "recipient",
    "recipient.address",
    *(f"recipient.{leaf}" for leaf in ("first_name", "last_name", "email", "phone")),
    *(f"recipient.address.{place}" for place in ("street1", "city", "state", "country", "zip")),
)


def assert_named(talk, path, changes=None, *, drop=(), form=(JSON, "json")):
    """An order with these changes is refused, and the detail names the last word of the path."""
    answer = talk.call(encode(talk.draft(changes, drop=drop), *form), stated(form[0]))
    refused(answer, path.rpartition(".")[2])


class TestFields:
    @pytest.mark.parametrize("path", REQUIRED)
    def test_missing_one_is_named(self, talk, path):
        assert_named(talk, path, drop=[path])

    @pytest.mark.parametrize("form", FORMS)
    @pytest.mark.parametrize("path", REQUIRED)
    def test_one_that_a_form_lacks_is_named(self, talk, path, form):
        assert_named(talk, path, drop=[path], form=form)

    @pytest.mark.parametrize("value", [None, 5, True])
    @pytest.mark.parametrize("path", REQUIRED)
    def test_one_of_a_wrong_type_is_named(self, talk, path, value):
        assert_named(talk, path, {path: value})

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("kit_types", "health_kit_1"),
            ("kit_types", [1, 2]),
            ("kit_types", ["health_kit_1", 2]),
            ("metadata", "text"),
            ("metadata", []),
            ("recipient.address.street2", 2),
            ("recipient.address.country", "ZZ"),
            ("recipient.address.country", "us"),
        ],
    )
    def test_one_with_a_wrong_value_is_named(self, talk, path, value):
        assert_named(talk, path, {path: value})

    def test_right_one_in_a_list_or_as_json_text_is_named(self, talk):
        recipient = talk.draft()["recipient"]
        assert_named(talk, "recipient", {"recipient": [recipient]})
        assert_named(talk, "recipient.address", {"recipient.address": text_of(recipient["address"])})

    @pytest.mark.parametrize("form", FORMS)
    def test_country_that_is_not_served_is_refused_in_a_form(self, talk, form):
        assert_named(talk, "country", {"recipient.address.country": "ZZ"}, form=form)

    def test_canadian_address_needs_a_province(self, talk):
        canada = {"recipient.address.country": "CA", "recipient.address.zip": "K1A 0B1"}
        assert_named(talk, "state", canada, drop=["recipient.address.state"])

    def test_all_wrong_fields_are_named(self, talk):
        draft = talk.draft({"recipient.address.country": "ZZ"}, drop=["recipient.email", "recipient.address.zip"])
        detail = refused(talk.call(text_of(draft).encode()))
        assert all(name in detail for name in ("country", "email", "zip"))

    def test_no_value_is_repeated(self, talk):
        order = talk.draft(
            {"recipient.first_name": 987654, "recipient.address.country": "Ruritania", "metadata": "secret"}
        )
        detail = refused(talk.call(text_of(order).encode()))
        assert not any(value in detail for value in ("987654", "Ruritania", "secret"))

    def test_hundred_thousand_wrong_items_are_refused_at_once(self, talk):
        talk.timeout = 2
        refused(talk.call(text_of(talk.draft({"kit_types": Raw(f"[{'1,' * 200_000}1]")})).encode()), "kit_types")


BODIES = {
    "malformed JSON": (b'{"kit_types": [}', JSON),
    "JSON that ends too early": (b'{"kit_types": ["a"', JSON),
    "nothing": (b"", JSON),
    "a list": (b"[]", JSON),
    "null": (b"null", JSON),
    "a text": (b'"x"', JSON),
    "invalid UTF-8": (b'{"kit_types": "\xff"}', JSON),
    "NaN": (b'{"metadata": NaN}', JSON),
    "duplicate keys": (b'{"kit_types": [], "kit_types": []}', JSON),
    "nesting 10,000 deep": (b'{"metadata": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", JSON),
    "invalid UTF-8 in a form": (b"kit_types=%FF", URLENCODED),
    "an empty form": (b"", URLENCODED),
    "broken multipart": (b"--nothing", stated(MULTIPART)),
    "multipart that ends too early": (multipart([("kit_types", "a")])[:-6], stated(MULTIPART)),
    "multipart without a boundary": (b"x", MULTIPART),
    "a part in another charset": (
        multipart([("kit_types", "a", "text/plain; charset=utf-16")]),
        stated(MULTIPART),
    ),
}


class TestBodies:
    @pytest.mark.parametrize(("body", "media"), BODIES.values(), ids=BODIES)
    def test_one_that_is_no_order_is_refused_and_the_next_order_is_placed(self, talk, body, media):
        refused(talk.call(body, media))
        talk.place(talk.draft())

    def test_malformed_json_text_is_refused_by_its_name(self, talk):
        refused(talk.call(b"recipient={", URLENCODED), "recipient")

    def test_file_where_a_text_is_expected_is_refused_by_its_name(self, talk):
        refused(talk.call(multipart([('kit_types"; filename="a.txt', "a")]), stated(MULTIPART)), "kit_types")

    def test_too_large_one_is_refused_and_the_next_order_is_placed(self, talk):
        answer = talk.call(b" " * (1024 * 1024 + 1))
        assert answer.status == 413
        assert envelope(answer).keys() == {"type", "detail"}
        talk.place(talk.draft())

    @pytest.mark.parametrize("media", ["application/xml", "text/plain", None])
    def test_another_media_type_is_415(self, talk, media):
        answer = talk.call(text_of(talk.draft()).encode(), media)
        assert answer.status == 415, answer
        assert "status" not in envelope(answer)

    def test_compressed_one_is_415(self, talk):
        answer = talk.call(b"x", headers=[("Content-Encoding", "gzip")])
        assert answer.status == 415

    def test_dropped_client_does_no_harm(self, process, talk):
        for _ in range(20):
            connection = socket.create_connection(("127.0.0.1", process.port), timeout=5)
            head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Token {TOKEN}\r\nContent-Type: {JSON}\r\n"
            connection.sendall(f"{head}Content-Length: 1000\r\n\r\n{{".encode())
            connection.close()
        talk.place(talk.draft())


CREDENTIALS = {
    "no header": None,
    "Bearer": f"Bearer {TOKEN}",
    "Basic": f"Basic {TOKEN}",
    "another scheme": f"ApiKey {TOKEN}",
    "no scheme": TOKEN,
    "empty token": "Token ",
    "another token": "Token tok",
    "another token of the same length": "Token " + "x" * len(TOKEN),
    "a prefix of the token": f"Token {TOKEN[:-1]}",
    "a longer token": f"Token {TOKEN}x",
    "the token in another case": f"Token {TOKEN.upper()}",
    "two headers": [f"Token {TOKEN}", f"Token {TOKEN}"],
    "bytes beyond ASCII": b"Token \xff\xfe",
}


class TestCredentials:
    @pytest.mark.parametrize(("media", "style"), [(JSON, "json"), (URLENCODED, "dotted"), (MULTIPART, "json")])
    @pytest.mark.parametrize("given", CREDENTIALS.values(), ids=CREDENTIALS)
    def test_other_ones_are_denied(self, talk, given, media, style):
        denied(talk.call(encode(talk.draft(), media, style), stated(media), authorization=given))

    @pytest.mark.parametrize("name", ["token", "api_key", "access_token"])
    def test_token_in_the_query_is_denied(self, talk, name):
        denied(talk.call(text_of(talk.draft()).encode(), authorization=None, path=f"{PATH}?{name}={TOKEN}"))

    @pytest.mark.parametrize("given", [None, "Token wrong"])
    def test_wrong_body_is_denied_too(self, talk, given):
        denied(talk.call(b'{"x', authorization=given))

    def test_caller_without_a_token_is_refused_before_the_body_arrives(self, process):
        with socket.create_connection(("127.0.0.1", process.port), timeout=5) as connection:
            connection.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n".encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 401")


class TestPathsAndMethods:
    def test_health_needs_no_token(self, talk):
        answer = talk.call(method="GET", path="/healthz", authorization=None, media=None)
        assert (answer.status, json.loads(answer.body)) == (200, {"status": "ok"})

    def test_health_allows_get_only(self, talk):
        answer = talk.call(path="/healthz")
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")

    @pytest.mark.parametrize("path", ["/", "/api/v2/orders", "/api/v2/orders/O1000001/", "/api/v2/orders//"])
    def test_unknown_path_is_not_found(self, talk, path):
        answer = talk.call(path=path)
        assert answer.status == 404
        error = envelope(answer)
        assert (error["status"], error["type"]) == (("number", "404"), "not_found")

    def test_not_even_a_library_names_itself(self, talk):
        assert "server" not in talk.place(talk.draft()).headers

    @pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE"])
    def test_other_methods_are_405(self, talk, method):
        answer = talk.call(text_of(talk.draft()).encode(), method=method)
        assert answer.status == 405, answer
        assert answer.headers.get("allow") == "POST"

    def test_another_method_without_a_token_shows_nothing(self, talk):
        assert talk.call(method="GET", authorization=None).status in {401, 405}
