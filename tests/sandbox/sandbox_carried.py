"""Probes of how HTTP carries an order: pieces, Expect, old HTTP, connections, headers, queries and paths."""

from __future__ import annotations

import gzip
import json
import time

from sandbox_claims import shows
from sandbox_probes import ordinary_order
from sandbox_talk import (
    JSON,
    MULTIPART,
    PATH,
    TOKEN,
    URLENCODED,
    denied,
    encode,
    envelope,
    refused,
    stated,
    text_of,
)
from sandbox_wire import OK, carried, chunks, halves, head, in_chunks, whole, wire


@shows("second-chunk-lost")
def order_in_two_chunks(talk):
    carried(talk, lambda text: [in_chunks(*halves(text))])


@shows("last-of-many-chunks-lost")
def order_in_many_chunks(talk):
    carried(talk, lambda text: [in_chunks(*(text[at : at + 50] for at in range(0, len(text), 50)))])


@shows("large-chunks-cut")
def order_in_a_large_chunk(talk):
    carried(talk, lambda text: [in_chunks(text)], changes={"metadata": {"note": "long " * 1200}})


@shows("chunked-forms-read-as-empty")
def form_in_one_chunk(talk):
    order = talk.draft()
    with wire(talk) as connection:
        connection.send(in_chunks(encode(order, MULTIPART, "brackets"), media=stated(MULTIPART)))
        talk.judge(connection.answer(), order)


@shows("body-read-to-the-first-segment")
def body_in_two_segments(talk):
    carried(talk, lambda text: [whole(text)[:-30], text[-30:]])


@shows("late-body-taken-for-empty")
def late_body(talk):
    order = talk.draft()
    text = text_of(order).encode()
    with wire(talk) as connection:
        connection.send(whole(text)[: -len(text)], text, pause=0.3)
        talk.judge(connection.answer(), order)


@shows("slow-body-gets-408")
def slow_body(talk):
    order = talk.draft()
    text = text_of(order).encode()
    with wire(talk) as connection:
        connection.send(whole(text)[: -len(text)], *halves(text), pause=0.15)
        talk.judge(connection.answer(), order)


@shows("split-head-refused")
def head_in_two_segments(talk):
    carried(talk, lambda text: [whole(text)[:40], whole(text)[40:]])


@shows("expect-never-answered", "expect-refused-with-417")
def body_that_waits_to_be_asked_for(talk):
    order = talk.draft()
    text = text_of(order).encode()
    with wire(talk) as connection:
        connection.send(whole(text, headers=[("Expect", "100-continue")])[: -len(text)])
        assert connection.line_end() == OK
        connection.send(text)
        talk.judge(connection.answer(), order)


@shows("body-after-continue-lost")
def body_long_after_continue(talk):
    order = talk.draft()
    with wire(talk) as connection:
        connection.send(head(headers=[("Expect", "100-continue")]) + b"Transfer-Encoding: chunked\r\n\r\n")
        assert connection.line_end() == OK
        time.sleep(0.05)
        connection.send(chunks(text_of(order).encode()))
        talk.judge(connection.answer(), order)


@shows("old-http-gets-426", "old-http-answered-in-chunks")
def order_in_old_http(talk):
    carried(talk, lambda text: [whole(text, version="1.0")])


@shows("head-answered-with-a-body", "order-after-head-answered-without-a-body")
def order_after_head(talk):
    order = talk.draft()
    with wire(talk) as connection:
        connection.send(head(method="HEAD") + b"\r\n")
        assert connection.answer("HEAD").status == 405
        connection.send(whole(text_of(order).encode()))
        talk.judge(connection.answer(), order)


@shows("offer-of-http-2-loses-the-body")
def order_with_an_offer_of_http_2(talk):
    offer = [("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAEAAEAAAAIAAAAB")]
    carried(talk, lambda text: [whole(text, headers=offer)])


