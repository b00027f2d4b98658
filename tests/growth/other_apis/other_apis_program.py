"""Makes the call of each case with the client of its package, and prints what was sent and what came of it."""

import importlib
import json
import os
import sys

import httpx2


def attempt(case):
    result = {"sent": None, "problem": None, "headers": {}}
    os.environ.update(case.get("environment", {}))

    def serve(request):
        result["sent"] = f"{request.method} {request.url.path}"
        result["headers"] = dict(request.headers)
        return httpx2.Response(200, json=[])

    sys.path.insert(0, case["folder"])
    for name in [name for name in sys.modules if name.partition(".")[0] == "small_client"]:
        del sys.modules[name]
    package = importlib.import_module("small_client")
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in case["client"].items()}
    try:
        with package.SmallClient(transport=httpx2.MockTransport(serve), **given) as client:
            getattr(client, case["call"].removesuffix("()"))()
    except (TypeError, ValueError) as error:
        result["problem"] = f"{type(error).__name__}: {error}"
    result["names"] = package.__all__
    sys.path.pop(0)
    for name in case.get("environment", {}):
        del os.environ[name]
    return result


json.dump([attempt(case) for case in json.load(sys.stdin)], sys.stdout)
