"""The error envelope in place of the framework's own error bodies."""

from django.core.exceptions import SuspiciousOperation
from rest_framework import status
from rest_framework.exceptions import MethodNotAllowed, ParseError
from rest_framework.views import exception_handler

TYPES = {status.HTTP_401_UNAUTHORIZED: "unauthorized"}
MAX_SENTENCE = 200


def sentences(detail, path=()):
    """Every message of a nested DRF error with its place in front, as `recipient.address.zip: …`."""
    if isinstance(detail, dict):
        for name, below in detail.items():
            # The positions in a list are left out, so that a hundred wrong kit types make one sentence.
            is_place = isinstance(name, str) and name != "non_field_errors"
            yield from sentences(below, (*path, name) if is_place else path)
    elif isinstance(detail, list):
        for item in detail:
            yield from sentences(item, path)
    else:
        yield (f"{'.'.join(path)}: {detail}" if path else str(detail))[:MAX_SENTENCE]


def answer_exception(exc, context):
    if isinstance(exc, SuspiciousOperation):
        exc = ParseError("The request body is too large, or has too many fields.")
    response = exception_handler(exc, context)
    if response is None or isinstance(exc, MethodNotAllowed):
        return response
    detail = " ".join(dict.fromkeys(sentences(exc.detail)))
    response.data = {
        "error": {
            "status": response.status_code,
            "type": TYPES.get(response.status_code, "bad_request"),
            # A lone surrogate, repeated from the request, cannot be written as UTF-8.
            "detail": detail.encode("utf-8", "replace").decode(),
        }
    }
    return response
