"""Create-order keeps docs/contract.md, over real HTTP, in a separate process."""

from __future__ import annotations

import json
import socket
import time

import pytest
from order_probes import PROBES
from sandbox_talk import (
    JSON,
    MULTIPART,
    PATH,
    TOKEN,
    URLENCODED,
    Raw,
    envelope,
    multipart,
    refused,
    stated,
    text_of,
)


@pytest.mark.parametrize("name", PROBES)
def test_probe(talk, name):
    PROBES[name](talk)


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

    def test_malformed_json_text_is_refused_by_its_name(self, talk):
        refused(talk.call(b"recipient={", URLENCODED), "recipient")

    def test_parts_in_another_charset_are_refused(self, talk):
        refused(talk.call(multipart([("kit_types", "a", "text/plain; charset=utf-16")]), stated(MULTIPART)))

    def test_file_under_an_unknown_name_does_no_harm(self, talk):
        order = talk.draft()
        parts = [("recipient", json.dumps(order["recipient"])), ("metadata", json.dumps(order["metadata"]))]
        parts += [("kit_types", each) for each in order["kit_types"]] + [('scan"; filename="a.txt', "x")]
        talk.judge(talk.call(multipart(parts), stated(MULTIPART)), order)


class TestRefusal:
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


class TestLimits:
    def test_body_of_1_mib_is_accepted(self, talk):
        order = talk.draft()
        body = text_of(order).encode()
        talk.judge(talk.call(body + b" " * (1024 * 1024 - len(body))), order)

    def test_caller_without_a_token_is_refused_before_the_body_arrives(self, process):
        with socket.create_connection(("127.0.0.1", process.port), timeout=5) as connection:
            connection.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n".encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 401")

    def test_dropped_client_does_no_harm(self, process, talk):
        for _ in range(20):
            connection = socket.create_connection(("127.0.0.1", process.port), timeout=5)
            head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Token {TOKEN}\r\nContent-Type: {JSON}\r\n"
            connection.sendall(f"{head}Content-Length: 1000\r\n\r\n{{".encode())
            connection.close()
        talk.place(talk.draft())


class TestPaths:
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

    def test_compressed_body_is_unsupported(self, talk):
        answer = talk.call(b"x", headers=[("Content-Encoding", "gzip")])
        assert answer.status == 415

    def test_not_even_a_library_names_itself(self, talk):
        assert "server" not in talk.place(talk.draft()).headers
