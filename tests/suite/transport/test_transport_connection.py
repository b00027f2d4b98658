"""The bytes of requests, and the reading of answers."""

import gzip
import itertools
import threading
import time
import zlib

import pytest
from fake_server import TOKEN, only, order, serving, statuses
from spot_contract.errors import NoAnswer
from spot_contract.exchanges.messages import Carriage, Credential, Request
from spot_contract.transport.target import Target

BODY = b'{"kit_types":[]}'


# What is sent


def test_request_is_written_in_this_order():
    with serving() as (server, sender):
        sender.exchange([order(headers=(("X-Mark", "1"), ("x-MARK", "\u00e9")))])
    assert server.peers[0].data == (
        b"POST /api/orders/ HTTP/1.1\r\nHost: " + server.target.origin.encode() + b"\r\nAccept: application/json\r\n"
        b"Authorization: Token abc\r\nContent-Type: application/json\r\nContent-Length: 16\r\n"
        b"X-Mark: 1\r\nx-MARK: \xc3\xa9\r\n\r\n" + BODY
    )


def test_own_accept_header_is_the_only_one():
    with serving() as (server, sender):
        sender.exchange([order(headers=(("accept", "text/html"),))])
    assert server.peers[0].data.lower().count(b"accept:") == 1
    assert b"accept: text/html\r\n" in server.peers[0].data


@pytest.mark.parametrize(
    "value",
    [b"Token \x00\x01", b" Token  abc ", b"Token abc\t", b"Token \xff\xfe", b"Token abc\rX: y", b"", b"Token \x0b\x7f"],
)
def test_odd_credential_is_sent_byte_for_byte_and_answered(value):
    with serving() as (server, sender):
        outcomes = sender.exchange([order(credential=Credential("odd", value, None)), order()])
    assert statuses(outcomes) == [201, 201]
    assert b"\r\nAuthorization: " + value + b"\r\nContent-Type: " in server.peers[0].data
    assert len(server.used) == 1


@pytest.mark.parametrize(
    "headers",
    [
        (("Content-Length", "16"),),
        (("Content-Length", "16, 16"),),
        (("Host", "elsewhere.example"),),
        (("Transfer-Encoding", "Chunked"),),
        (("X Y", "1"),),
    ],
)
def test_header_that_the_library_would_refuse_or_mend_is_sent_as_it_is(headers):
    with serving(lambda peer: (peer.head(), peer.answer())) as (server, sender):
        assert statuses(sender.exchange([order(headers=headers)])) == [201]
    lines = server.peers[0].data.split(b"\r\n")
    assert f"{headers[0][0]}: {headers[0][1]}".encode() in lines
    assert b"Content-Length: 16" in lines
    assert b"Host: " + server.target.origin.encode() in lines


def test_odd_path_and_method_are_sent_as_they_are():
    with serving() as (server, sender):
        odd = Request("a/b", b"x", TOKEN, "/or ders/\u00e9", method="P OST")
        assert statuses(sender.exchange([odd])) == [201]
    assert server.peers[0].data.startswith("P OST /api/or ders/\u00e9 HTTP/1.1\r\n".encode())


def test_http_1_0_is_sent_on_a_connection_that_is_not_kept():
    with serving() as (server, sender):
        outcomes = sender.exchange([order(carriage=Carriage(version="1.0")), order()])
    assert statuses(outcomes) == [201, 201]
    assert server.peers[0].data.startswith(b"POST /api/orders/ HTTP/1.0\r\nHost: ")
    assert server.peers[0].data.endswith(BODY)
    assert len(server.used) == 2


def test_chunks_have_their_sizes_and_the_last_is_repeated():
    with serving() as (server, sender):
        assert statuses(sender.exchange([order(b"abcdefghijk", carriage=Carriage(chunks=(1, 4)))])) == [201]
    head, _, body = server.peers[0].data.partition(b"\r\n\r\n")
    assert body == b"1\r\na\r\n4\r\nbcde\r\n4\r\nfghi\r\n2\r\njk\r\n0\r\n\r\n"
    assert b"\r\nTransfer-Encoding: chunked" in head
    assert b"Content-Length" not in head


