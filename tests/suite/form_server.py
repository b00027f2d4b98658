"""An order server that reads forms like various frameworks, and records the orders that it accepts."""

import json
import re
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from urllib.parse import parse_qsl

from fake_server import FakeServer


def text(pairs, name):
    """The last field of this name, parsed as JSON if possible."""
    found = [value for key, value in pairs if key == name]
    try:
        return json.loads(found[-1]) if found else None
    except ValueError:
        return found[-1]


def tree(pairs, name, split):
    """The object in fields such as `name.a.b` or `name[a][b]`; None if there are none."""
    found = {}
    for key, value in pairs:
        path = split(key)
        if len(path) > 1 and path[0] == name:
            inner = found
            for part in path[1:-1]:
                inner = inner.setdefault(part, {})
            inner[path[-1]] = value
    return found or None


def dots(key):
    return key.split(".")


def brackets(key):
    found = re.fullmatch(r"(\w+)((?:\[\w+\])+)", key)
    return [found[1], *re.findall(r"\w+", found[2])] if found else [key]


def flat(pairs, name):
    """One level of brackets, as some frameworks read a map; deeper names are ignored."""
    found = {inner: value for key, value in pairs for inner in re.findall(rf"^{name}\[(\w+)\]$", key)}
    return found or None


READERS = {
    "json": text,
    "dotted": lambda pairs, name: tree(pairs, name, dots),
    "brackets": lambda pairs, name: tree(pairs, name, brackets),
    "flat": flat,
}


def first_of(*names):
    """A reader that tries these styles in order."""

    def read(pairs, name):
        return next((found for one in names if (found := READERS[one](pairs, name)) is not None), None)

    return read


def repeated(pairs):
    return [value for key, value in pairs if key == "kit_types"]


def empty_brackets(pairs):
    return [value for key, value in pairs if key == "kit_types[]"]


def any_spelling(pairs):
    return [value for key, value in pairs if key.startswith("kit_types")]


def indexed(pairs):
    return [value for key, value in pairs if re.fullmatch(r"kit_types\[\d+\]", key)]


def last_alone(pairs):
    """Like PHP: the last of repeated names, as a text; lists only in brackets."""
    return empty_brackets(pairs) or (repeated(pairs) or [None])[-1]


def one_is_a_text(pairs):
    """Like qs: a text if the name comes once, a list if it is repeated."""
    found = repeated(pairs)
    return empty_brackets(pairs) or (found if len(found) > 1 else found[0] if found else None)


class Forms:
    """How one server reads forms: its recipient, its metadata, its lists."""

    def __init__(self, recipient=(), metadata=(), lists=repeated, *, is_lax=False):
        self.recipient, self.metadata = first_of(*recipient), first_of(*metadata)
        self.lists, self.is_lax = lists, is_lax

    def order(self, pairs):
        found = {"recipient": self.recipient(pairs, "recipient"), "kit_types": self.lists(pairs)}
        metadata = self.metadata(pairs, "metadata")
        return found if metadata is None else found | {"metadata": metadata}

    def accepts(self, order):
        known = (
            isinstance(order.get("recipient"), dict) and isinstance(order.get("kit_types"), list) and order["kit_types"]
        )
        return self.is_lax or (known and isinstance(order.get("metadata", {}), dict))


def pairs_of(content_type, data):
    if content_type.startswith("multipart/"):
        parts = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + data).get_payload()
        return [
            (part.get_param("name", header="Content-Disposition"), part.get_payload(decode=True).decode())
            for part in parts
        ]
    return parse_qsl(data.decode(), keep_blank_values=True)


@contextmanager
def serving(forms):
    """A server that reads JSON and these forms: its address and the orders it accepted."""
    orders, lock = [], threading.Lock()

    def take(head, data):
        kind = re.search(rb"\r\nContent-Type: (.*?)\r\n", head)[1].decode()
        order = json.loads(data) if kind.startswith("application/json") else forms.order(pairs_of(kind, data))
        if not forms.accepts(order):
            return 400, {"error": {"status": 400, "type": "bad_request", "detail": "recipient: not read"}}
        with lock:
            orders.append(order)
            created = datetime.now(UTC).isoformat()
            return 201, {"order_id": f"O{len(orders)}", "status": "pending", "kits": [], "created": created} | order

    def handle(peer):
        while (request := peer.request()) is not None:
            is_post = request[0].startswith(b"POST ")
            status, body = take(*request) if is_post else (405, {})
            peer.answer(status, json.dumps(body).encode(), b"Content-Type: application/json", b"Allow: POST")

    server = FakeServer(handle)
    try:
        yield f"http://127.0.0.1:{server.target.port}", orders
    finally:
        server.close()
