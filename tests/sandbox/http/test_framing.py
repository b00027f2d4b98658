"""An order is the same order however HTTP frames it."""

import time

import pytest
from sandbox_talk import FORMS, PATH, denied, encode, envelope, refused, stated, text_of
from sandbox_wire import OK, carried, chunks, halves, head, in_chunks, whole, wire

GATEWAY = [
    ("X-Forwarded-For", "203.0.113.7, 198.51.100.2"),
    ("X-Forwarded-Proto", "http"),
    ("X-Forwarded-Host", "elsewhere.example"),
    ("X-Forwarded-Port", "8443"),
    ("X-Forwarded-Prefix", "/v9"),
    ("Forwarded", "for=203.0.113.7;proto=http;host=elsewhere.example"),
    ("Via", "1.1 gateway.example"),
    ("X-Real-IP", "203.0.113.7"),
    ("X-Request-ID", "5"),
]


class TestBodies:
    @pytest.mark.parametrize(
        "pieces",
        [
            lambda text: [whole(text)],
            lambda text: [whole(text)[:-1], text[-1:]],
            lambda text: halves(whole(text)),
            lambda text: [whole(text)[: -len(text)], text],
            lambda text: [whole(text)[: -len(text)], *halves(text)],
            lambda text: [in_chunks(text)],
            lambda text: [in_chunks(*halves(text))],
            lambda text: [in_chunks(*(bytes([each]) for each in text))],
            lambda text: halves(in_chunks(*halves(text))),
            lambda text: [head() + b"Transfer-Encoding: chunked\r\n\r\n", chunks(text)[:-5], b"0\r\n", b"\r\n"],
            lambda text: [in_chunks(text, headers=[("Trailer", "X-Sum")])[:-2] + b"X-Sum: 1\r\n\r\n"],
            lambda text: [in_chunks(text).replace(b"\r\n%x\r\n" % len(text), b"\r\n%X;a=b\r\n" % len(text))],
            lambda text: [head() + b"transfer-encoding: Chunked\r\n\r\n" + chunks(text)],
            lambda text: [b"\r\n" + whole(text)],
        ],
    )
    def test_pieces_do_not_matter(self, talk, pieces):
        carried(talk, pieces)

    def test_byte_by_byte(self, talk):
        order = talk.draft()
        with wire(talk) as connection:
            connection.send(*(bytes([each]) for each in whole(text_of(order).encode())), pause=0.0005)
            talk.judge(connection.answer(), order)

    @pytest.mark.parametrize(("media", "style"), FORMS)
    def test_form_in_chunks(self, talk, media, style):
        order = talk.draft()
        with wire(talk) as connection:
            connection.send(in_chunks(*halves(encode(order, media, style)), media=stated(media)))
            talk.judge(connection.answer(), order)

    def test_large_body_in_chunks(self, talk):
        order = talk.draft({"metadata": {f"k{number}": "x" * 1000 for number in range(600)}})
        body = text_of(order).encode()
        with wire(talk) as connection:
            connection.send(in_chunks(*(body[at : at + 7000] for at in range(0, len(body), 7000))))
            talk.judge(connection.answer(), order)

    def test_characters_may_be_split_between_chunks(self, talk):
        carried(
            talk, lambda text: [in_chunks(*(bytes([each]) for each in text))], changes={"metadata": {"a": "\U0001f9ec"}}
        )

    def test_wrong_body_in_chunks_is_refused(self, talk):
        with wire(talk) as connection:
            connection.send(in_chunks(b"{", b"}"))
            refused(connection.answer(), "recipient")

    def test_empty_body_in_chunks_is_refused(self, talk):
        with wire(talk) as connection:
            connection.send(in_chunks())
            refused(connection.answer())


