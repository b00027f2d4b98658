"""The sandbox on an edited document: `varied_sandbox.py DOCUMENT VARIATION`, with the token in SPOT_API_TOKEN.

VARIATION is JSON: how this server differs from the sandbox, as the document does. The operations beside
create-order that it is asked for are written to asked.txt beside the document.
"""

import json
import os
import re
import sys
from pathlib import Path

from spot_sandbox.http.messages import UNAUTHORIZED, Answer, Refusal
from spot_sandbox.serving.building import Options, build
from spot_sandbox.serving.server import address, announce, listen, serve


def main(document, token, variation):
    service = build(Options(token=token, database=":memory:", document=document))
    asked, sample = document.with_name("asked.txt"), variation.pop("sample", None)
    ordered = vary(service, token, **variation)
    service.plays = {
        key: ordered if play == service.order else noted(play, asked, sample) for key, play in service.plays.items()
    }
    listener = listen("127.0.0.1", 0)
    serve(service, listener, lambda: announce([address(listener)]))


def vary(service, token, *, status=201, renamed=None, changed=None, scheme="Token", header=None, query=None):  # noqa: PLR0913 - each is one variation
    """The handler of create-order from now on.

    `renamed` and `changed` are properties of the answer; `header` and `query` are required of each order.
    """
    present, authorize, order = service.present, service.authorize, service.order

    def answer(order):
        body = present(order).body
        for old, new in (renamed or {}).items():
            body = body.replace(f'"{old}":'.encode(), f'"{new}":'.encode(), 1)
        for name, value in (changed or {}).items():
            body = re.sub(f'"{name}":"[^"]*"'.encode(), f'"{name}":{json.dumps(value)}'.encode(), body, count=1)
        return Answer(status, body)

    def allowed(request):
        given = request.header(b"authorization")
        if len(given) != 1 or not re.fullmatch(f"(?i:{scheme}) {re.escape(token)}".encode(), given[0]):
            challenge = {"WWW-Authenticate": "Bearer"}
            raise Refusal(401, "The Authorization header must carry a valid token.", UNAUTHORIZED, challenge)

    async def ordered(operation, request):
        if header and not request.header(header.lower().encode()):
            raise Refusal(400, f"The {header} header is required.")
        if query and f"{query}=".encode() not in request.query:
            raise Refusal(400, f"The {query} field is required in the query.")
        return await order(operation, request)

    service.present = answer
    service.authorize = authorize if scheme == "Token" else allowed
    return ordered


def noted(play, asked, sample):
    """Note that an operation beside create-order is asked for; a sample takes the place of its JSON."""

    async def played(operation, request):
        answer = await play(operation, request)
        with asked.open("a") as file:
            file.write(f"{operation.described['operationId']}\n")
        if sample is not None and b"json" in dict(answer.headers).get(b"content-type", b""):
            return Answer(answer.status, json.dumps(sample).encode(), answer.headers)
        return answer

    return played


if __name__ == "__main__":
    main(Path(sys.argv[1]), os.environ["SPOT_API_TOKEN"], json.loads(sys.argv[2]))
