"""Create-order with FastAPI: pydantic models for JSON, Form() fields with JSON text for the two form media types."""

import itertools
import os
import secrets
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Form, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, Field, Json, ValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException

TYPES = {401: "unauthorized", 403: "forbidden", 404: "not_found", 429: "rate_limit_exceeded"}
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class Country(StrEnum):
    US = "US"
    CA = "CA"


class Status(StrEnum):
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELED = "canceled"


class Address(BaseModel):
    street1: str
    street2: str | None = None
    city: str
    state: str
    country: Country
    zip: str


class Recipient(BaseModel):
    first_name: str
    last_name: str
    email: str
    phone: str
    address: Address


class CreateOrder(BaseModel):
    kit_types: list[str]
    recipient: Recipient
    metadata: dict[str, Any] | None = None


class Order(CreateOrder):
    order_id: str
    status: Status = Status.PENDING
    kits: list[dict[str, Any]] = []
    created: datetime = Field(default_factory=lambda: datetime.now(UTC))


application = FastAPI(title="Spot API v2", version="2.0.0")
numbers = itertools.count(1000000)
authorization = APIKeyHeader(name="Authorization", scheme_name="tokenAuth", auto_error=False)


def authenticate(header: Annotated[str | None, Depends(authorization)]) -> None:
    expected = f"Token {os.environ['SPOT_API_TOKEN']}"
    if header is None or not secrets.compare_digest(header.encode(), expected.encode()):
        raise HTTPException(401, "Invalid token.", headers={"WWW-Authenticate": "Token"})


async def requested_order(
    request: Request,
    kit_types: Annotated[list[str] | None, Form()] = None,
    recipient: Annotated[Json[Recipient] | None, Form()] = None,
    metadata: Annotated[Json[dict[str, Any]] | None, Form()] = None,
) -> CreateOrder:
    media_type = request.headers.get("Content-Type", "").partition(";")[0]
    try:
        if media_type in FORMS:
            form = {"kit_types": kit_types, "recipient": recipient, "metadata": metadata}
            return CreateOrder.model_validate({name: value for name, value in form.items() if value is not None})
        if media_type == "application/json":
            return CreateOrder.model_validate_json(await request.body())
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
    raise HTTPException(415, f"Unsupported media type {media_type}.")


@application.post("/api/v2/orders/", status_code=201, dependencies=[Depends(authenticate)])
async def create_order(order: Annotated[CreateOrder, Depends(requested_order)]) -> Order:
    return Order(order_id=f"O{next(numbers)}", **order.model_dump())


def refusal(status, detail, headers=None):
    kind = TYPES.get(status, "bad_request" if status < 500 else "internal_server_error")
    return JSONResponse({"error": {"status": status, "type": kind, "detail": detail}}, status, headers)


@application.exception_handler(RequestValidationError)
async def refuse_invalid(request: Request, error: RequestValidationError):
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part != "body")
    return refusal(400, f"{place}: {first['msg']}" if place else first["msg"])


@application.exception_handler(StarletteHTTPException)
async def refuse(request: Request, error: StarletteHTTPException):
    return refusal(error.status_code, error.detail, error.headers)


@application.exception_handler(Exception)
async def fail(request: Request, error: Exception):
    return refusal(500, "Internal server error.")
