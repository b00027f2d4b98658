"""The body of an order as one Python value, from any of the three media types."""

import json
import math
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

MAX_FIELDS = 500
MAX_DOTS = 50
MAX_DEPTH = 100


class UnsupportedError(Exception):
    pass


class UnreadableError(Exception):
    pass


async def read_order(content_type, body):
    if not body:
        raise UnreadableError("The body is empty.")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in ("application/json", "application/x-www-form-urlencoded", "multipart/form-data"):
        raise UnsupportedError("Send JSON or a form.")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableError("The body is not UTF-8.") from None
    if media_type == "application/json":
        return read_json(text, "The body")
    if media_type == "multipart/form-data":
        return from_form(await multipart(content_type, body))
    try:
        return from_form(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS))
    except ValueError:
        raise UnreadableError("The form is not UTF-8, or has too many fields.") from None


def read_json(text, name):
    def refuse(constant):
        raise ValueError(constant)

    try:
        return json.loads(text, parse_constant=refuse)
    except RecursionError:
        raise UnreadableError(f"{name} is nested too deeply.") from None
    except ValueError:  # Python's limit on the digits of a number is one, too.
        raise UnreadableError(f"{name} is not JSON.") from None


class WholeMultiPartParser(MultiPartParser):
    """Its base class takes a body without a closing boundary, and loses the last part."""

    has_ended = False

    def on_end(self):
        self.has_ended = True


async def multipart(content_type, body):
    async def once():
        yield body

    headers = Headers({"content-type": content_type})
    parser = WholeMultiPartParser(headers, once(), max_fields=MAX_FIELDS, max_part_size=len(body))
    try:
        form = await parser.parse()
    except (MultiPartException, ValueError):  # A ValueError comes of an odd charset, too.
        raise UnreadableError("The multipart body is broken.") from None
    if not parser.has_ended:
        raise UnreadableError("The multipart body breaks off.")
    fields = []
    for name, value in form.multi_items():
        fields.append((name, (await value.read()).decode() if isinstance(value, UploadFile) else value))
    await form.close()
    return fields


def from_form(fields):
    order = {}
    for name, text in fields:
        if name == "kit_types":
            order.setdefault(name, []).append(text)
        elif name in ("recipient", "metadata"):
            order[name] = read_json(text, f"The {name} field")
        else:
            place(order, name, text)
    return order


def place(order, name, text):
    """Follows the dots of a name to where its text belongs."""
    *branches, leaf = name.split(".")
    if len(branches) > MAX_DOTS:
        raise UnreadableError("The name of a field has too many dots.")
    node = order
    for branch in branches:
        node = node.setdefault(branch, {})
        if not isinstance(node, dict):
            raise UnreadableError(f"The {branch} field is both a value and an object.")
    node[leaf] = text


def check_writable(name, value):
    """Refuses what cannot be written back as JSON in UTF-8."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [below for item in level for below in items_of(name, item)]
        if not level:
            return
    raise UnreadableError(f"The {name} field is nested too deeply.")


def items_of(name, item):
    if isinstance(item, dict):
        return [*item, *item.values()]
    if isinstance(item, str) and any("\ud800" <= character <= "\udfff" for character in item):
        raise UnreadableError(f"The {name} field holds a lone surrogate.")
    if isinstance(item, float) and not math.isfinite(item):
        raise UnreadableError(f"The {name} field holds a number that is too large.")
    return item if isinstance(item, list) else ()
