"""What each correct server does with orders it must accept."""

import gzip
import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from realistic_orders import ORDERS, order, recipient
from server_wire import SIGNED, STYLES, encode, multipart

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
ABSENT = {"drf": {}, "fastapi-allowing": None, "fastapi-ignoring": {}}


def same(left, right):
    """Equal with every type and digit; Python alone takes True for 1 and 1.0 for 1."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


def assert_echo(wanted, got):
    """Every value sent comes back; undeclared properties may stand beside it."""
    for name, value in wanted.items():
        if isinstance(value, dict):
            assert_echo(value, got[name])
        else:
            assert same(got[name], value), name


def assert_accepted(answer, wanted):
    assert answer.status == 201, answer.body
    placed = answer.json()
    assert isinstance(placed["order_id"], str)
    assert placed["order_id"]
    assert placed["status"] == "pending"
    assert placed["kits"] == []
    assert RFC_3339.fullmatch(placed["created"])
    created = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", placed["created"].upper()))
    assert abs(datetime.now(UTC) - created) < timedelta(seconds=5)
    assert same(placed["kit_types"], wanted["kit_types"])
    assert_echo(wanted["recipient"], placed["recipient"])
    if "street2" not in wanted["recipient"]["address"]:
        assert placed["recipient"]["address"].get("street2") is None
    if "metadata" in wanted:
        assert same(placed["metadata"], wanted["metadata"])
    else:
        assert placed.get("metadata") in (None, {})
    return placed


@pytest.mark.parametrize("style", STYLES)
def test_realistic_orders_are_accepted_and_come_back_as_sent(server, style):
    ids = {assert_accepted(server.order(wanted, style), wanted)["order_id"] for wanted in ORDERS}
    assert len(ids) == len(ORDERS)


@pytest.mark.parametrize("style", ["json", "urlencoded-parts", "multipart-parts"])
def test_null_street2_comes_back_as_null(server, style):
    wanted = order()
    wanted["recipient"]["address"] = {**wanted["recipient"]["address"], "street2": None}
    assert assert_accepted(server.order(wanted, style), wanted)["recipient"]["address"]["street2"] is None


def test_null_metadata_comes_back_as_null(server):
    assert assert_accepted(server.order(order(metadata=None)), order(metadata=None))["metadata"] is None


def test_absent_metadata_is_shown_in_the_way_of_the_variant(server):
    placed = server.order(order()).json()
    if server.variant.startswith("drf"):
        assert placed["metadata"] == {}
    elif server.variant in ABSENT:
        assert placed["metadata"] == ABSENT[server.variant]
    else:
        assert "metadata" not in placed


def test_dotted_metadata_is_understood(server):
    fields = [
        ("kit_types", "health_kit_1"),
        *[(f"recipient.{name}", value) for name, value in recipient().items() if name != "address"],
        *[(f"recipient.address.{name}", value) for name, value in recipient()["address"].items()],
        ("metadata.key", "value é"),
        ("metadata.outer.inner", "1"),
    ]
    answer = server.send(*multipart(fields))
    assert_accepted(answer, order(metadata={"key": "value é", "outer": {"inner": "1"}}))


@pytest.mark.parametrize("style", ["json", "urlencoded-dotted"])
def test_an_empty_street2_comes_back_empty(server, style):
    wanted = order()
    wanted["recipient"]["address"] = {**wanted["recipient"]["address"], "street2": ""}
    assert_accepted(server.order(wanted, style), wanted)


def test_json_parts_may_tell_their_own_media_type(server):
    boundary = "parted"
    texts = [("recipient", json.dumps(recipient())), ("metadata", '{"a": 9007199254740993}')]
    parts = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n'
        f"Content-Type: application/json\r\n\r\n{text}\r\n"
        for name, text in texts
    )
    kit = f'--{boundary}\r\nContent-Disposition: form-data; name="kit_types"\r\n\r\nhealth_kit_1\r\n--{boundary}--\r\n'
    answer = server.send(f'multipart/form-data; boundary="{boundary}"', (parts + kit).encode())
    assert_accepted(answer, order(metadata={"a": 9007199254740993}))


@pytest.mark.parametrize(
    "media_type", ["Application/JSON", "application/json; charset=utf-8", "application/json;charset=UTF-8"]
)
def test_json_is_known_in_any_letter_case_and_with_parameters(server, media_type):
    assert_accepted(server.send(media_type, json.dumps(order()).encode()), order())


@pytest.mark.parametrize("style", STYLES[1:])
def test_forms_are_known_in_any_letter_case(server, style):
    media_type, body = encode(order(), style)
    name, separator, parameters = media_type.partition(";")
    for variation in (name.upper() + separator + parameters, f"{media_type}; charset=utf-8"):
        assert_accepted(server.send(variation, body), order())


def test_a_chunked_body_is_understood(server):
    body = json.dumps(order()).encode()
    head = f"POST /api/v2/orders/ HTTP/1.1\r\nHost: a\r\nAuthorization: Token {server.token}\r\n"
    head += "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (body[:7], body[7:]))
    assert_accepted(server.raw(head.encode() + chunks + b"0\r\n\r\n"), order())


def test_any_accept_header_gets_json(server):
    for accept in ("text/html", "application/xml;q=1", "*/*", "nonsense"):
        assert_accepted(server.order(order(), headers=[SIGNED, ("Accept", accept)]), order())


def test_an_answer_is_compressed_for_those_who_ask_only(server):
    wanted = order(metadata={"note": "again " * 200})  # Django leaves what gains nothing uncompressed.
    answer = server.order(wanted, headers=[SIGNED, ("Accept-Encoding", "gzip")])
    if server.variant.startswith("drf"):
        assert answer.headers["Content-Encoding"] == "gzip"
        answer.body = gzip.decompress(answer.body)
    assert_accepted(answer, wanted)
    assert "Content-Encoding" not in server.order(wanted).headers


def test_parallel_identical_orders_get_ids_of_their_own(server):
    with ThreadPoolExecutor(16) as pool:
        placed = list(pool.map(lambda _: assert_accepted(server.order(order()), order()), range(64)))
    assert len({one["order_id"] for one in placed}) == 64


def test_an_empty_list_of_kits_is_accepted_or_refused_by_name(server):
    answer = server.order(order(kit_types=[]))
    assert answer.status in (201, 400)
    if answer.status == 400:
        assert "kit_types" in answer.json()["error"]["detail"]
