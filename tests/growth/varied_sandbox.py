"""The sandbox on a document that says something else: `varied_sandbox.py DOCUMENT TOKEN VARIATION`.

VARIATION is JSON: in what this server differs from the sandbox, as the document does. Operations that the sandbox does
not play are answered by the small server, so that the whole of them speak HTTP as the sandbox does.
"""

import json
import re
import sys
from pathlib import Path

from small_server import SmallServer
from spot_sandbox.document.operations import load, operations
from spot_sandbox.http.messages import UNAUTHORIZED, Answer, Refusal
from spot_sandbox.orders.service import Service
from spot_sandbox.orders.tokens import Authority
from spot_sandbox.serving.server import address, announce, listen, serve
from spot_sandbox.store.database import Store


def main(document, token, variation):
    if (sample := variation.pop("sample", None)) is not None:
        SmallServer._sample_object = lambda *_: sample
    service = Service(operations(load(document)), Authority(token), Store(":memory:"))
    vary(service, token, **variation)
    play_the_rest(service, SmallServer(load(document), token), document.with_name("asked.txt"))
    listener = listen("127.0.0.1", 0)
    serve(service, listener, lambda: announce([address(listener)]))


def vary(service, token, *, status=201, renamed=None, changed=None, scheme="Token", header=None, query=None):  # noqa: PLR0913 - each of them is one variation
    """`renamed` and `changed` tell of the answer's properties; `header` and `query` are required of each order."""
    present, authorize, order = service.present, service.authorize, service.order

    def answer(made):
        body = present(made).body
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
    service.order = ordered


def play_the_rest(service, server, asked):
    async def played(operation, request):
        headers = {name.decode(): value.decode("latin-1") for name, value in request.headers}
        target = f"{request.path}?{request.query.decode('latin-1')}"
        status, kind, body, *_ = server.answer(operation.method, target, headers, await service.read(request))
        with asked.open("a") as file:
            file.writelines(f"{entry['operation']}\n" for entry in server.seen)
        server.seen.clear()
        return Answer(status, body, [(b"content-type", kind.encode())] if kind else [])

    for operation in service.operations:
        # Wherever the document has moved it: the one operation whose body has a recipient.
        json_body = operation.bodies.get("application/json")
        is_order = operation.method == "POST" and json_body and "recipient" in json_body.top.get("properties", {})
        service.plays[operation.method, operation.template] = service.order if is_order else played


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3]))
