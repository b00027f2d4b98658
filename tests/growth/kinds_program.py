"""Makes the call of each case with the client that was made, and prints what was sent and what came of it."""

import asyncio
import datetime as dt
import json
import sys
import uuid

import httpx2
import spot_api_client as spot
from spot_api_client import UNSET, AsyncSpotClient, File, SpotClient, models

NAMES = {"UNSET": UNSET, "File": File, "models": models, "spot": spot, "dt": dt, "uuid": uuid}


def answer(told):
    content = told.get("bytes", "").encode("latin-1") or told.get("text", "").encode()
    if "json" in told:
        content = json.dumps(told["json"]).encode()
    kind = told.get("type", "application/json")
    return httpx2.Response(told.get("status", 200), content=content, headers={"Content-Type": kind})


def make(case, kind, sent):
    def serve(request):
        sent.append(request)
        return answer(case.get("answer", {"json": {}}))

    given = {"token": "t", **case.get("client", {})}
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    return kind(transport=httpx2.MockTransport(serve), max_retries=0, **given)


async def awaited(case, sent):
    async with make(case, AsyncSpotClient, sent) as client:
        return await eval(f"client.{case['call']}", {**NAMES, "client": client})


def attempt(case, asynchronous):
    sent = []
    told = {"sent": None, "problem": None}
    try:
        if asynchronous:
            result = asyncio.run(awaited(case, sent))
        else:
            with make(case, SpotClient, sent) as client:
                result = eval(f"client.{case['call']}", {**NAMES, "client": client})
        if not eval(case.get("gives", "True"), {**NAMES, "result": result}):
            told["problem"] = f"gives {type(result).__name__} {result!r} {getattr(result, 'additional_properties', '')}"
    except Exception as error:  # noqa: BLE001 - the error is the result
        told["problem"] = f"{type(error).__name__}: {error}".replace("AsyncSpot", "Spot")
    if sent:
        url = sent[0].url
        host = "" if url.host == "app.example.com" else f"{url.scheme}://{url.host}"
        told["sent"] = f"{sent[0].method} {host}{url.raw_path.decode('ascii')}"
        told["headers"] = dict(sent[0].headers)
        told["body"] = sent[0].content.decode()
    return told


json.dump([[attempt(case, kind) for kind in (False, True)] for case in json.load(sys.stdin)], sys.stdout)
