"""A Django REST Framework service of the create-order operation, with the habits of that framework.

Run `python serve.py --port 0 --token …`; the first line printed tells the address. SIGTERM ends it.
"""

import argparse
import logging
import os
import signal
import sys

import waitress
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

DOCUMENTED_KIT_TYPE = "health_kit_1"
MAX_BODY_BYTES = 2 * 1024 * 1024
# Waitress reads a body before the application sees it. Beyond this size it answers 413 and cuts the connection.
MAX_BUFFERED_BYTES = 128 * 1024 * 1024


class Request(WSGIRequest):
    def _set_content_type_params(self, meta):
        # An unknown charset in an RFC 2231 parameter is a ValueError here, before any view could answer for it.
        try:
            super()._set_content_type_params(meta)
        except ValueError:
            self.content_type, self.content_params = "", {}


class Application(WSGIHandler):
    request_class = Request

    def get_response(self, request):
        response = super().get_response(request)
        if request.method == "HEAD":  # Neither Django nor Waitress leaves the content out.
            response["Content-Length"] = len(response.content)
            response.content = b""
        return response


def configure(arguments):
    settings.configure(
        ALLOWED_HOSTS=["*"],
        DATA_UPLOAD_MAX_MEMORY_SIZE=MAX_BODY_BYTES,
        DEFAULT_CHARSET="utf-8",
        INSTALLED_APPS=["rest_framework"],
        KIT_TYPES=frozenset(arguments.kit_type or [DOCUMENTED_KIT_TYPE]),
        LOGGING_CONFIG=None,
        MIDDLEWARE=["django.middleware.gzip.GZipMiddleware"],
        REFUSE_UNKNOWN=arguments.refuse_unknown,
        REST_FRAMEWORK={
            "EXCEPTION_HANDLER": "envelope.answer_exception",
            "UNAUTHENTICATED_USER": None,
        },
        ROOT_URLCONF="urls",
        SECRET_KEY="no cookie is ever signed here",
        SPOT_TOKEN=arguments.token,
        TIME_ZONE="UTC",
        USE_I18N=False,
        USE_TZ=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--token", default=os.environ.get("SPOT_API_TOKEN"), help="default: SPOT_API_TOKEN")
    parser.add_argument("--kit-type", action="append", help=f"a known kit type; default: {DOCUMENTED_KIT_TYPE}")
    parser.add_argument("--refuse-unknown", action="store_true", help="400 for undeclared properties, else ignore them")
    arguments = parser.parse_args()
    if not arguments.token:
        parser.error("give the token with --token or in SPOT_API_TOKEN")
    # Refused requests are what this server is for; an unread pipe would stop it.
    logging.basicConfig(level=logging.ERROR)
    configure(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    import django  # noqa: PLC0415  # Apps load only after settings.configure().

    django.setup()
    server = waitress.create_server(
        Application(),
        host="127.0.0.1",
        port=arguments.port,
        threads=8,
        backlog=128,
        max_request_body_size=MAX_BUFFERED_BYTES,
    )
    print(f"listening on http://127.0.0.1:{server.effective_port}", flush=True)
    server.run()


if __name__ == "__main__":
    main()
