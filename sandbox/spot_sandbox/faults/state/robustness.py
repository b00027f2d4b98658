"""Hostile input that does harm."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
from typing import TYPE_CHECKING, Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import BAD, media_type, on_problems, on_refusal
from spot_sandbox.hooks.trees import Number, each_scalar, parse
from spot_sandbox.http.messages import INTERNAL, NOT_FOUND, Answer, ClientGoneError, Refusal, envelope

if TYPE_CHECKING:
    from collections.abc import Callable

    from spot_sandbox.http.messages import Body, Request
    from spot_sandbox.orders.service import Service

CHAPTER = "robustness"
NEVER_5XX = (
    "never a 5xx, whatever the bytes: invalid UTF-8, lone surrogates, NUL, duplicate keys, 1 MiB strings, "
    "nesting 10,000 deep, huge numbers, broken multipart, odd Authorization bytes"
)
BODIES = "whatever the bytes, an answer in form: a limit (413, 431, 400) is a fine answer to size"
KEEPS_ANSWERING = "the server keeps answering, whatever the bytes"
HANG = 3600
DEEP, DIGITS, LARGE, TOO_LARGE = 200, 300, 500_000, 413


def _failure() -> Answer:
    return envelope(Refusal(500, "The service failed.", INTERNAL))


def _fail_when(service: Service, fails: Callable[[Request], bool]) -> None:
    """Fail on some bodies, which are there to be looked at once they have been read."""
    inner = service.respond

    async def respond(request: Request) -> Answer:
        answer = await inner(request)
        return _failure() if fails(request) else answer

    service.respond = respond


def _is_broken_multipart(refusal: Refusal) -> bool:
    return "form is malformed" in refusal.detail and "UTF-8" not in refusal.detail


def _is_json(request: Request) -> bool:
    return media_type(request) == "application/json"


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@fault(CHAPTER, NEVER_5XX)
def invalid_utf8_fails(service: Service) -> None:
    """A JSON body that is not in UTF-8 is answered with 500."""
    _fail_when(service, lambda request: _is_json(request) and not _is_utf8(request.raw))


@fault(CHAPTER, NEVER_5XX)
def invalid_utf8_in_forms_fails(service: Service) -> None:
    """A form that is not in UTF-8 is answered with 500."""

    def change(refusal: Refusal) -> Answer | None:
        return _failure() if refusal.detail == "The form is malformed: it is not in UTF-8." else None

    on_refusal(service, change)


@fault(CHAPTER, NEVER_5XX)
def lone_surrogate_fails(service: Service) -> None:
    """A lone surrogate in JSON is answered with 500."""

    def change(_request: Request, body: Body, _found: dict[str, str]) -> None:
        with contextlib.suppress(RecursionError):
            json.dumps(body.tree, ensure_ascii=False).encode("utf-8")

    on_problems(service, change)


@fault(CHAPTER, NEVER_5XX)
def nul_fails(service: Service) -> None:
    """A NUL in a body is answered with 500, as some databases do."""
    _fail_when(service, lambda request: b"\\u0000" in request.raw or b"\0" in request.raw or b"%00" in request.raw)


@fault(CHAPTER, NEVER_5XX)
def deep_nesting_fails(service: Service) -> None:
    """JSON nested some hundred levels deep is answered with 500."""
    _fail_when(service, lambda request: b"[" * DEEP in request.raw or request.raw.count(b"{") > DEEP)


@fault(CHAPTER, NEVER_5XX)
def long_strings_fail(service: Service) -> None:
    """A body of half a megabyte or more is answered with 500."""
    _fail_when(service, lambda request: len(request.raw) > LARGE)
    on_refusal(service, lambda refusal: _failure() if refusal.status == TOO_LARGE else None)


@fault(CHAPTER, NEVER_5XX)
def huge_numbers_fail(service: Service) -> None:
    """A number of 300 digits or more, or one beyond the range of floats, is answered with 500."""

    def look(value: Any) -> None:
        if isinstance(value, Number) and (len(value.text) >= DIGITS or math.isinf(float(value.text))):
            raise OverflowError

    def change(_request: Request, body: Body, _found: dict[str, str]) -> None:
        with contextlib.suppress(RecursionError):
            for text in body.texts.values():
                each_scalar(parse(text), look)

    on_problems(service, change)


@fault(CHAPTER, NEVER_5XX)
def duplicate_keys_fail(service: Service) -> None:
    """An object with two members of the same name is answered with 500."""
    on_refusal(service, lambda refusal: _failure() if "same name" in refusal.detail else None)


@fault(CHAPTER, NEVER_5XX)
def broken_multipart_fails(service: Service) -> None:
    """A multipart body that cannot be taken apart is answered with 500."""
    on_refusal(service, lambda refusal: _failure() if _is_broken_multipart(refusal) else None)


@fault(CHAPTER, NEVER_5XX, "rare")
def missing_boundary_fails(service: Service) -> None:
    """multipart/form-data without a boundary is answered with 500."""
    on_refusal(service, lambda refusal: _failure() if "no boundary" in refusal.detail else None)


@fault(CHAPTER, NEVER_5XX, "rare")
def odd_authorization_bytes_fail(service: Service) -> None:
    """An Authorization header with bytes beyond ASCII is answered with 500."""
    inner = service.authorize

    def authorize(request: Request) -> None:
        for value in request.header(b"authorization"):
            value.decode("ascii")
        inner(request)

    service.authorize = authorize


@fault(CHAPTER, NEVER_5XX, "rare")
def file_for_a_text_fails(service: Service) -> None:
    """A file where a multipart text is expected is answered with 500."""
    on_refusal(service, lambda refusal: _failure() if "not a file" in refusal.detail else None)


@fault(CHAPTER, NEVER_5XX)
def scalar_bodies_fail(service: Service) -> None:
    """A JSON body that is no object is answered with 500."""

    def change(_request: Request, body: Body, _found: dict[str, str]) -> None:
        body.tree.keys()

    on_problems(service, change)


def _after(service: Service, hostile: Callable[[Refusal], bool], then: Callable[[], Answer]) -> None:
    """Let a hostile request do harm to the next one."""
    harmed = False
    inner = service.respond

    def note(refusal: Refusal) -> None:
        nonlocal harmed
        harmed = harmed or hostile(refusal)

    async def respond(request: Request) -> Answer:
        nonlocal harmed
        if harmed:
            harmed = False
            return then()
        return await inner(request)

    on_refusal(service, note)
    service.respond = respond


@fault(CHAPTER, KEEPS_ANSWERING, "cross-request")
def malformed_json_fails_the_next_request(service: Service) -> None:
    """The request after a malformed JSON body is answered with 500."""
    _after(service, lambda refusal: "well-formed JSON" in refusal.detail, _failure)


@fault(CHAPTER, KEEPS_ANSWERING, "cross-request")
def too_deep_nesting_fails_the_next_request(service: Service) -> None:
    """The request after a body that is nested too deeply is answered with 500."""
    _after(service, lambda refusal: "too deeply" in refusal.detail, _failure)


@fault(CHAPTER, KEEPS_ANSWERING, "cross-request")
def refusal_repeated_after_broken_multipart(service: Service) -> None:
    """The request after a broken multipart body gets that body's refusal."""
    answer = envelope(Refusal(BAD, "The form is malformed."))
    _after(service, _is_broken_multipart, lambda: answer)


