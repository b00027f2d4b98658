"""Create-order with flask-smorest: marshmallow schemas, JSON or form (with JSON text) through webargs."""

import hmac
import itertools
import json
import os
from datetime import UTC, datetime

from flask import Flask, request
from flask.views import MethodView
from flask_smorest import Api, Blueprint
from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate
from werkzeug.exceptions import HTTPException, Unauthorized

TYPES = {401: "unauthorized", 403: "forbidden", 404: "not_found", 429: "rate_limit_exceeded"}
numbers = itertools.count(1000001)


class AddressSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    street1 = fields.String(required=True)
    street2 = fields.String(allow_none=True)
    city = fields.String(required=True)
    state = fields.String(required=True)
    country = fields.String(required=True, validate=validate.OneOf(["US", "CA"]))
    zip = fields.String(required=True)


class RecipientSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    first_name = fields.String(required=True)
    last_name = fields.String(required=True)
    email = fields.String(required=True)
    phone = fields.String(required=True)
    address = fields.Nested(AddressSchema, required=True)


class CreateOrderSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    kit_types = fields.List(fields.String(), required=True)
    recipient = fields.Nested(RecipientSchema, required=True)
    metadata = fields.Dict(keys=fields.String(), allow_none=True)

    @pre_load
    def read_form(self, data, **_):
        """A form holds the recipient and the metadata as JSON text."""
        if request.is_json:
            return data
        order = {"kit_types": data.getlist("kit_types")} if "kit_types" in data else {}
        for name in ("recipient", "metadata"):
            if name in data:
                try:
                    order[name] = json.loads(data[name])
                except ValueError:
                    raise ValidationError("Not valid JSON.", name) from None
        return order


class OrderSchema(CreateOrderSchema):
    order_id = fields.String()
    created = fields.AwareDateTime(format="iso")
    status = fields.String(validate=validate.OneOf(["pending", "in_progress", "completed", "canceled"]))
    kits = fields.List(fields.Dict())


application = Flask(__name__)
application.config.update(
    API_TITLE="Spot API v2", API_VERSION="2.0.0", OPENAPI_VERSION="3.0.3", API_TOKEN=os.environ["SPOT_API_TOKEN"]
)
api = Api(application)
orders = Blueprint("orders", "orders", url_prefix="/api/v2/orders")


@orders.before_request
def authenticate():
    credentials = request.authorization
    expected = application.config["API_TOKEN"].encode()
    token = credentials.token if credentials and credentials.type == "token" else None
    if not token or not hmac.compare_digest(token.encode(), expected):
        raise Unauthorized("Invalid token.")


@orders.route("/")
class Orders(MethodView):
    @orders.arguments(CreateOrderSchema, location="json_or_form")
    @orders.response(201, OrderSchema)
    def post(self, order):
        return {
            "order_id": f"O{next(numbers)}",
            "created": datetime.now(UTC),
            "status": "pending",
            "kits": [],
            **order,
        }


def messages(found, place=()):
    """marshmallow's nested messages, each with its place in front; the first level is where webargs looked."""
    if isinstance(found, dict):
        for name, below in found.items():
            yield from messages(below, (*place, str(name)))
    else:
        yield from (f"{'.'.join(place)}: {text}" for text in found)


@application.errorhandler(HTTPException)
def refuse(error):
    status = 400 if error.code == 422 else error.code
    invalid = getattr(error, "exc", None)
    if isinstance(invalid, ValidationError):
        detail = " ".join(text for below in invalid.messages.values() for text in messages(below))
    else:
        detail = error.description
    kind = TYPES.get(status, "bad_request" if status < 500 else "internal_server_error")
    headers = [header for header in error.get_headers() if header[0] != "Content-Type"]
    return {"error": {"status": status, "type": kind, "detail": detail}}, status, headers


api.register_blueprint(orders)
