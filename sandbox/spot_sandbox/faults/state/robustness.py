"""Hostile input that makes the server fail, hang or answer wrongly."""

import asyncio
import contextlib
import json
import math
from collections.abc import Callable
from typing import Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import BAD, failure, is_json, on_answer, on_authorize, on_problems, on_refusal
from spot_sandbox.hooks.trees import Number, each_scalar, parse
from spot_sandbox.http.messages import FORBIDDEN, NOT_FOUND, Answer, Body, ClientGoneError, Refusal, Request, envelope
from spot_sandbox.orders.service import Service

CHAPTER = "robustness"
NEVER_5XX = (
    "never a 5xx, whatever the bytes: invalid UTF-8, lone surrogates, NUL, duplicate keys, 1 MiB strings, "
    "nesting 10,000 deep, huge numbers, broken multipart, malformed Authorization bytes"
)
BODIES = "whatever the bytes, a conforming answer: a limit (413, 431, 400) is a valid answer to size"
KEEPS_ANSWERING = "the server keeps answering, whatever the bytes"
HANG = 3600
DEEP, DIGITS, LARGE, TOO_LARGE = 200, 300, 500_000, 413


def _fail_when(service: Service, fails: Callable[[Request], bool]) -> None:
    """Answer some requests with 500, after the service has read their body."""
    on_answer(service, lambda request, _answer: failure() if fails(request) else None)


def _fail_if_refused(service: Service, refused: Callable[[Refusal], bool]) -> None:
    """Answer some refused requests with 500."""
    on_refusal(service, lambda refusal: failure() if refused(refusal) else None)


def _is_broken_multipart(refusal: Refusal) -> bool:
    return "form is malformed" in refusal.detail and "UTF-8" not in refusal.detail


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@fault(CHAPTER, NEVER_5XX)
def invalid_utf8_fails(service: Service) -> None:
    """A JSON body that is not in UTF-8 is answered with 500."""
    _fail_when(service, lambda request: is_json(request) and not _is_utf8(request.raw))


@fault(CHAPTER, NEVER_5XX)
def invalid_utf8_in_forms_fails(service: Service) -> None:
    """A form that is not in UTF-8 is answered with 500."""
    _fail_if_refused(service, lambda refusal: refusal.detail == "The form is malformed: it is not in UTF-8.")


@fault(CHAPTER, NEVER_5XX, hook=on_problems)
def lone_surrogate_fails(_request: Request, body: Body, _found: dict[str, str]) -> None:
    """A lone surrogate in JSON is answered with 500."""
    with contextlib.suppress(RecursionError):
        json.dumps(body.tree, ensure_ascii=False).encode("utf-8")


@fault(CHAPTER, NEVER_5XX)
def nul_fails(service: Service) -> None:
    """A NUL in a body is answered with 500, as with some databases."""
    _fail_when(service, lambda request: b"\\u0000" in request.raw or b"\0" in request.raw or b"%00" in request.raw)


@fault(CHAPTER, NEVER_5XX)
def deep_nesting_fails(service: Service) -> None:
    """JSON nested more than 200 levels deep is answered with 500."""
    _fail_when(service, lambda request: b"[" * DEEP in request.raw or request.raw.count(b"{") > DEEP)


@fault(CHAPTER, NEVER_5XX)
def long_strings_fail(service: Service) -> None:
    """A body of more than 500,000 bytes is answered with 500."""
    _fail_when(service, lambda request: len(request.raw) > LARGE)
    _fail_if_refused(service, lambda refusal: refusal.status == TOO_LARGE)


@fault(CHAPTER, NEVER_5XX, hook=on_problems)
def huge_numbers_fail(_request: Request, body: Body, _found: dict[str, str]) -> None:
    """A number with 300 or more digits, or beyond the range of floats, is answered with 500."""

    def check(value: Any) -> None:
        if isinstance(value, Number) and (len(value.text) >= DIGITS or math.isinf(float(value.text))):
            raise OverflowError

    with contextlib.suppress(RecursionError):
        for text in body.texts.values():
            each_scalar(parse(text), check)


@fault(CHAPTER, NEVER_5XX)
def duplicate_keys_fail(service: Service) -> None:
    """An object with two members of the same name is answered with 500."""
    _fail_if_refused(service, lambda refusal: "same name" in refusal.detail)


@fault(CHAPTER, NEVER_5XX)
def broken_multipart_fails(service: Service) -> None:
    """A malformed multipart body is answered with 500."""
    _fail_if_refused(service, _is_broken_multipart)


@fault(CHAPTER, NEVER_5XX, "rare")
def missing_boundary_fails(service: Service) -> None:
    """multipart/form-data without a boundary is answered with 500."""
    _fail_if_refused(service, lambda refusal: "no boundary" in refusal.detail)