@fault(CHAPTER, KEEPS_ANSWERING, "cross-request")
def hangs_after_broken_multipart(service: Service) -> None:
    """After a broken multipart body no request is answered any more."""
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
    """An empty body is waited for without end."""
    inner = service.respond

    async def respond(request: Request) -> Answer:
        if request.method == "POST" and request.header(b"content-length") in ([], [b"0"]):
            service.authorize(request)
            await asyncio.sleep(HANG)
        return await inner(request)

    service.respond = respond


@fault(CHAPTER, KEEPS_ANSWERING, "rare")
def malformed_json_hangs(service: Service) -> None:
    """A JSON body that ends too early is waited for without end."""
    inner = service.respond

    async def respond(request: Request) -> Answer:
        answer = await inner(request)
        if answer.status == BAD and b"well-formed JSON" in answer.body and not request.raw.rstrip().endswith(b"}"):
            await asyncio.sleep(HANG)
        return answer

    service.respond = respond


@fault(CHAPTER, BODIES)
def broken_multipart_answered_with_204(service: Service) -> None:
    """A broken multipart body is answered with 204."""
    on_refusal(service, lambda refusal: Answer(204, b"") if _is_broken_multipart(refusal) else None)


@fault(CHAPTER, BODIES, "rare")
def odd_authorization_bytes_not_found(service: Service) -> None:
    """An Authorization header with bytes beyond ASCII is answered with 404."""
    inner = service.authorize

    def authorize(request: Request) -> None:
        if not all(each.isascii() for each in request.header(b"authorization")):
            raise Refusal(404, "There is nobody of this name.", NOT_FOUND)
        inner(request)

    service.authorize = authorize


@fault(CHAPTER, KEEPS_ANSWERING, "cross-request")
def request_after_a_lost_client_refused(service: Service) -> None:
    """The request after one whose client went away is answered with 403."""
    inner = service.respond
    lost = False

    async def respond(request: Request) -> Answer:
        nonlocal lost
        if lost:
            lost = False
            return envelope(Refusal(403, "The connection is not trusted.", "forbidden"))
        try:
            return await inner(request)
        except ClientGoneError:
            lost = True
            raise

    service.respond = respond
