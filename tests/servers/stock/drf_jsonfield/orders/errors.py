from django.http import JsonResponse
from rest_framework import views

TYPES = {401: "unauthorized", 403: "forbidden", 404: "not_found", 429: "rate_limit_exceeded"}


def envelope(status, detail):
    kind = TYPES.get(status, "bad_request" if status < 500 else "internal_server_error")
    return {"error": {"status": status, "type": kind, "detail": detail}}


def first_message(detail, path=()):
    """The first of DRF's nested messages, with the name of its field in front."""
    if isinstance(detail, dict):
        name, below = next(iter(detail.items()))
        return first_message(below, path if name in ("detail", "non_field_errors") else (*path, str(name)))
    if isinstance(detail, list):
        return first_message(next(item for item in detail if item), path)
    return f"{'.'.join(path)}: {detail}" if path else str(detail)


def exception_handler(exc, context):
    response = views.exception_handler(exc, context)
    if response is not None:
        response.data = envelope(response.status_code, first_message(response.data))
    return response


def not_found(request, exception):
    return JsonResponse(envelope(404, "Not found."), status=404)


def server_error(request):
    return JsonResponse(envelope(500, "Internal server error."), status=500)