def test_body_in_pieces_takes_so_many_writes_after_the_head():
    with serving() as (server, sender):
        assert statuses(sender.exchange([order(carriage=Carriage(pieces=3, pause=0.05))])) == [201]
    reads = [data for _, data in server.peers[0].reads]
    times = [when for when, _ in server.peers[0].reads]
    assert reads[0].endswith(b"\r\n\r\n")
    assert [len(data) for data in reads[1:]] == [6, 6, 4]
    assert b"".join(reads[1:]) == BODY
    assert all(later - earlier > 0.03 for earlier, later in itertools.pairwise(times))


def test_piece_ends_within_a_character_where_there_is_one():
    body = "é kit types, é, and so on, é".encode()
    with serving() as (server, sender):
        assert statuses(sender.exchange([order(body, carriage=Carriage(pieces=2, pause=0.05))])) == [201]
    pieces = [data for _, data in server.peers[0].reads][1:]
    assert b"".join(pieces) == body
    assert pieces[0].decode(errors="replace").endswith("\ufffd")


def test_expect_sends_the_body_after_leave_is_given():
    def handle(peer):
        head = peer.head()
        assert peer.buffer == b""
        peer.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        peer.body(head)
        peer.answer()

    with serving(handle) as (server, sender):
        (answer,) = sender.exchange([order(carriage=Carriage(expect=True))])
    assert answer.status == 201
    assert answer.seconds < 0.9  # It waits for 100 Continue for at most a second.
    assert b"\r\nExpect: 100-continue\r\n" in server.peers[0].data
    assert server.peers[0].data.endswith(BODY)


def test_expect_sends_no_body_after_a_final_answer():
    with serving(lambda peer: (peer.head(), peer.answer(417), peer.read())) as (server, sender):
        assert statuses(sender.exchange([order(carriage=Carriage(expect=True)), order()])) == [417, 417]
        assert server.peers[0].ended.wait(5)
    assert server.peers[0].data.endswith(b"\r\n\r\n")
    assert len(server.used) == 2


def test_expect_sends_the_body_where_no_leave_is_given(monkeypatch):
    monkeypatch.setattr("spot_contract.transport.connection._CONTINUE", 0.3)
    with serving() as (server, sender):
        (answer,) = sender.exchange([order(carriage=Carriage(expect=True))])
    assert answer.status == 201
    assert 0.25 < answer.seconds < 3
    assert server.peers[0].data.endswith(BODY)


def test_idle_request_waits_on_the_kept_connection():
    with serving() as (server, sender):
        outcomes = sender.exchange([order(), order(carriage=Carriage(idle=0.2))])
    assert statuses(outcomes) == [201, 201]
    assert len(server.used) == 1
    assert outcomes[1].seconds < 0.15
    assert (outcomes[1].sent - outcomes[0].received).total_seconds() > 0.15


def test_raw_bytes_go_out_as_they_are_and_have_no_answer():
    with serving(lambda peer: (peer.read(), peer.answer(400))) as (server, sender):
        assert sender.exchange([order(raw=b"NOT HTTP\r\n\r\n")]) == [None]
        assert server.peers[0].data == b"NOT HTTP\r\n\r\n"
        assert (sender.count.requests, sender.count.orders) == (1, 0)


def test_raw_bytes_that_hang_up_wait_for_nothing():
    received = []
    ended = threading.Event()

    def handle(peer):
        while peer.read():
            pass
        received.append(peer.data)
        ended.set()

    with serving(handle) as (_, sender):
        start = time.monotonic()
        assert sender.exchange([order(raw=b"POST / HT", carriage=Carriage(pause=-1))]) == [None]
        assert time.monotonic() - start < 1
        assert ended.wait(5)
        assert received == [b"POST / HT"]
        assert sender.count.orders == 0


@pytest.mark.parametrize(("status", "orders"), [(201, 1), (400, 0)])
def test_raw_bytes_count_as_an_order_where_the_answer_says_so(status, orders):
    with serving(lambda peer: (peer.head(), peer.answer(status))) as (_, sender):
        sender.exchange([order(raw=b"POST / HTTP/1.1\r\n\r\n")])
        assert sender.count.orders == orders


def test_informational_answer_within_a_body_is_no_answer():
    def handle(peer):
        head = peer.head()
        peer.connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        peer.body(head)
        peer.answer()

    with serving(handle) as (server, sender):
        assert statuses(sender.exchange([order(carriage=Carriage(pieces=4, pause=0.02))])) == [201]
    assert server.peers[0].data.endswith(BODY)


