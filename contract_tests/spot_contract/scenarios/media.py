"""Media types, methods and paths."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from spot_contract.document import parameters
from spot_contract.document.media_types import JSON, MULTIPART, URLENCODED
from spot_contract.document.openapi import VENDORED, Document
from spot_contract.document.schema_values import fitted
from spot_contract.exchanges.intent import Circumstance, Intent, Kind
from spot_contract.exchanges.messages import Request
from spot_contract.generation import credentials
from spot_contract.generation.encodings import AS_JSON, Nesting, json_bytes, multipart, urlencoded
from spot_contract.generation.orders import Body, put
from spot_contract.generation.samples import table

from .plan import Plan
from .scenario import Case, Units, scenario

ANOTHER_END = "with another end"
"""With or without the last slash: some frameworks treat such a path as the document's and create an order."""
UNSUPPORTED = table(
    "text/plain  application/xml  text/xml  application/octet-stream  text/html  application/yaml  image/png",
    "application/x-protobuf  text/csv",
)


@scenario("media types that are not listed", spends_orders=False, turn=3)
def unsupported(plan: Plan) -> Units:
    """A good order with a media type that the document does not list."""
    for name in UNSUPPORTED:
        if name not in Document.load(VENDORED).media_types:
            request = plan.request(None, encoded=(name, json_bytes(plan.plain())), what=f"an order as {name}")
            yield Case(request, Intent(Kind.MEDIA_TYPE, name, way=name))


@scenario("media types in other spellings", spends_orders=True, turn=48)
def spelt(plan: Plan) -> Units:
    """Media types in other letter cases, with parameters, and with blanks before the parameters."""
    parameters_of_types = (
        "; charset=utf-8",
        ";charset=utf-8",
        "; charset=UTF-8",
        '; charset="utf-8"',
        " ; charset=utf-8",
    )
    for number, encoding in enumerate(plan.one_of_each_type):
        changes = (str.upper, str.title)
        for change in changes[number % 2 :][:1] if plan.profile.is_quick else changes:
            body = plan.plain(encoding)
            content_type, data = encoding.encode(body)
            name, mark, rest = content_type.partition(";")
            encoded, what = (f"{change(name)}{mark}{rest}", data), f"an order as {change(name)}"
            yield plan.realistic(body, encoding, Circumstance.MEDIA_LETTER_CASE, encoded=encoded, what=what)
        for extra in parameters_of_types:
            is_blank = extra.startswith(" ")
            if encoding.media_type == MULTIPART and is_blank:
                continue  # Common multipart parsers require the semicolon without a blank.
            body = plan.plain(encoding)
            if not plan.recipient and not is_blank:
                body = fitted(put(body, first_name="Zoë"))
            content_type, data = encoding.encode(body)
            name, mark, rest = content_type.partition(";")
            circumstance = Circumstance.MEDIA_BLANK if is_blank else Circumstance.MEDIA_PARAMETER
            encoded = (f"{name}{extra}{mark}{rest}", data)
            yield plan.realistic(body, encoding, circumstance, encoded=encoded, what=f"an order as {name}{extra}")


@scenario("bodies in other spellings", spends_orders=True, turn=49)
def spellings(plan: Plan) -> Units:
    """One order in the spellings that each media type allows: escapes, blanks, order of fields, typed parts."""
    body = plan.plain()
    if not plan.recipient:
        body = fitted(put(body, first_name="Zoë 𠮷", last_name="O'Brien Smith", street1="12 5th & Main"))
    if plan.has_json:
        for what, data, meant in _json_spellings(body):
            yield plan.realistic(meant, AS_JSON, Circumstance.SPELLING, encoded=(JSON, data), what=what)
    for encoding in plan.forms:
        body = encoding.without_unsupported(body)
        pairs = encoding.pairs(body)
        for what, encoded in _form_spellings(
            pairs, encoding.media_type, is_json_text=encoding.nesting("recipient") is Nesting.JSON_TEXT
        ):
            yield plan.realistic(body, encoding, Circumstance.SPELLING, encoded=encoded, what=f"{encoding}, {what}")


