"""Probes of more than one request: rows of orders, what one leaves to the next, and odd data."""

from __future__ import annotations

import concurrent.futures
import socket
import time

from order_probes import PROBES, ordinary_order, probe
from sandbox_talk import JSON, MULTIPART, TOKEN, URLENCODED, envelope, text_of

__all__ = ["PROBES"]


@probe
def seventy_orders_in_a_row(talk):
    times = []
    for _ in range(70):
        start = time.perf_counter()
        talk.place(talk.draft())
        times.append(time.perf_counter() - start)
    assert sorted(times[-15:])[7] < 10 * sorted(times[:15])[7] + 0.05


@probe
def no_order_stalls(talk):
    for _ in range(20):
        start = time.perf_counter()
        talk.place(talk.draft())
        assert time.perf_counter() - start < 0.8


@probe
def too_many_requests_are_said_rightly(talk):
    for _ in range(40):
        answer = talk.call(text_of(talk.draft()).encode())
        if answer.status != 201:
            assert answer.status == 429, answer
            assert envelope(answer)["type"] == "rate_limit_exceeded"
            assert "retry-after" in answer.headers


@probe
def orders_in_parallel(talk):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(talk.place, [talk.draft() for _ in range(40)]))


@probe
def identical_bodies(talk):
    order = talk.draft()
    for _ in range(3):
        talk.place(order)


@probe
def same_person_at_a_new_address(talk):
    order = talk.draft()
    talk.place(order)
    order["recipient"]["address"]["city"] = "Chicago"
    talk.place(order)


@probe
def same_person_with_new_kits(talk):
    order = talk.draft()
    talk.place(order)
    order["kit_types"] = ["health_kit_9"]
    talk.place(order)


@probe
def metadata_absent_after_present(talk):
    talk.place(talk.draft())
    talk.place(talk.draft(drop=["metadata"]))


@probe
def metadata_with_other_keys(talk):
    talk.place(talk.draft({"metadata": {"first": "x"}}))
    talk.place(talk.draft({"metadata": {"second": "y"}}))


@probe
def street2_absent_after_present(talk):
    talk.place(talk.draft())
    talk.place(talk.draft(drop=["recipient.address.street2"]))


@probe
def two_forms_in_a_row(talk):
    talk.place(talk.draft(), URLENCODED, "dotted")
    talk.place(talk.draft(), MULTIPART, "json")


@probe
def media_types_share_their_ids(talk):
    for _ in range(3):
        talk.place(talk.draft())
        talk.place(talk.draft(), URLENCODED, "dotted")


@probe
def unknown_property(talk):
    talk.place(talk.draft() | {"extra": 1})


@probe
def markup_in_a_name(talk):
    talk.place(talk.draft({"recipient.first_name": "<script>"}))


@probe
def empty_city(talk):
    talk.place(talk.draft({"recipient.address.city": ""}))


@probe
def created_moves_on(talk):
    seen = set()
    for _ in range(2):
        seen.add(talk.place(talk.draft()).tree()["created"])
        time.sleep(0.01)
    assert len(seen) == 2


@probe
def order_after_a_lost_client(talk):
    head = f"POST /api/v2/orders/ HTTP/1.1\r\nHost: x\r\nAuthorization: Token {TOKEN}\r\n"
    with socket.create_connection(("127.0.0.1", talk.port)) as connection:
        connection.sendall(f"{head}Content-Type: {JSON}\r\nContent-Length: 500\r\n\r\nhalf".encode())
        time.sleep(0.1)
    time.sleep(0.1)
    ordinary_order(talk)