def test_refusal_within_a_body_ends_its_sending():
    with serving(lambda peer: (peer.head(), peer.answer(401), peer.ended.wait(0.2))) as (server, sender):
        (answer,) = sender.exchange([order(carriage=Carriage(pieces=4, pause=0.3))])
    assert answer.status == 401
    assert answer.seconds < 0.6
    assert not server.peers[0].data.endswith(BODY)


# What is read


def test_answer_has_headers_body_and_times():
    def handle(peer):
        peer.request()
        time.sleep(0.05)
        peer.connection.sendall(
            b"HTTP/1.1 201 Created\r\nContent-Type: application/json; charset=utf-8\r\nX-A: 1\r\nx-a: \xe9\r\n"
            b'Transfer-Encoding: chunked\r\n\r\n2\r\n{"\r\n3\r\na":\r\n2\r\n1}\r\n0\r\n\r\n'
        )

    with serving(handle) as (_, sender):
        (answer,) = sender.exchange([order()])
    assert (answer.status, answer.body, answer.media_type) == (201, b'{"a":1}', "application/json")
    assert answer.header("X-A") == "1, \u00e9"
    assert 0.05 <= answer.seconds < 2
    assert abs((answer.received - answer.sent).total_seconds() - answer.seconds) < 0.05
    assert answer.sent.utcoffset().total_seconds() == 0


def test_body_without_a_length_ends_with_the_connection():
    with serving(lambda peer: (peer.request(), peer.connection.sendall(b"HTTP/1.0 200 OK\r\n\r\nall"))) as (_, sender):
        outcomes = sender.exchange([order(), order()])
    assert [answer.body for answer in outcomes] == [b"all", b"all"]


def test_informational_answers_are_passed_over():
    def handle(peer):
        peer.request()
        peer.connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
        peer.answer()

    with serving(handle) as (_, sender):
        assert statuses(sender.exchange([order()])) == [201]


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (b"", "closed the connection without an answer"),
        (b"NOT HTTP\r\n\r\n", "is not HTTP: illegal status line"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "is not HTTP: peer closed connection without sending"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9", "is not HTTP: peer unexpectedly closed connection"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "is not HTTP: illegal chunk header"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "conflicting Content-Length"),
    ],
)
def test_what_is_no_answer_is_reported(sent, message):
    with serving(lambda peer: (peer.request(), peer.connection.sendall(sent))) as (server, sender):
        failure = only(sender.exchange([order()]))
        assert message in str(failure)
        assert type(failure) is NoAnswer
        assert (sender.count.requests, sender.count.orders) == (1, 1)
    assert len(server.used) == 1


def test_bytes_after_an_answer_are_reported_before_the_next_request():
    with serving(lambda peer: (peer.request(), peer.answer(405), peer.read())) as (server, sender):
        first, second = sender.exchange([order(method="HEAD"), order()])
        assert first.status == 405
        assert "belongs to none: b'{}'" in str(second)
        assert sender.count.orders == 0
    assert len(server.used) == 1


COMPRESSORS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": lambda data: zlib.compress(data)[2:-4],
    "identity": lambda data: data,
    "br": lambda data: data,
}


@pytest.mark.parametrize("coding", COMPRESSORS)
def test_compression_that_was_asked_for_is_undone(coding):
    packed, header = COMPRESSORS[coding](b"{}" * 99), f"Content-Encoding: {coding}".encode()
    with serving(lambda peer: (peer.request(), peer.answer(201, packed, header))) as (_, sender):
        (answer,) = sender.exchange([order(headers=(("Accept-Encoding", "gzip, deflate"),))])
    assert answer.body == b"{}" * 99


def test_compression_that_was_not_asked_for_is_kept():
    packed = gzip.compress(b"{}", mtime=0)
    with serving(lambda peer: (peer.request(), peer.answer(201, packed, b"Content-Encoding: gzip"))) as (_, sender):
        (answer,) = sender.exchange([order()])
    assert answer.body == packed


@pytest.mark.parametrize("body", [b"{}", gzip.compress(b"{}", mtime=0)[:-3]])
def test_invalid_compression_is_reported(body):
    with serving(lambda peer: (peer.request(), peer.answer(201, body, b"Content-Encoding: gzip"))) as (_, sender):
        failure = only(sender.exchange([order(headers=(("Accept-Encoding", "gzip"),))]))
    assert str(failure) == "the answer says gzip and is not"


def test_target_has_the_port_only_where_it_is_unusual():
    assert Target("a", 443, secure=True, prefix="/x").url == "https://a/x"
    assert Target("::1", 8000, secure=False, prefix="").origin == "[::1]:8000"