@fault(CHAPTER, NEVER_5XX, "rare", hook=on_authorize)
def odd_authorization_bytes_fail(request: Request) -> None:
    """An Authorization header with bytes beyond ASCII is answered with 500."""
    for value in request.header(b"authorization"):
        value.decode("ascii")


@fault(CHAPTER, NEVER_5XX, "rare")
def file_for_a_text_fails(service: Service) -> None:
    """A file in place of a multipart string is answered with 500."""
    _fail_if_refused(service, lambda refusal: "not a file" in refusal.detail)


@fault(CHAPTER, NEVER_5XX, hook=on_problems)
def scalar_bodies_fail(_request: Request, body: Body, _found: dict[str, str]) -> None:
    """A JSON body that is not an object is answered with 500."""
    body.tree.keys()


def _after(service: Service, hostile: Callable[[Refusal], bool], answer: Callable[[], Answer]) -> None:
    """Replace the answer to the request that follows a hostile one."""
    harmed = False
    inner = service.respond

    def note(refusal: Refusal) -> None:
        nonlocal harmed
        harmed = harmed or hostile(refusal)

    async def respond(request: Request) -> Answer:
        nonlocal harmed
        if harmed:
            harmed = False
            return answer()
        return await inner(request)

    on_refusal(service, note)
    service.respond = respond


@fault(CHAPTER, KEEPS_ANSWERING, "cross-request")
def malformed_json_fails_the_next_request(service: Service) -> None:
    """The request after a malformed JSON body is answered with 500."""
    _after(service, lambda refusal: "well-formed JSON" in refusal.detail, failure)


@fault(CHAPTER, KEEPS_ANSWERING, "cross-request")
def too_deep_nesting_fails_the_next_request(service: Service) -> None:
    """The request after a body with too deep nesting is answered with 500."""
    _after(service, lambda refusal: "too deeply" in refusal.detail, failure)


@fault(CHAPTER, KEEPS_ANSWERING, "cross-request")
def refusal_repeated_after_broken_multipart(service: Service) -> None:
    """The request after a malformed multipart body gets the refusal of that body."""
    _after(service, _is_broken_multipart, lambda: envelope(Refusal(BAD, "The form is malformed.")))


@fault(CHAPTER, KEEPS_ANSWERING, "cross-request")
def hangs_after_broken_multipart(service: Service) -> None:
    """After a malformed multipart body, no request is answered."""
    hung = False
    inner = service.respond

    def note(refusal: Refusal) -> None:
        nonlocal hung
        hung = hung or _is_broken_multipart(refusal)

    async def respond(request: Request) -> Answer:
        if hung:
            await asyncio.sleep(HANG)
        return await inner(request)

    on_refusal(service, note)
    service.respond = respond


@fault(CHAPTER, KEEPS_ANSWERING)
def empty_body_hangs(service: Service) -> None:
    """A request with an empty body is never answered."""
    inner = service.respond

    async def respond(request: Request) -> Answer:
        if request.method == "POST" and request.header(b"content-length") in ([], [b"0"]):
            service.authorize(request)
            await asyncio.sleep(HANG)
        return await inner(request)

    service.respond = respond


@fault(CHAPTER, KEEPS_ANSWERING, "rare")
def malformed_json_hangs(service: Service) -> None:
    """A request with truncated JSON is never answered."""
    inner = service.respond

    async def respond(request: Request) -> Answer:
        answer = await inner(request)
        if answer.status == BAD and b"well-formed JSON" in answer.body and not request.raw.rstrip().endswith(b"}"):
            await asyncio.sleep(HANG)
        return answer

    service.respond = respond


@fault(CHAPTER, BODIES)
def broken_multipart_answered_with_204(service: Service) -> None:
    """A malformed multipart body is answered with 204."""
    on_refusal(service, lambda refusal: Answer(204, b"") if _is_broken_multipart(refusal) else None)


@fault(CHAPTER, BODIES, "rare", hook=on_authorize)
def odd_authorization_bytes_not_found(request: Request) -> None:
    """An Authorization header with bytes beyond ASCII is answered with 404."""
    if not all(each.isascii() for each in request.header(b"authorization")):
        raise Refusal(404, "There is no user with this name.", NOT_FOUND)


@fault(CHAPTER, KEEPS_ANSWERING, "cross-request")
def request_after_a_lost_client_refused(service: Service) -> None:
    """The request after one whose client disconnected is answered with 403."""
    inner = service.respond
    lost = False

    async def respond(request: Request) -> Answer:
        nonlocal lost
        if lost:
            lost = False
            return envelope(Refusal(403, "The connection is not trusted.", FORBIDDEN))
        try:
            return await inner(request)
        except ClientGoneError:
            lost = True
            raise

    service.respond = respond
