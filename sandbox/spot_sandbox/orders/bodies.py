"""The steps for a request body: its media type, its bytes, parsing and validation."""

import asyncio

from spot_sandbox.document.operations import Operation
from spot_sandbox.document.schema import Schema
from spot_sandbox.http.messages import Body, ClientGoneError, Refusal, Request
from spot_sandbox.reading.forms import read_multipart, read_urlencoded
from spot_sandbox.reading.json_texts import read_bytes
from spot_sandbox.reading.nesting import nest

LARGEST_BODY = 1024 * 1024
# How long a client may take to send its body, in seconds.
BODY_WAIT = 30
FORMS = {"application/x-www-form-urlencoded": read_urlencoded, "multipart/form-data": read_multipart}


def media_type(operation: Operation, request: Request) -> str:
    """The request's media type without parameters. Raises Refusal if it is not documented."""
    given = request.header(b"content-type")
    name = given[0].partition(b";")[0].strip().lower().decode("latin-1") if len(given) == 1 else ""
    if not given and request.header(b"content-length") in ([], [b"0"]) and not request.header(b"transfer-encoding"):
        raise Refusal(400, "The body is empty; this operation requires one.")
    if name not in operation.bodies or not (name in FORMS or name == "application/json"):
        raise Refusal(415, "The Content-Type header must be one of " + ", ".join(operation.bodies) + ".")
    if request.header(b"content-encoding") not in ([], [b"identity"]):
        raise Refusal(415, "The body must not be compressed.")
    return name


async def read(request: Request) -> bytes:
    """Read the body. Raises Refusal if it is larger than 1 MiB or arrives too slowly."""
    stated = request.header(b"content-length")
    if stated and stated[0].isdigit() and int(stated[0][:20]) > LARGEST_BODY:
        raise _too_large()
    raw = bytearray()
    try:
        async with asyncio.timeout(BODY_WAIT):
            while True:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise ClientGoneError
                raw += message.get("body", b"")
                if len(raw) > LARGEST_BODY:
                    raise _too_large()
                if not message.get("more_body"):
                    return bytes(raw)
    except TimeoutError:
        raise Refusal(408, f"The body did not arrive within {BODY_WAIT} seconds.") from None


def _too_large() -> Refusal:
    return Refusal(413, f"The body is larger than {LARGEST_BODY} bytes.")


def parse(request: Request, media: str, raw: bytes, schema: Schema) -> Body:
    """Parse the body of any media type into the structure of its schema."""
    if media not in FORMS:
        return read_bytes(raw)
    if not raw:
        raise Refusal(400, "The body is empty; this operation requires one.")
    return nest(FORMS[media](raw, request.header(b"content-type")[0]), schema)


def problems(_request: Request, schema: Schema, body: Body) -> dict[str, str]:
    """The problems of the body, by field."""
    return schema.problems(body)
