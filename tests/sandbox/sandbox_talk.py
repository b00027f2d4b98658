"""A client that shares no code with the project: it sends bytes and checks answers against the contract."""

import http.client
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

TOKEN = "correct-horse-battery"
PATH = "/api/v2/orders/"
JSON, URLENCODED, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
FORMS = tuple((media, style) for media in (URLENCODED, MULTIPART) for style in ("json", "dotted", "brackets"))
BOUNDARY = "5d1b7f3c"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def media(self):
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def tree(self):
        return exact(self.body)


def _constant(text):
    raise ValueError(f"{text} is not JSON")


def exact(text):
    """JSON with its numbers as they are written."""
    return json.loads(
        text, parse_int=lambda n: ("number", n), parse_float=lambda n: ("number", n), parse_constant=_constant
    )


@dataclass
class Talk:
    """A connection to one server, and the ids it has given so far."""

    port: int
    timeout: float = 5
    count: int = 0
    ids: set = field(default_factory=set)

    def call(self, body=b"", media=JSON, **options):
        """Send one request; options are method, path, authorization (None, one, or a list) and headers."""
        authorization = options.get("authorization", f"Token {TOKEN}")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            encodes = any(name == "Accept-Encoding" for name, _ in options.get("headers", ()))
            connection.putrequest(
                options.get("method", "POST"), options.get("path", PATH), skip_accept_encoding=encodes
            )
            for value in authorization if isinstance(authorization, list) else [authorization]:
                if value is not None:
                    connection.putheader("Authorization", value)
            if media is not None:
                connection.putheader("Content-Type", media)
            for name, value in options.get("headers", ()):
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            return Answer(response.status, {n.lower(): v for n, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def draft(self, changes=None, *, drop=()):
        """An ordinary order with a unique canary; changes and drops are dotted paths."""
        self.count += 1
        canary = f"canary{self.count:06d}"
        order = {
            "kit_types": ["health_kit_1", "health_kit_2"],
            "recipient": {
                "first_name": "Alice",
                "last_name": "Smith",
                "email": f"{canary}@example.com",
                "phone": "2025550123",
                "address": {
                    "street1": "123 Main St",
                    "street2": "Apt 1",
                    "city": "Springfield",
                    "state": "IL",
                    "country": "US",
                    "zip": "62704",
                },
            },
            "metadata": {"note": canary},
        }
        for path, value in (changes or {}).items():
            parent, name = _parent(order, path)
            parent[name] = value
        for path in drop:
            parent, name = _parent(order, path)
            del parent[name]
        return order

    def place(self, order, media=JSON, style="json", **options):
        """Send an order and judge the answer: it must be a right 201."""
        body = encode(order, media, style)
        answer = self.call(body, stated(media), **options)
        self.judge(answer, order)
        return answer

    def judge(self, answer, order):
        """An accepted order is answered rightly: section 3 of the contract on success, echo and identity."""
        assert answer.status == 201, answer
        assert answer.media == JSON
        shown = answer.tree()
        assert isinstance(shown, dict)
        assert {"order_id", "created", "status", "recipient", "kit_types", "kits"} <= shown.keys()
        assert isinstance(shown["order_id"], str)
        assert re.fullmatch(r"O\d{7,}", shown["order_id"])
        assert shown["order_id"] not in self.ids
        self.ids.add(shown["order_id"])
        assert shown["status"] == "pending"
        assert shown["kits"] == []
        assert isinstance(shown["created"], str)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", shown["created"])
        assert abs(datetime.fromisoformat(shown["created"]) - datetime.now(UTC)) < timedelta(minutes=1)
        assert shown["updated"] == shown["created"]
        sent = exact(text_of(order))
        for name in ("recipient", "kit_types", "metadata"):
            assert same(shown[name], sent.get(name)), name
        mine = set(re.findall(r"canary\d{6}", text_of(order)))
        others = set(re.findall(r"canary\d{6}", answer.body.decode())) - mine
        assert not others
        return shown


def same(left, right):
    """Equality that distinguishes True from 1 and respects the order of keys."""
    return json.dumps(left) == json.dumps(right)


def _parent(order, path):
    *above, name = path.split(".")
    for each in above:
        order = order[each]
    return order, name


class Raw:
    """A piece of JSON that is sent as it is written."""

    def __init__(self, text):
        self.text = text


def text_of(tree):
    """The JSON text of an order, raw pieces included."""
    if isinstance(tree, Raw):
        return tree.text
    if isinstance(tree, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{text_of(each)}" for name, each in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ",".join(map(text_of, tree)) + "]"
    return json.dumps(tree)


def stated(media):
    """The Content-Type header for a media type."""
    return f"{media}; boundary={BOUNDARY}" if media == MULTIPART else media


def fields(order, style):
    """A form's pairs: nested values as JSON text, as dotted names or in brackets."""
    pairs = []
    for name, value in order.items():
        if name == "kit_types":
            pairs += [(name, each) for each in value]
        elif style == "json":
            pairs.append((name, text_of(value)))
        elif style != "json" and isinstance(value, dict):
            pairs += leaves(name, value, {"dotted": "{}.{}", "brackets": "{}[{}]"}[style])
        elif value is not None:
            pairs.append((name, value))
    return pairs


def leaves(prefix, value, joined):
    """The leaves of an object by their whole names."""
    if not isinstance(value, dict):
        return [(prefix, value)]
    return [pair for name, each in value.items() for pair in leaves(joined.format(prefix, name), each, joined)]


def multipart(parts):
    """A multipart body; a part is a name, a text and, if it has one, a media type."""
    lines = []
    for name, text, *media in parts:
        lines.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n')
        lines += [f"Content-Type: {each}\r\n" for each in media]
        lines.append(f"\r\n{text}\r\n")
    return ("".join(lines) + f"--{BOUNDARY}--\r\n").encode()


def encode(order, media, style):
    """The body of a request."""
    if media == JSON:
        return text_of(order).encode()
    if media == URLENCODED:
        return urlencode(fields(order, style)).encode()
    return multipart(fields(order, style))


def refused(answer, *names):
    """A wrong body is refused rightly, and the detail names one of the names if there are any."""
    assert answer.status == 400, answer
    error = envelope(answer)
    assert error.get("status") == ("number", "400")
    assert error.get("type") == "bad_request"
    assert not names or any(re.search(rf"\b{re.escape(name)}\b", error["detail"]) for name in names), error["detail"]
    return error["detail"]


def denied(answer):
    """A caller without the token is refused rightly."""
    assert answer.status == 401, answer
    error = envelope(answer)
    assert error.get("status") == ("number", "401")
    assert error.get("type") == "unauthorized"
    assert answer.headers.get("www-authenticate") == "Token"


def envelope(answer):
    """The error of an answer; its text gives nothing away."""
    assert answer.media == JSON
    tree = answer.tree()
    assert list(tree) == ["error"]
    error = tree["error"]
    assert error.keys() <= {"status", "type", "detail"}
    assert isinstance(error.get("detail"), str)
    assert error["detail"].strip()
    for secret in ("Traceback", ".py", "/srv", TOKEN):
        assert secret not in error["detail"]
    return error
