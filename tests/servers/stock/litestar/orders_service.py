"""Create-order with Litestar and msgspec: one JSON body, or a form in which recipient and metadata are JSON text."""

import hmac
import itertools
import os
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
from litestar import Litestar, MediaType, Request, Response, post
from litestar.connection import ASGIConnection
from litestar.exceptions import ClientException, HTTPException, NotAuthorizedException
from litestar.handlers import BaseRouteHandler

TYPES = {400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 429: "rate_limit_exceeded"}
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
numbers = itertools.count(1000001)


class Address(msgspec.Struct):
    street1: str
    city: str
    state: str
    country: Literal["US", "CA"]
    zip: str
    street2: str | None = None


class Recipient(msgspec.Struct):
    first_name: str
    last_name: str
    email: str
    phone: str
    address: Address


class CreateOrder(msgspec.Struct):
    kit_types: list[str]
    recipient: Recipient
    metadata: dict[str, Any] | None = None


class Order(CreateOrder, kw_only=True):
    order_id: str
    created: datetime
    status: Literal["pending", "in_progress", "completed", "canceled"] = "pending"
    kits: list[dict[str, Any]] = []


def require_token(connection: ASGIConnection, handler: BaseRouteHandler) -> None:
    scheme, _, token = connection.headers.get("Authorization", "").partition(" ")
    if scheme != "Token" or not hmac.compare_digest(token.encode(), os.environ["SPOT_API_TOKEN"].encode()):
        raise NotAuthorizedException("Invalid token.", headers={"WWW-Authenticate": "Token"})


async def provide_order(request: Request) -> CreateOrder:
    media_type, _ = request.content_type
    try:
        if media_type == "application/json":
            return msgspec.json.decode(await request.body(), type=CreateOrder)
        if media_type in FORMS:
            form = await request.form()
            wanted: dict[str, Any] = {"kit_types": form.getall("kit_types")} if "kit_types" in form else {}
            wanted |= {name: msgspec.json.decode(form[name]) for name in ("recipient", "metadata") if name in form}
            return msgspec.convert(wanted, CreateOrder)
    except msgspec.DecodeError as error:
        raise ClientException(str(error)) from error
    raise HTTPException(f"Unsupported media type {media_type}.", status_code=415)


@post("/api/v2/orders/", dependencies={"wanted": provide_order}, guards=[require_token])
async def create_order(wanted: CreateOrder) -> Order:
    return Order(
        kit_types=wanted.kit_types,
        recipient=wanted.recipient,
        metadata=wanted.metadata,
        order_id=f"O{next(numbers)}",
        created=datetime.now(UTC),
    )


def refuse(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    detail = getattr(error, "detail", "") if status < 500 else "Internal server error."
    kind = TYPES.get(status, "bad_request" if status < 500 else "internal_server_error")
    return Response(
        {"error": {"status": status, "type": kind, "detail": detail}},
        status_code=status,
        media_type=MediaType.JSON,
        headers=getattr(error, "headers", None),
    )


application = Litestar([create_order], exception_handlers={Exception: refuse}, openapi_config=None)
