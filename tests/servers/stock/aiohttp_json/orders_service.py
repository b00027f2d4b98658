"""Create-order with aiohttp and jsonschema, for JSON alone: this deployment offers no forms."""

import hmac
import itertools
import os
from datetime import UTC, datetime
from json import JSONDecodeError

from aiohttp import web
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

TYPES = {400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 429: "rate_limit_exceeded"}
TEXT = {"type": "string"}
ADDRESS = {
    "type": "object",
    "properties": {
        "street1": TEXT,
        "street2": {"type": ["string", "null"]},
        "city": TEXT,
        "state": TEXT,
        "country": {"enum": ["US", "CA"]},
        "zip": TEXT,
    },
    "required": ["street1", "city", "state", "country", "zip"],
}
RECIPIENT = {
    "type": "object",
    "properties": {"first_name": TEXT, "last_name": TEXT, "email": TEXT, "phone": TEXT, "address": ADDRESS},
    "required": ["address", "email", "first_name", "last_name", "phone"],
}
CREATE_ORDER = Draft202012Validator(
    {
        "type": "object",
        "properties": {
            "kit_types": {"type": "array", "items": TEXT},
            "recipient": RECIPIENT,
            "metadata": {"type": ["object", "null"]},
        },
        "required": ["kit_types", "recipient"],
    }
)
token = web.AppKey("token", str)
numbers = web.AppKey("numbers", itertools.count)
routes = web.RouteTableDef()


def refusal(status, detail, headers=None):
    kind = TYPES.get(status, "bad_request" if status < 500 else "internal_server_error")
    return web.json_response(
        {"error": {"status": status, "type": kind, "detail": detail}}, status=status, headers=headers
    )


@web.middleware
async def answer_errors(request, handler):
    try:
        return await handler(request)
    except web.HTTPException as error:
        kept = {name: error.headers[name] for name in ("Allow", "WWW-Authenticate") if name in error.headers}
        return refusal(error.status, error.reason, kept)


@web.middleware
async def authenticate(request, handler):
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "token" or not hmac.compare_digest(given.encode(), request.app[token].encode()):
        raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Token"}, reason="Invalid token.")
    return await handler(request)


@routes.post("/api/v2/orders/")
async def create_order(request):
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(reason="Send application/json.")
    try:
        wanted = await request.json()
    except JSONDecodeError as error:
        raise web.HTTPBadRequest(reason=f"The body is not JSON: {error.msg}.") from error
    invalid = best_match(CREATE_ORDER.iter_errors(wanted))
    if invalid:
        place = ".".join(str(part) for part in invalid.absolute_path)
        return refusal(400, f"{place}: {invalid.message}" if place else invalid.message)
    order = {
        "order_id": f"O{next(request.app[numbers])}",
        "created": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "status": "pending",
        "recipient": wanted["recipient"],
        "kit_types": wanted["kit_types"],
        "kits": [],
        "metadata": wanted.get("metadata"),
    }
    return web.json_response(order, status=201)


application = web.Application(middlewares=[answer_errors, authenticate])
application[token] = os.environ["SPOT_API_TOKEN"]
application[numbers] = itertools.count(1000001)
application.add_routes(routes)