def _before_the_token(headers):
    """An order whose token comes after the other headers."""

    def pieces(text):
        return [whole(text, authorized=False, headers=[*headers, ("Authorization", f"Token {TOKEN}")])]

    return pieces


@shows("headers-beyond-4-kib-lost")
def token_after_5_kib_of_headers(talk):
    carried(talk, _before_the_token([(f"X-Trace-{number}", "t" * 250) for number in range(20)]))


@shows("large-headers-get-400")
def seven_kib_of_headers(talk):
    carried(talk, _before_the_token([("X-Trace", "t" * 7 * 1024)]))


@shows("many-headers-get-400")
def seventy_headers(talk):
    carried(talk, _before_the_token([(f"X-{number}", "1") for number in range(70)]))


@shows("lower-case-header-names-unseen")
def header_names_in_lower_case(talk):
    carried(talk, lambda text: [head_in_lower_case(whole(text))])


def head_in_lower_case(request):
    """The request with its header names in lower case."""
    first, *lines = request.partition(b"\r\n\r\n")[0].split(b"\r\n")
    lines = [name.lower() + colon + rest for name, colon, rest in (line.partition(b":") for line in lines)]
    return b"\r\n".join([first, *lines]) + b"\r\n\r\n" + request.partition(b"\r\n\r\n")[2]


@shows("repeated-header-fails")
def header_that_comes_twice(talk):
    carried(talk, _before_the_token([("Via", "1.1 first"), ("Via", "1.1 second")]))


def _pause(talk, pause, *orders):
    with wire(talk) as connection:
        for order in orders:
            connection.send(whole(text_of(order).encode()))
            talk.judge(connection.answer(), order)
            time.sleep(pause)


@shows("idle-connection-told-408", "request-after-a-pause-dropped", "answer-repeated-after-a-pause")
def order_on_an_idle_connection(talk):
    _pause(talk, 0.4, talk.draft(), talk.draft())


@shows("street2-remembered-by-the-connection")
def street2_absent_on_a_reused_connection(talk):
    _pause(talk, 0, talk.draft(), talk.draft(drop=["recipient.address.street2"]))


@shows("token-remembered-by-the-connection")
def stranger_on_a_reused_connection(talk):
    with wire(talk) as connection:
        connection.send(whole(text_of(talk.draft()).encode()))
        assert connection.answer().status == 201
        connection.send(whole(text_of(talk.draft()).encode(), authorized=False))
        denied(connection.answer())


@shows("media-type-remembered-by-the-connection")
def form_after_json_on_one_connection(talk):
    with wire(talk) as connection:
        for media in (JSON, URLENCODED, MULTIPART):
            order = talk.draft()
            connection.send(whole(encode(order, media, "dotted"), media=stated(media)))
            talk.judge(connection.answer(), order)


@shows("body-of-a-stranger-left-over")
def order_after_a_stranger_on_one_connection(talk):
    order = talk.draft()
    with wire(talk) as connection:
        connection.send(whole(text_of(order).encode(), authorized=False))
        denied(connection.answer())
        connection.send(whole(text_of(order).encode()))
        talk.judge(connection.answer(), order)


def _unpacked(answer):
    if answer.headers.get("content-encoding") == "gzip":
        answer.body = gzip.decompress(answer.body)
    return answer


@shows("gzip-twice", "gzip-with-the-length-of-the-text")
def order_of_a_client_that_accepts_gzip(talk):
    order = talk.draft({"metadata": {"note": "again and again " * 40}})
    answer = talk.call(text_of(order).encode(), headers=[("Accept-Encoding", "gzip, deflate")])
    talk.judge(_unpacked(answer), order)


@shows("gzip-of-refusals-unlabelled")
def refusal_of_a_client_that_accepts_gzip(talk):
    refused(_unpacked(talk.call(b"{}", headers=[("Accept-Encoding", "gzip")])), "recipient")


