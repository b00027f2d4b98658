"""Runs one of the Python servers in this folder: `python serve.py fastapi --port 8000`, the token in SPOT_API_TOKEN.

The first line printed tells the address, once the server listens. SIGTERM ends it.
"""

import argparse
import asyncio
import importlib
import logging
import os
import signal
import sys
from pathlib import Path

HOST = "127.0.0.1"


def announce(port):
    print(f"listening on http://{HOST}:{port}", flush=True)


def on_uvicorn(application, port, http="h11"):
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets=None):
            await super().startup(sockets)
            announce(self.servers[0].sockets[0].getsockname()[1])

    choices = {"http": http, "loop": "asyncio", "log_level": "critical", "access_log": False}
    Server(uvicorn.Config(application, host=HOST, port=port, **choices)).run()


def on_uvicorn_with_httptools(application, port):
    on_uvicorn(application, port, "httptools")


def on_waitress(application, port):
    import waitress

    server = waitress.create_server(application, host=HOST, port=port)
    announce(server.effective_port)
    server.run()


def on_gunicorn(application, port):
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):
        def load_config(self):
            self.cfg.set("bind", f"{HOST}:{port}")
            self.cfg.set("threads", 4)
            self.cfg.set("loglevel", "critical")
            self.cfg.set("control_socket_disable", value=True)
            self.cfg.set("when_ready", lambda arbiter: announce(arbiter.LISTENERS[0].sock.getsockname()[1]))

        def load(self):
            return application

    Server().run()


def on_werkzeug(application, port):
    from werkzeug.serving import make_server

    server = make_server(HOST, port, application, threaded=True)
    announce(server.port)
    server.serve_forever()


def on_aiohttp(application, port):
    from aiohttp import web

    async def serve():
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, HOST, port).start()
        announce(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(serve())


RUNNERS = {
    "aiohttp_json": on_aiohttp,
    "connexion": on_uvicorn,
    "drf_dictfield": on_gunicorn,
    "drf_jsonfield": on_waitress,
    "fastapi": on_uvicorn_with_httptools,  # As fastapi[standard] brings it.
    "flask_smorest": on_werkzeug,
    "litestar": on_uvicorn,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=RUNNERS)
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    arguments = parser.parse_args()
    if not os.environ.get("SPOT_API_TOKEN"):
        parser.error("give the token in SPOT_API_TOKEN")
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # In place of this folder: its folders are named as frameworks are, and must not stand in for them.
    sys.path[0] = str(Path(__file__).with_name(arguments.name))
    RUNNERS[arguments.name](importlib.import_module("orders_service").application, arguments.port)


if __name__ == "__main__":
    main()