def _json_spellings(body: Body) -> Iterator[tuple[str, bytes, Body]]:
    yield "JSON with escapes", json.dumps(body).encode(), body
    yield "JSON with white space", json.dumps(body, indent=2, ensure_ascii=False).encode() + b"\n", body
    yield "JSON without white space", json.dumps(body, separators=(",", ":")).encode(), body
    yield "JSON, names in another order", json_bytes(dict(reversed(body.items()))), body
    yield "JSON, names sorted", json.dumps(body, sort_keys=True).encode(), body
    yield "JSON with escaped slashes and letters", json.dumps(body).replace("Smith", "\\u0053mi\\u0074h").encode(), body


def _form_spellings(
    pairs: list[tuple[str, str]], media_type: str, *, is_json_text: bool
) -> Iterator[tuple[str, tuple[str, bytes]]]:
    backwards = pairs[::-1]
    if media_type == URLENCODED:
        yield "blanks as %20, lower-case escapes", (URLENCODED, _lower_escapes(urlencoded(pairs, plus=False)))
        yield "blanks as +, in another order", (URLENCODED, urlencoded(backwards))
        return
    yield "in another order, quoted boundary", multipart(backwards, quoted=True)
    if is_json_text:
        yield "JSON parts that say so", multipart(pairs, typed=True)


def _lower_escapes(data: bytes) -> bytes:
    return re.sub(rb"%[0-9A-F]{2}", lambda found: found.group().lower(), data)


@scenario("other methods", spends_orders=False, turn=1)
def methods(plan: Plan) -> Units:
    """Other methods on the operation's path: without a body, with a good order, without the token."""
    document = Document.load(VENDORED)
    for method in document.other_methods:
        with_body = (b"", json_bytes(plan.plain())) if method in {"PUT", "PATCH"} else (b"",)
        for data in with_body:
            yield _method(plan, method, data)
        for credential in (credentials.NONE, credentials.another_token(plan.token)[0]):
            case = _method(plan, method, b"")
            what = f"{method} with {credential.label}"
            yield replace(case, request=replace(case.request, credential=credential, what=what))
    for method in _rare_methods(document):
        for data in (b"", json_bytes(plan.plain())) if method != "TRACE" else (b"",):
            yield _method(plan, method, data)
    yield _method(plan, "OPTIONS", b"")


def _method(plan: Plan, method: str, data: bytes) -> Case:
    request = Request(JSON if data else None, data, plan.credential, parameters.path(), method, what=method)
    return Case(request, Intent(Kind.METHOD, way=f"{method}{' with a body' if data else ''}"))


def _rare_methods(document: Document) -> list[str]:
    """Methods that servers often answer before the application sees them."""
    declared = {one.method.upper() for one in document.operations if one.path == document.order.path}
    return [name for name in ("TRACE", "PROPFIND", "PURGE", "FOO") if name not in declared]


@scenario("other paths", spends_orders=False, turn=2)
def paths(plan: Plan) -> Units:
    """Good orders on paths that the document does not have."""
    own = parameters.path().partition("?")[0]
    last = own.rstrip("/").rpartition("/")[2]
    known = [one.path for one in Document.load(VENDORED).operations]
    others = {
        "below the operation": f"{own.rstrip('/')}/unknown-{last}-path/",
        "beside the operation": own.replace(last, f"{last}-unknown") if last else "/unknown",
        "another version": re.sub(r"/v(\d+)/", lambda found: f"/v{int(found[1]) + 90}/", own),
        "an unknown name": "/unknown-path-of-nobody",
        "in capitals": own.upper(),
        ANOTHER_END: own.rstrip("/") if own.endswith("/") else f"{own}/",
    }
    for way, path in others.items():
        if path == own or any(_is_of(path, template) for template in known):
            continue
        for method in ("POST", "GET") if way != ANOTHER_END else ("POST",):
            body = json_bytes(plan.plain()) if method == "POST" else b""
            what = f"{method} {path}"
            request = Request(JSON if body else None, body, plan.credential, path, method, what=what)
            yield Case(request, Intent(Kind.PATH, way=way))


def _is_of(path: str, template: str) -> bool:
    """Whether a path matches a path template of the document."""
    parts = re.split(r"\{[^}]*\}", template.rstrip("/"))
    return re.fullmatch("[^/]+".join(map(re.escape, parts)), path.rstrip("/")) is not None and path.endswith(
        "/"
    ) == template.endswith("/")