@shows("gzip-sent-to-who-accepts-identity")
def large_order_of_a_client_without_gzip(talk):
    order = talk.draft({"metadata": {"note": "again and again " * 100}})
    talk.judge(talk.call(text_of(order).encode(), headers=[("Accept-Encoding", "identity")]), order)


def _headers(name, headers, *faults):
    @shows(*faults, name=f"order with {name}")
    def ask(talk):
        talk.place(talk.draft(), headers=headers)


_headers("X-HTTP-Method-Override", [("X-HTTP-Method-Override", "DELETE")], "method-override-trusted")
_headers("X-Original-URL", [("X-Original-URL", "/admin")], "original-url-trusted")
_headers("X-Forwarded-Proto", [("X-Forwarded-Proto", "http")], "forwarded-http-redirected")
_headers("X-Forwarded-Host", [("X-Forwarded-Host", "shop.example")], "forwarded-host-refused")
_headers("two forwarded addresses", [("X-Forwarded-For", "192.0.2.1, 192.0.2.2")], "forwarded-list-fails")
_headers("a session's cookie", [("Cookie", "theme=dark; sessionid=abc")], "session-cookie-asks-for-csrf")
_headers("an Origin", [("Origin", "https://shop.example")], "foreign-origin-refused")
_headers("an Accept of images", [("Accept", "image/png")], "other-accept-gets-406")


def _stranger(name, headers, fault):
    @shows(fault, name=f"stranger with {name}")
    def ask(talk):
        denied(talk.call(text_of(talk.draft()).encode(), authorization=None, headers=headers))


_stranger("X-Remote-User", [("X-Remote-User", "alice")], "forwarded-user-trusted")
_stranger("a forwarded loopback", [("X-Forwarded-For", "127.0.0.2")], "forwarded-loopback-trusted")
_stranger("an Accept of XML", [("Accept", "text/xml, */*;q=0.1")], "strangers-refused-as-xml")
_stranger("the token in a cookie", [("Cookie", f"auth={TOKEN}")], "token-accepted-in-a-cookie")


@shows("browsers-refused-as-html")
def refusal_of_a_browser(talk):
    refused(talk.call(b"{}", headers=[("Accept", "text/html, */*")]), "recipient")


@shows("refusals-translated")
def refusal_of_a_french_client(talk):
    refused(talk.call(b"{}", headers=[("Accept-Language", "fr-CA, en;q=0.5")]), "recipient")


def _query(name, query, *faults):
    @shows(*faults, name=f"order with {name}")
    def ask(talk):
        talk.place(talk.draft(), path=f"{PATH}?{query}")


_query("a method in the query", "_method=delete", "method-in-the-query-trusted")
_query("a format in the query", "format=html", "format-in-the-query-trusted")
_query("a query that is no UTF-8", "name=%e9t%e9", "odd-query-fails")


@shows("answers-cached-by-query")
def two_orders_with_one_query(talk):
    talk.place(talk.draft(), path=f"{PATH}?lang=en")
    talk.place(talk.draft(), path=f"{PATH}?lang=en")


def _path(path, fault):
    @shows(fault, name=f"path {path}")
    def ask(talk):
        answer = talk.call(text_of(talk.draft()).encode(), path=path)
        assert 400 <= answer.status < 500, answer
        assert json.loads(answer.body)["error"]["type"] == "not_found"
        envelope(answer)


_path("/api//v2/orders/", "doubled-slashes-merged")
_path("/API/v2/orders/", "path-case-ignored")
_path("/api/v2/orders/new", "longer-paths-accepted")
_path("/api/v7/orders/", "any-version-accepted")
_path("/api/v2/orders", "missing-slash-fails")


@shows("bodies-of-whole-kib-get-502")
def body_of_2_kib(talk):
    order = talk.draft()
    body = text_of(order).encode()
    talk.judge(talk.call(body + b" " * (2048 - len(body))), order)
    ordinary_order(talk)
