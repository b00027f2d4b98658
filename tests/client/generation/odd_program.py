"""Calls every operation of a client made of odd_document.yaml, and prints what was sent and what came of it."""

import datetime as dt
import json
import sys
import uuid

import httpx2
from spot_api_client import AsyncSpotClient, File, SpotClient, UnknownObject, models

ID = "7563e8e2-7fbd-480c-9b8b-2070eda884bf"
THING = {
    "id": ID,
    "kind": "a",
    "labels": {"x": {"a": "1", "b": "2"}},
    "parent": {"id": ID, "kind": "unknown"},
    "list": [[1.5]],
    "maybe": None,
    "odd name!": "q",
    "self": "s",
}
SHOWN = ("accept", "authorization", "cookie", "x-trace")


def as_json(body, status=200):
    return httpx2.Response(status, json=body)


def plain(value):
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, UnknownObject):
        return {"unknown": value.to_dict()}
    if isinstance(value, File):
        return value.read().decode()
    return value.to_dict() if hasattr(value, "to_dict") else value


def a_thing(**more):
    return models.Thing(id=uuid.UUID(ID), kind=models.Kind.B, **more)


FORM = "application/x-www-form-urlencoded"
CALLS = {
    "path, query, header and cookie": (
        lambda client: client.get_thing(
            "a/b ü",
            limit=3,
            names=["x", "y"],
            since=dt.datetime(2023, 1, 1, tzinfo=dt.UTC),
            kind=models.Kind.A,
            timeout=1.5,
            deep=False,
            x_trace="trace",
            crumb="a;b",
            request_timeout=9,
        ),
        as_json(THING),
    ),
    "nothing optional": (lambda client: client.get_thing("a"), as_json(THING)),
    "dotted path": (lambda client: client.get_thing(".."), as_json(THING)),
    "header with a line break": (lambda client: client.get_thing("a", x_trace="a\r\nX: y"), as_json(THING)),
    "no content": (lambda client: client.delete_thing("a"), httpx2.Response(204)),
    "undeclared success": (lambda client: client.delete_thing("a"), httpx2.Response(200)),
    "path and body share a name": (
        lambda client: client.update_thing("a", body=models.ThingUpdate(timeout=4, thing_id="b")),
        httpx2.Response(202),
    ),
    "second kind of success": (lambda client: client.update_thing("a", body=models.ThingUpdate()), as_json(THING)),
    "list of objects": (lambda client: client.list_things(), as_json([THING, THING], 203)),
    "list with a wrong object": (lambda client: client.list_things(), as_json([THING, {}])),
    "optional body absent": (lambda client: client.replace(), as_json({"a": 1})),
    "body that is a list": (
        lambda client: client.replace(body=[a_thing(labels=models.ThingLabels({"a": models.Other(b="x")}))]),
        as_json({"a": 1}, 299),
    ),
    "read-only values of what was read": (
        lambda client: client.replace(
            body=[
                a_thing(
                    stamp="s",
                    parent=a_thing(stamp="s"),
                    labels=models.ThingLabels({"a": models.Other(b="x", seen=True)}),
                    additional_properties={"more": 1},
                )
            ]
        ),
        as_json({"a": 1}),
    ),
    "read-only values in a mapping": (
        lambda client: client.label(body={"a": models.Other(b="x", seen=True)}),
        httpx2.Response(204),
    ),
    "read-only values in to_dict": (
        lambda client: client.list_things(),
        as_json([{**THING, "stamp": "s"}]),
    ),
    "wrong value in a typed mapping": (
        lambda client: client.replace(body=[a_thing(labels=models.ThingLabels({"a": {"b": 5}}))]),
        as_json({"a": 1}),
    ),
    "wrong value in a typed answer": (lambda client: client.replace(), as_json({"a": "x"})),
    "text": (lambda client: client.read_text(), httpx2.Response(200, text="héllo")),
    "file, and fields called as our options": (
        lambda client: client.upload(
            document=File(payload=b"abc", file_name="a.txt", mime_type="text/plain"), note="n", timeout=4, headers="h"
        ),
        httpx2.Response(201, content=b"made"),
    ),
    "bytes": (lambda client: client.send_bytes(body=File(b"xyz")), as_json({"b": "x"})),
    "alternative told by what it requires": (lambda client: client.send_bytes(body=File(b"xyz")), as_json(THING)),
    "unknown alternative": (lambda client: client.send_bytes(body=File(b"xyz")), as_json({"new": 1})),
    "name of a method of ours": (lambda client: client.close_(body=models.Other(b="1")), httpx2.Response(200)),
    "another media type": (
        lambda client: client.close_(body=models.Other(b="1", a="q"), content_type=FORM),
        httpx2.Response(200),
    ),
    "body of another media type": (
        lambda client: client.close_(body=a_thing(), content_type=FORM),
        httpx2.Response(200),
    ),
}


def main():
    told = {}
    for name, (call, answer) in CALLS.items():
        sent = []
        transport = httpx2.MockTransport(lambda request, sent=sent, answer=answer: sent.append(request) or answer)
        with SpotClient(token="t", transport=transport) as client:
            try:
                outcome = plain(call(client))
            except Exception as error:  # noqa: BLE001 - the error is the result
                outcome = f"{type(error).__name__}: {error}"
        told[name] = {"outcome": outcome, "sent": None}
        if sent:
            headers = {key: sent[0].headers[key] for key in SHOWN if key in sent[0].headers}
            content = sent[0].content.decode()
            told[name]["sent"] = [sent[0].method, str(sent[0].url), headers, content]
    told["async methods"] = [name for name in dir(AsyncSpotClient) if not name.startswith("_")]
    json.dump(told, sys.stdout)


main()
