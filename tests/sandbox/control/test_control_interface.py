"""The control interface of a running server, and the journal that it shows."""

import base64
import json
import socket

import pytest
from sandbox_talk import JSON, PATH, TOKEN, Talk, text_of
from spot_sandbox.control.guard import Guard

API = "/_sandbox/api/"


@pytest.fixture
def talk(process):
    """A caller with a separate token."""
    talk = Talk(process.port)
    talk.token = asked(talk, "tokens", "POST")["token"]
    return talk


def asked(talk, name, method="GET", body=None, *, status=200, **more):
    headers = [("Spot-Sandbox-Token", talk.token)] if getattr(talk, "token", None) else []
    text = b"" if body is None else json.dumps(body).encode()
    more = {"authorization": None, "media": JSON} | more
    more["headers"] = headers + more.get("headers", [])
    answer = talk.call(text, method=method, path=API + name, **more)
    assert answer.status == status, answer
    return json.loads(answer.body)


def ordered(talk, **more):
    return talk.call(text_of(talk.draft()).encode(), authorization=f"Token {talk.token}", **more)


def test_orders_and_requests_are_those_of_one_token(talk, process):
    other = Talk(process.port)
    other.token = asked(other, "tokens", "POST")["token"]
    order_id = json.loads(ordered(talk).body)["order_id"]
    ordered(other)
    [order] = asked(talk, "orders")
    assert (order["order_id"], order["kit_types"]) == (order_id, ["health_kit_1", "health_kit_2"])
    [request] = asked(talk, "requests")
    assert (request["method"], request["path"], request["status"]) == ("POST", PATH, 201)
    assert request["outcome"] == f"Order {order_id} was placed; answered with 201."
    assert json.loads(request["body"])["recipient"]["first_name"] == "Alice"


def test_pages_go_on_after_the_last_one(talk):
    ids = [json.loads(ordered(talk).body)["order_id"] for _ in range(3)]
    first = asked(talk, "orders?limit=2")
    rest = asked(talk, f"orders?after={first[-1]['order_id']}")
    assert [each["order_id"] for each in first + rest] == ids
    numbers = [each["number"] for each in asked(talk, "requests")]
    assert [each["number"] for each in asked(talk, f"requests?after={numbers[0]}&limit=1")] == numbers[1:2]


def test_refused_request_placed_nothing(talk):
    talk.call(b"{}", authorization=f"Token {talk.token}")
    [request] = asked(talk, "requests")
    assert (request["outcome"], request["order_id"]) == ("Nothing was placed; refused with 400.", None)


def test_tokens_and_cookies_are_masked(talk):
    ordered(talk, headers=[("Cookie", "session=secret"), ("X-Trace", "shown")])
    [request] = asked(talk, "requests")
    headers = dict(request["headers"])
    assert (headers["authorization"], headers["cookie"], headers["x-trace"]) == ("Token ***", "***", "shown")
    assert talk.token not in json.dumps(request)


def test_scenario_is_armed_for_one_token_and_disarmed(talk, process):
    armed = asked(talk, "scenarios", "POST", {"scenario": "503", "times": 2, "retry_after": 9})
    assert (armed["scenario"], armed["times"], armed["met"]) == ("503", 2, 0)
    Talk(process.port).place(Talk(process.port).draft())
    answer = ordered(talk)
    assert (answer.status, answer.headers["retry-after"]) == (503, "9")
    shown = asked(talk, "scenarios")
    assert [each["times"] for each in shown["armed"]] == [1]
    assert {"name", "summary", "places_order"} == shown["known"][0].keys()
    asked(talk, "scenarios", "DELETE")
    assert ordered(talk).status == 201


def test_reset_forgets_one_token_only(talk, process):
    other = Talk(process.port)
    other.token = asked(other, "tokens", "POST")["token"]
    for each in (talk, other):
        ordered(each)
    asked(talk, "reset", "POST")
    assert [len(asked(each, name)) for each in (talk, other) for name in ("orders", "requests")] == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("wrong", "status", "message"),
    [
        (("scenarios", "POST", {"scenario": "no such"}), 400, "Unknown scenario 'no such'; the scenarios are: "),
        (("scenarios", "POST", {}), 400, "The scenario has no name"),
        (("scenarios", "POST", []), 400, "The body must be a JSON object"),
        (("scenarios", "POST", {"scenario": "500", "owner": "x"}), 400, "Unknown setting 'owner'"),
        (("scenarios", "POST", {"scenario": "refuse connection"}), 400, "Set seconds for 'refuse connection'"),
        (("orders?limit=many", "GET", None), 400, "The limit parameter must be a whole number."),
        (("orders", "POST", None), 405, "does not allow the method"),
        (("nothing", "GET", None), 404, "/_sandbox/api/orders"),
    ],
)
def test_wrong_request_is_explained(talk, wrong, status, message):
    error = asked(talk, *wrong, status=status)["error"]
    assert message in error["detail"]


def test_unknown_token_is_explained(talk):
    talk.token = "unknown"
    assert "does not contain a valid token" in asked(talk, "orders", status=400)["error"]["detail"]


def test_requests_are_sent_as_events(talk, process):
    with socket.create_connection(("127.0.0.1", process.port), timeout=5) as connection:
        head = f"GET {API}events HTTP/1.1\r\nHost: localhost\r\nSpot-Sandbox-Token: {talk.token}\r\n\r\n"
        connection.sendall(head.encode())
        received = b""
        while b"listening" not in received:
            received += connection.recv(65536)
        assert b"text/event-stream" in received
        Talk(process.port).place(Talk(process.port).draft())
        ordered(talk)
        while b"\n\n" not in received.partition(b"event: request")[2]:
            received += connection.recv(65536)
    data = received.partition(b"data: ")[2].partition(b"\n")[0]
    assert json.loads(data)["outcome"].endswith("was placed; answered with 201.")
    assert received.count(b"event: request") == 1


class TestGuard:
    @pytest.mark.parametrize(
        ("client", "is_accepted"),
        [("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.2", True), ("192.0.2.1", False), ("?", False)],
    )
    def test_other_machines_are_refused(self, client, is_accepted):
        refused = Guard()({"client": (client, 1), "headers": [(b"host", b"localhost")]})
        assert (refused is None) == is_accepted

    def test_password_opens_it_and_nothing_else_does(self, start):
        talk = Talk(start(SPOT_SANDBOX_PASSWORD="open sesame").port)
        right, wrong, empty = (base64.b64encode(f"me:{each}".encode()).decode() for each in ("open sesame", "open", ""))
        for path in ("", "window.js", "api/orders"):
            for given in (None, f"Basic {empty}", f"Basic {wrong}", "Basic !", f"Token {TOKEN}"):
                answer = talk.call(method="GET", path=f"/_sandbox/{path}", authorization=given)
                assert (answer.status, answer.headers["www-authenticate"].partition(" ")[0]) == (401, "Basic")
            assert talk.call(method="GET", path=f"/_sandbox/{path}", authorization=f"Basic {right}").status == 200
        talk.place(talk.draft())


def test_scenario_of_a_header_needs_no_arming(start):
    process = start()
    talk = Talk(process.port)
    body = text_of(talk.draft()).encode()
    assert talk.call(body, headers=[("Spot-Sandbox-Scenario", "502 after commit")]).status == 502
    assert talk.call(body).status == 201
    assert len(asked(talk, "orders")) == 2
    assert process.end() == (0, "", "")
