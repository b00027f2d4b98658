"""Hooks that replace steps of the service."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from spot_sandbox.hooks.trees import each_text, parse, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from spot_sandbox.document.schema import Schema
    from spot_sandbox.http.messages import Answer, Body, Refusal, Request
    from spot_sandbox.orders.service import Service

CREATED, BAD, DENIED = 201, 400, 401


def on_answer(service: Service, change: Callable[[Request, Answer], Answer | None]) -> None:
    """Change any answer: in place, or by returning another one."""
    inner = service.respond

    async def respond(request: Request) -> Answer:
        answer = await inner(request)
        return change(request, answer) or answer

    service.respond = respond


def on_request(service: Service, change: Callable[[Request], None]) -> None:
    """Change a request before the service sees it."""
    inner = service.respond

    async def respond(request: Request) -> Answer:
        change(request)
        return await inner(request)

    service.respond = respond


def on_status(service: Service, status: int, change: Callable[[Request, Any], Any]) -> None:
    """Change the JSON of answers with a status: in place, or by returning another tree."""

    def rewrite(request: Request, answer: Answer) -> None:
        if answer.status != status or not answer.body:
            return
        try:
            tree = parse(answer.body)
            changed = change(request, tree)
            answer.body = write(tree if changed is None else changed).encode()
        except RecursionError:
            return  # The fault does not apply to such a tree, and must not cause a different error.

    on_answer(service, rewrite)


def on_order(service: Service, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change the answers to accepted orders; a 201 of another operation is left alone."""
    on_status(service, CREATED, lambda request, tree: None if request.order_id is None else change(tree))


def on_texts(service: Service, change: Callable[[str], str]) -> None:
    """Change every text of recipient, kit types and metadata in the answers to accepted orders."""

    def rewrite(order: dict[str, Any]) -> None:
        for name in ("recipient", "kit_types", "metadata"):
            order[name] = each_text(order[name], change)

    on_order(service, rewrite)


def on_refusal(service: Service, change: Callable[[Refusal], Answer | None]) -> None:
    """Replace the answers to some refusals; None keeps the envelope."""
    inner = service.refuse
    service.refuse = lambda refusal: change(refusal) or inner(refusal)


def on_problems(service: Service, change: Callable[[Request, Body, dict[str, str]], dict[str, str] | None]) -> None:
    """Remove problems of a body, or invent some."""
    inner = service.problems

    def problems(request: Request, schema: Schema, body: Body) -> dict[str, str]:
        found = inner(request, schema, body)
        changed = change(request, body, found)
        return found if changed is None else changed

    service.problems = problems


def on_body(service: Service, change: Callable[[Request, dict[str, Any]], Any]) -> None:
    """Change the stored properties of a valid body."""
    inner = service.parse

    def parse_changed(request: Request, media: str, raw: bytes, schema: Schema) -> Body:
        body = inner(request, media, raw, schema)
        if service.problems(request, schema, body):
            return body
        try:
            tree = {name: parse(text) for name, text in body.texts.items()}
            changed = change(request, tree)
            tree = tree if changed is None else changed
            return dataclasses.replace(body, texts={name: write(each) for name, each in tree.items()})
        except RecursionError:
            return body

    service.parse = parse_changed


def media_type(request: Request) -> str:
    """The media type that a request states, in lower case and without parameters."""
    return b"".join(request.header(b"content-type")).partition(b";")[0].strip().lower().decode("latin-1")


def is_form(request: Request) -> bool:
    """Whether the request states one of the two form media types."""
    return media_type(request) in {"application/x-www-form-urlencoded", "multipart/form-data"}
