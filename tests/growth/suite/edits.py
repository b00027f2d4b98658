"""Edits of the document, each a change of create-order that the provider may publish."""

from edited import PATH


def enum_gone(document):
    for name in ("CreateOrder", "Recipient", "Address"):
        for schema in document.properties(name).values():
            schema.pop("enum", None)


def mexico(document):
    document.properties("Address")["country"]["enum"].append("MX")


def pending_gone(document):
    document.schemas["OrderStatus"]["enum"][0] = "received"


def created_renamed(document):
    answer = document.schemas["OrderEmpty"]
    answer["properties"]["placed_at"] = answer["properties"].pop("created")
    answer["required"] = ["placed_at" if name == "created" else name for name in answer.get("required", [])]


def metadata_gone(document):
    del document.properties("CreateOrder")["metadata"]
    del document.properties("OrderEmpty")["metadata"]


def json_alone(document):
    for name in [name for name in document.order["requestBody"]["content"] if name != "application/json"]:
        del document.order["requestBody"]["content"][name]


def multipart_gone(document):
    del document.order["requestBody"]["content"]["multipart/form-data"]


def security_gone(document):
    document.order["security"] = []


def bearer(document):
    document.raw["components"]["securitySchemes"]["tokenAuth"] = {"type": "http", "scheme": "bearer"}


def key_header(document):
    document.raw["components"]["securitySchemes"]["tokenAuth"] = {"type": "apiKey", "in": "header", "name": "X-Key"}


def moved(document):
    """Another path, and other names of the components."""
    document.paths["/api/v3/orders/new/"] = document.paths.pop(PATH)
    for name in ("CreateOrder", "OrderEmpty", "BadRequest"):
        document.schemas[f"{name}V3"] = document.schemas.pop(name)
    bodies = [*document.order["requestBody"]["content"].values()]
    for response in document.order["responses"].values():
        bodies += response["content"].values()
    for body in bodies:
        body["schema"] = {"$ref": body["schema"]["$ref"] + "V3"}


def operation_gone(document):
    document.paths.clear()


def accepted_with_200(document):
    document.order["responses"]["200"] = document.order["responses"].pop("201")


def error_as_on_the_page(document):
    error = document.properties("BadRequest")["error"]
    error["properties"] = {"code": {"type": "string"}, "details": {"type": "array", "items": {"type": "string"}}}
    error["required"] = ["code", "details"]


def required_fields(document):
    order, address = document.schemas["CreateOrder"], document.schemas["Address"]
    order["properties"] |= {
        "priority": {"type": "string", "enum": ["normal", "urgent"]},
        "quantity": {"type": "integer", "minimum": 2},
        "ship_on": {"type": "string", "format": "date"},
        "clinic": {
            "type": "object",
            "required": ["code"],
            "properties": {"code": {"type": "string", "pattern": "^[A-Z]{3}[0-9]{2}$"}},
        },
    }
    order["required"] += ["priority", "quantity", "ship_on", "clinic"]
    address["properties"]["county"] = {"type": "string", "example": "Suffolk"}
    address["required"].append("county")


def optional_enum(document):
    document.properties("CreateOrder")["speed"] = {"type": "string", "enum": ["slow", "fast"]}


def field_renamed_and_retyped(document):
    recipient = document.schemas["Recipient"]
    recipient["properties"]["full_phone"] = recipient["properties"].pop("phone")
    recipient["properties"]["first_name"] = {
        "type": "object",
        "required": ["given"],
        "properties": {"given": {"type": "string", "example": "Alice"}},
    }
    recipient["required"][recipient["required"].index("phone")] = "full_phone"


def narrow(document):
    document.properties("CreateOrder")["kit_types"] |= {
        "maxItems": 3,
        "items": {"type": "string", "enum": ["kit_a", "kit_b"]},
    }
    document.properties("Recipient")["first_name"] |= {"maxLength": 12, "pattern": "^[A-Za-z' -]+$"}
    document.properties("Address")["street1"]["maxLength"] = 30


def unauthorized_declared(document):
    document.order["responses"]["401"] = document.order["responses"]["400"]


def parameters(document):
    document.order["parameters"] = [
        {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string", "format": "uuid"}},
        {"name": "channel", "in": "query", "required": True, "schema": {"type": "string", "enum": ["web", "app"]}},
        {"name": "dry_run", "in": "query", "schema": {"type": "boolean"}},
    ]


def kit_types_a_text(document):
    for schema in ("CreateOrder", "OrderEmpty"):
        document.properties(schema)["kit_types"] = {"type": "string", "example": "health_kit_1"}


def body_optional(document):
    document.order["requestBody"]["required"] = False


def nothing_required(document):
    for name in ("CreateOrder", "Recipient", "Address"):
        del document.schemas[name]["required"]


def prefix_gone(document):
    scheme = document.raw["components"]["securitySchemes"]["tokenAuth"]
    scheme["description"] = "The token."
    scheme.pop("x-prefix", None)


def kits_gone(document):
    answer = document.schemas["OrderEmpty"]
    del answer["properties"]["kits"]
    answer["required"] = [name for name in answer.get("required", []) if name != "kits"]


def forms_alone(document):
    del document.order["requestBody"]["content"]["application/json"]


def impossible_field(document):
    recipient = document.schemas["Recipient"]
    recipient["properties"]["code"] = {"type": "string", "minLength": 9, "maxLength": 3}
    recipient["required"].append("code")


def recursive(document):
    document.schemas["Tree"] = {"type": "object", "properties": {"inner": {"$ref": "#/components/schemas/Tree"}}}
    document.properties("CreateOrder")["tree"] = {"$ref": "#/components/schemas/Tree"}


def list_of_objects(document):
    line = {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string", "example": "A1"}}}
    document.properties("CreateOrder")["lines"] = {"type": "array", "items": line}
    document.schemas["CreateOrder"]["required"].append("lines")
