"""A FastAPI service of the create-order operation with strict pydantic models, and options for many freedoms.

Run `python serve.py --port 0 --token …`; the first line printed tells the address. SIGTERM ends it.
"""

import argparse
import os
import socket

import uvicorn
from application import build

# Beyond this size uvicorn cuts the connection, and its answer may get lost.
MAX_HEAD_BYTES = 4 * 1024 * 1024


class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print(f"listening on http://127.0.0.1:{sockets[0].getsockname()[1]}", flush=True)


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--token", default=os.environ.get("SPOT_API_TOKEN"), help="default: SPOT_API_TOKEN")
    parser.add_argument("--metadata", choices=["absent", "null", "empty"], default="absent", help="if none was sent")
    parser.add_argument("--times", choices=["z", "offset", "micro", "nano", "lower"], default="z", help="of `created`")
    parser.add_argument("--extra", choices=["forbid", "ignore", "allow"], default="forbid", help="undeclared names")
    parser.add_argument("--unsupported", type=int, choices=[400, 415], default=415, help="status for media types")
    parser.add_argument("--too-large", type=int, choices=[400, 413], default=413, help="status beyond 1 MiB")
    parser.add_argument("--scheme-case-sensitive", action="store_true", help="take `Token` in this letter case only")
    parser.add_argument("--limit", type=int, metavar="N", help="answer 429 to more than N requests a second")
    parser.add_argument("--jitter", type=int, default=0, metavar="MS", help="take up to MS milliseconds longer")
    parser.add_argument(
        "--retry-after", choices=["seconds", "date", "none"], default="seconds", help="form of the header"
    )
    arguments = parser.parse_args()
    if not arguments.token:
        parser.error("give the token with --token or in SPOT_API_TOKEN")
    return arguments


def main():
    arguments = options()
    # The protocol must be named: asyncio sets TCP_NODELAY, worth 40 ms an answer, on sockets that state it only.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", arguments.port))
    listener.listen(128)
    config = uvicorn.Config(
        build(arguments),
        http="h11",
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        log_level="critical",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