class TestExpect:
    def test_body_is_asked_for(self, talk):
        order = talk.draft()
        text = text_of(order).encode()
        with wire(talk) as connection:
            connection.send(whole(text, headers=[("Expect", "100-continue")])[: -len(text)])
            assert connection.line_end() == OK
            connection.send(text)
            talk.judge(connection.answer(), order)
            assert connection.is_silent()

    def test_chunks_are_asked_for(self, talk):
        order = talk.draft()
        with wire(talk) as connection:
            connection.send(head(headers=[("Expect", "100-Continue")]) + b"Transfer-Encoding: chunked\r\n\r\n")
            assert connection.line_end() == OK
            connection.send(chunks(text_of(order).encode()))
            talk.judge(connection.answer(), order)

    def test_body_that_does_not_wait_is_taken(self, talk):
        order = talk.draft()
        with wire(talk) as connection:
            connection.send(whole(text_of(order).encode(), headers=[("Expect", "100-continue")]))
            assert connection.line_end() == OK
            talk.judge(connection.answer(), order)

    def test_stranger_is_refused_before_the_body(self, talk):
        with wire(talk) as connection:
            connection.send(whole(b"{}", authorized=False, headers=[("Expect", "100-continue")])[:-2])
            denied(connection.answer())


class TestConnections:
    def test_order_after_order(self, talk):
        with wire(talk) as connection:
            for number in range(6):
                order = talk.draft()
                text = text_of(order).encode()
                connection.send(in_chunks(text) if number % 2 else whole(text))
                talk.judge(connection.answer(), order)
                assert connection.is_silent()

    def test_connection_may_be_idle_before_each_request(self, talk):
        with wire(talk) as connection:
            for _ in range(2):
                time.sleep(0.5)
                order = talk.draft()
                connection.send(whole(text_of(order).encode()))
                talk.judge(connection.answer(), order)

    @pytest.mark.parametrize("method", ["HEAD", "GET", "OPTIONS", "DELETE"])
    def test_order_after_another_method(self, talk, method):
        with wire(talk) as connection:
            connection.send(head(method=method) + b"\r\n")
            assert connection.answer(method).status == 405
            order = talk.draft()
            connection.send(whole(text_of(order).encode()))
            talk.judge(connection.answer(), order)

    @pytest.mark.parametrize(
        "request_",
        [
            whole(b"{"),
            whole(b""),
            whole(b"{}", authorized=False),
            in_chunks(b"{", b"}", authorized=False),
            whole(b"<a/>", media="application/xml"),
            whole(b"x" * 100_000, path="/nowhere"),
            whole(b"{}", method="PUT"),
            head() + b"Content-Length: 2\r\nContent-Encoding: gzip\r\n\r\nxx",
        ],
    )
    def test_order_after_a_refused_request(self, talk, request_):
        with wire(talk) as connection:
            connection.send(request_)
            assert 400 <= connection.answer().status < 500
            order = talk.draft()
            connection.send(whole(text_of(order).encode()))
            talk.judge(connection.answer(), order)

    def test_orders_may_be_sent_ahead(self, talk):
        orders = [talk.draft() for _ in range(5)]
        with wire(talk) as connection:
            connection.send(b"".join(whole(text_of(each).encode()) for each in orders))
            for order in orders:
                talk.judge(connection.answer(), order)

    def test_connection_is_closed_when_asked(self, talk):
        order = talk.draft()
        with wire(talk) as connection:
            connection.send(whole(text_of(order).encode(), headers=[("Connection", "close")]))
            talk.judge(connection.answer(), order)
            assert connection.ended()

    def test_old_http_is_answered_with_a_length_and_an_end(self, talk):
        order = talk.draft()
        with wire(talk) as connection:
            connection.send(whole(text_of(order).encode(), version="1.0"))
            talk.judge(connection.answer(), order)
            assert connection.ended()

    def test_old_http_may_keep_the_connection(self, talk):
        with wire(talk) as connection:
            for _ in range(2):
                order = talk.draft()
                connection.send(whole(text_of(order).encode(), version="1.0", headers=[("Connection", "keep-alive")]))
                answer = connection.answer()
                talk.judge(answer, order)
                if answer.headers.get("connection") != "keep-alive":
                    assert connection.ended()
                    break


