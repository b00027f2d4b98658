"""Makes the call of each case with the generated client, and prints what was sent and what came of it."""

import asyncio
import datetime as dt
import json
import sys
import uuid

import httpx2
import spot_api_client as spot
from spot_api_client import UNSET, AsyncSpotClient, File, SpotClient, models

NAMES = {"UNSET": UNSET, "File": File, "models": models, "spot": spot, "dt": dt, "uuid": uuid}


def response(answer):
    content = answer.get("bytes", "").encode("latin-1") or answer.get("text", "").encode()
    if "json" in answer:
        content = json.dumps(answer["json"]).encode()
    kind = answer.get("type", "application/json")
    return httpx2.Response(answer.get("status", 200), content=content, headers={"Content-Type": kind})


def connected(case, kind, sent):
    def serve(request):
        sent.append(request)
        return response(case.get("answer", {"json": {}}))

    given = {"token": "t", **case.get("client", {})}
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    return kind(transport=httpx2.MockTransport(serve), max_retries=0, **given)


async def awaited(case, sent):
    async with connected(case, AsyncSpotClient, sent) as client:
        return await eval(f"client.{case['call']}", {**NAMES, "client": client})


def attempt(case, asynchronous):
    sent = []
    result = {"sent": None, "problem": None}
    try:
        if asynchronous:
            value = asyncio.run(awaited(case, sent))
        else:
            with connected(case, SpotClient, sent) as client:
                value = eval(f"client.{case['call']}", {**NAMES, "client": client})
        if not eval(case.get("gives", "True"), {**NAMES, "result": value}):
            result["problem"] = f"gives {type(value).__name__} {value!r} {getattr(value, 'additional_properties', '')}"
    except Exception as error:  # noqa: BLE001 - the error is the result
        result["problem"] = f"{type(error).__name__}: {error}".replace("AsyncSpot", "Spot")
    if sent:
        url = sent[0].url
        host = "" if url.host == "app.example.com" else f"{url.scheme}://{url.host}"
        result["sent"] = f"{sent[0].method} {host}{url.raw_path.decode('ascii')}"
        result["headers"] = dict(sent[0].headers)
        result["body"] = sent[0].content.decode()
    return result


json.dump([[attempt(case, kind) for kind in (False, True)] for case in json.load(sys.stdin)], sys.stdout)
