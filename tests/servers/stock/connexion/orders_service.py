"""Create-order with Connexion, from the document on: its validators and its security check decide, handlers only do."""

from pathlib import Path

import yaml
from connexion import AsyncApp
from connexion.exceptions import ProblemException
from connexion.jsonifier import Jsonifier
from connexion.lifecycle import ConnexionResponse
from connexion.resolver import RelativeResolver

DOCUMENT = Path(__file__).resolve().parents[4] / "openapi" / "spot-api-v2.yaml"
TYPES = {400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 429: "rate_limit_exceeded"}


def refusal(status, detail, headers=None):
    kind = TYPES.get(status, "bad_request" if status < 500 else "internal_server_error")
    body = Jsonifier().dumps({"error": {"status": status, "type": kind, "detail": detail}})
    return ConnexionResponse(status, mimetype="application/json", body=body, headers=headers)


def refuse(request, error):
    return refusal(error.status_code, error.detail or "No further detail.", error.headers)


def fail(request, error):
    return refusal(500, "Internal server error.")


document = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
path = "/api/v2/orders/"
document["paths"] = {path: {"post": document["paths"][path]["post"]}}  # Other operations would need handlers.
document["components"]["securitySchemes"]["tokenAuth"]["x-apikeyInfoFunc"] = "handlers.check_token"

application = AsyncApp(__name__)
application.add_api(document, resolver=RelativeResolver("handlers"), validate_responses=True)
application.add_error_handler(ProblemException, refuse)
application.add_error_handler(Exception, fail)