class TestHeaders:
    @pytest.mark.parametrize(
        "headers",
        [
            GATEWAY,
            [("X-HTTP-Method-Override", "PUT"), ("X-HTTP-Method", "DELETE"), ("X-Method-Override", "GET")],
            [("X-Original-URL", "/nowhere"), ("X-Rewrite-URL", "/nowhere")],
            [("Cookie", "session=5; csrftoken=x"), ("Cookie", "again=1")],
            [("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"), ("Accept-Language", "ar, de;q=0.9")],
            [("Accept", "application/xml")],
            [("Accept", "application/json;version=1")],
            [("Accept-Encoding", "gzip, deflate, br, zstd")],
            [("Accept-Encoding", "identity;q=0")],
            [("Accept-Charset", "utf-16")],
            [("Origin", "https://elsewhere.example"), ("Referer", "https://elsewhere.example/")],
            [("If-None-Match", "*"), ("If-Match", '"x"'), ("If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT")],
            [("Range", "bytes=0-3"), ("Cache-Control", "only-if-cached"), ("Prefer", "return=minimal")],
            [("Upgrade", "h2c"), ("Connection", "Upgrade, HTTP2-Settings"), ("HTTP2-Settings", "AAMAAABkAAQ")],
            [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", "x"), ("DNT", "1")],
            [("Content-Language", "de"), ("Content-MD5", "x"), ("Digest", "sha-256=x"), ("Content-Location", "/x")],
            [("Idempotency-Key", "1"), ("X-User", "admin"), ("TE", "trailers"), ("User-Agent", "")],
            [("X-Odd", "\xff\xe9"), ("X-Empty", ""), ("X-Long", "a" * 7000)],
            [(f"X-Header-{number}", "v" * 40) for number in range(150)],
        ],
        ids=lambda headers: headers[0][0],
    )
    def test_headers_without_meaning_change_nothing(self, talk, headers):
        carried(talk, lambda text: [whole(text, headers=headers)])
        with wire(talk) as connection:
            connection.send(whole(b"{}", headers=headers))
            refused(connection.answer(), "recipient")
            connection.send(whole(b"{}", headers=headers, authorized=False))
            denied(connection.answer())

    def test_offer_of_another_protocol_is_passed_over(self, talk):
        offer = [("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABkAAQ")]
        with wire(talk) as connection:
            for number in range(6):
                order = talk.draft()
                text = text_of(order).encode()
                request = in_chunks(*halves(text), headers=offer) if number % 2 else whole(text, headers=offer)
                connection.send(*(halves(request) if number % 3 else [request]))
                talk.judge(connection.answer(), order)
            connection.send(head(method="GET", headers=offer) + b"\r\n")
            assert connection.answer().status == 405
            connection.send(whole(b"{}", headers=offer))
            refused(connection.answer(), "recipient")

    def test_header_names_have_no_case(self, talk):
        carried(talk, lambda text: [whole(text).replace(b"Authorization", b"AUTHORIZATION").replace(b"ent-", b"eNt-")])

    def test_far_too_many_headers_are_said_to_be_too_large(self, talk):
        for headers in ([("X-Long", "a" * 70_000)], [(f"X-{number}", "v" * 30) for number in range(2000)]):
            with wire(talk) as connection:
                connection.send(whole(b"{}", headers=headers))
                answer = connection.answer()
                assert answer.status == 431
                assert envelope(answer).keys() == {"type", "detail"}
        carried(talk, lambda text: [whole(text)])

    def test_head_without_an_end_is_not_read_to_it(self, talk):
        with wire(talk) as connection:
            connection.send(head() + b"X-Long: ")
            with pytest.raises(OSError, match=r"reset|pipe"):
                connection.send(*[b"a" * 0x10000] * 400, pause=0)
        carried(talk, lambda text: [whole(text)])

    @pytest.mark.parametrize(
        "query",
        ["?", "?a=1&b=2", "?format=xml", "?_method=PUT", "?page=0", "?utm_source=mail", "?%00=%ff", "?" + "a" * 4000],
    )
    def test_query_without_meaning_changes_nothing(self, talk, query):
        carried(talk, lambda text: [whole(text, path=PATH + query)])
        refused(talk.call(b"{}", path=PATH + query), "recipient")
        denied(talk.call(b"{}", path=PATH + query, authorization=None))

    def test_request_line_may_contain_the_whole_url(self, talk):
        carried(talk, lambda text: [whole(text, path=f"http://localhost{PATH}")])

    def test_two_lengths_that_differ_are_no_order(self, talk):
        with wire(talk) as connection:
            connection.send(whole(b"{}", headers=[("Content-Length", "3")]))
            assert connection.answer().status == 400

    def test_bytes_that_are_no_http_are_refused(self, talk):
        with wire(talk) as connection:
            connection.send(b"\x16\x03\x01\x02\x00nonsense\r\n\r\n")
            assert connection.answer().status == 400
        carried(talk, lambda text: [whole(text)])
