"""The three media types, read and written without losing a character or a digit."""

import json
import random
import re
from urllib.parse import parse_qsl

MAX_FIELDS = 5000
MAX_DOTS = 50
BOUNDARY = re.compile(r';\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)
PART_NAME = re.compile(r';\s*name\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))', re.IGNORECASE)


class BrokenBodyError(Exception):
    """The body is no document of its media type; the text says why."""


class UnsupportedError(Exception):
    """The media type is none of the three."""


class Number:
    """A number as it was written: neither float nor int could keep all of 1e400 and 0.10000000000000000001."""

    def __init__(self, text):
        self.text = text


def encode(value, indent=""):
    """Pretty-printed ASCII; the order of keys means nothing in JSON, so here it is never the same."""
    deeper = indent + "  "
    if isinstance(value, Number):
        return value.text
    if isinstance(value, dict):
        shuffled = random.sample(list(value.items()), len(value))
        brackets, lines = "{}", [f"{deeper}{json.dumps(name)}: {encode(below, deeper)}" for name, below in shuffled]
    elif isinstance(value, list):
        brackets, lines = "[]", [f"{deeper}{encode(below, deeper)}" for below in value]
    else:
        return json.dumps(value)
    return "\n".join([brackets[0], ",\n".join(lines), indent + brackets[1]]) if lines else brackets


def read_order(content_type, body):
    """The body as one JSON-like value."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "application/json":
        return read_json(as_text(body), "The body")
    if media_type == "application/x-www-form-urlencoded":
        return read_form(urlencoded(body))
    if media_type == "multipart/form-data":
        return read_form(multipart(content_type, body))
    raise UnsupportedError


def as_text(content):
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise BrokenBodyError("The body is not UTF-8.") from None


def refuse_constant(name):
    raise ValueError(name)


def read_json(text, name):
    try:
        return json.loads(text, parse_int=Number, parse_float=Number, parse_constant=refuse_constant)
    except RecursionError:
        raise BrokenBodyError(f"{name} is nested too deeply.") from None
    except ValueError:
        raise BrokenBodyError(f"{name} is not JSON.") from None


def urlencoded(body):
    try:
        return parse_qsl(as_text(body), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise BrokenBodyError("The form is not UTF-8, or has too many fields.") from None


def multipart(content_type, body):
    found = BOUNDARY.search(content_type)
    if not found:
        raise BrokenBodyError("The multipart body has no usable boundary.")
    delimiter = b"\r\n--" + (found[1] or found[2]).encode("latin-1", "replace")
    _preamble, *parts = (b"\r\n" + body).split(delimiter, MAX_FIELDS + 1)
    if not parts or not parts.pop().startswith(b"--"):
        raise BrokenBodyError("The multipart body does not end with its boundary, or has too many parts.")
    return [read_part(part) for part in parts]


def read_part(part):
    head, blank_line, content = part.lstrip(b" \t").partition(b"\r\n\r\n")
    if not head.startswith(b"\r\n") or not blank_line:
        raise BrokenBodyError("A part of the multipart body is broken.")
    for line in as_text(head).split("\r\n"):
        name, _, value = line.partition(":")
        found = PART_NAME.search(value) if name.strip().lower() == "content-disposition" else None
        if found:
            unescaped = re.sub(r"\\(.)", r"\1", found[1]) if found[2] is None else found[2]
            return unescaped, as_text(content)
    raise BrokenBodyError("A part of the multipart body has no name.")


def read_form(fields):
    order = {}
    kit_types = [text for name, text in fields if name == "kit_types"]
    if kit_types:
        order["kit_types"] = kit_types
    for name in ("recipient", "metadata"):
        texts = [text for field, text in fields if field == name]
        dotted = [(field, text) for field, text in fields if field.startswith(f"{name}.")]
        if len(texts) + bool(dotted) > 1:
            raise BrokenBodyError(f"The {name} field is given more than once.")
        if texts:
            order[name] = read_json(texts[0], f"The {name} field")
            if order[name] is None:
                raise BrokenBodyError(f"The {name} field is not an object.")
        elif dotted:
            order[name] = grow(dotted)
    return order


def grow(dotted):
    """The object that dotted names spell, without its own name in front."""
    tree = {}
    for field, text in dotted:
        _, *branches, leaf = field.split(".")
        if len(branches) > MAX_DOTS:
            raise BrokenBodyError("The name of a field has too many dots.")
        node = tree
        for branch in branches:
            node = node.setdefault(branch, {})
            if not isinstance(node, dict):
                raise BrokenBodyError(f"The {branch} field is both a text and an object.")
        if leaf in node:
            raise BrokenBodyError(f"The {leaf} field is given more than once.")
        node[leaf] = text
    return tree
