"""Hooks that replace steps of the service."""

import dataclasses
from collections.abc import Callable
from typing import Any

from spot_sandbox.document.schema import Schema
from spot_sandbox.hooks.trees import each_scalar, each_text, each_value, is_object, parse, value_at, write
from spot_sandbox.http.messages import INTERNAL, Answer, Body, Refusal, Request, envelope
from spot_sandbox.orders.service import Service

CREATED, BAD, DENIED = 201, 400, 401


def failure() -> Answer:
    """A 500 with the envelope."""
    return envelope(Refusal(500, "The service failed.", INTERNAL))


def on_answer(service: Service, change: Callable[[Request, Answer], Answer | None], status: int | None = None) -> None:
    """Change answers, or only those with one status: in place, or by returning another one."""
    inner = service.respond

    async def respond(request: Request) -> Answer:
        answer = await inner(request)
        return (change(request, answer) or answer) if status in {None, answer.status} else answer

    service.respond = respond


def on_created(service: Service, change: Callable[[Request, Answer], Answer | None]) -> None:
    """Change the answers to accepted orders: in place, or by returning another one."""
    on_answer(service, change, CREATED)


def answer_instead(service: Service, wanted: Callable[[Request], bool], answer: Callable[[], Answer]) -> None:
    """Answer some requests without asking the service."""
    inner = service.respond

    async def respond(request: Request) -> Answer:
        return answer() if wanted(request) else await inner(request)

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
        if not answer.body:
            return
        try:
            tree = parse(answer.body)
            changed = change(request, tree)
            answer.body = write(tree if changed is None else changed).encode()
        except RecursionError:
            return  # The fault does not apply to such a tree, and must not cause a different error.

    on_answer(service, rewrite, status)


def on_order(service: Service, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change the answers to accepted orders; a 201 of another operation is left alone."""
    on_status(service, CREATED, lambda request, tree: None if request.order_id is None else change(tree))


def on_texts(
    service: Service, change: Callable[[str], str], names: tuple[str, ...] = ("recipient", "kit_types", "metadata")
) -> None:
    """Change every string below these properties in the answers to accepted orders."""

    def rewrite(order: dict[str, Any]) -> None:
        for name in names:
            order[name] = each_text(order[name], change)

    on_order(service, rewrite)


def on_metadata(service: Service, change: Callable[[Any], Any]) -> None:
    """Change the metadata in the answers to accepted orders, unless it is null."""

    def rewrite(order: dict[str, Any]) -> None:
        if is_object(order["metadata"]):
            order["metadata"] = change(order["metadata"])

    on_order(service, rewrite)


def on_metadata_values(service: Service, change: Callable[[Any], Any]) -> None:
    """Change every value of metadata that is neither object nor list in the answers to accepted orders."""
    on_metadata(service, lambda metadata: each_scalar(metadata, change))


def on_metadata_objects(service: Service, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change metadata and every object in it, the innermost first, in the answers to accepted orders."""

    def below(tree: Any) -> Any:
        changed = each_value(tree, below)
        return change(changed) if is_object(changed) else changed

    on_metadata(service, below)


def on_recipient_text(service: Service, path: str, change: Callable[[str], Any]) -> None:
    """Change one string of the recipient in the answers to accepted orders; the path starts below recipient."""
    above, _, name = path.rpartition(".")

    def rewrite(order: dict[str, Any]) -> None:
        parent = value_at(order["recipient"], above)
        if isinstance(parent.get(name), str):
            parent[name] = change(parent[name])

    on_order(service, rewrite)


def on_refusal(service: Service, change: Callable[[Refusal], Answer | None], status: int | None = None) -> None:
    """Change refusals, or only those with one status: in place, or by returning another answer."""
    inner = service.refuse

    def refuse(refusal: Refusal) -> Answer:
        answer = change(refusal) if status in {None, refusal.status} else None
        return answer or inner(refusal)

    service.refuse = refuse


def on_authorize(service: Service, check: Callable[[Request], None]) -> None:
    """Check a request before its token is checked."""
    inner = service.authorize

    def authorize(request: Request) -> None:
        check(request)
        inner(request)

    service.authorize = authorize


def on_problems(service: Service, change: Callable[[Request, Body, dict[str, str]], dict[str, str] | None]) -> None:
    """Change the problems that validation finds in a body: in place, or by returning others."""
    inner = service.problems

    def problems(request: Request, schema: Schema, body: Body) -> dict[str, str]:
        found = inner(request, schema, body)
        changed = change(request, body, found)
        return found if changed is None else changed

    service.problems = problems


def refuse_field(service: Service, field: str, wrong: Callable[[Any], bool], reason: str = "is not valid") -> None:
    """Refuse valid orders for the value of a field, unless it is absent or null; the field is a dotted path."""

    def change(_request: Request, body: Body, found: dict[str, str]) -> None:
        value = None if found else value_at(body.tree, field)
        if value is not None and wrong(value):
            found[field] = f"The {field} field {reason}."

    on_problems(service, change)


def on_parsed(service: Service, change: Callable[[Request, Schema, Body], Body]) -> None:
    """Change a parsed body before it is validated."""
    inner = service.parse

    def parse_changed(request: Request, media: str, raw: bytes, schema: Schema) -> Body:
        return change(request, schema, inner(request, media, raw, schema))

    service.parse = parse_changed


def on_body(service: Service, change: Callable[[Request, dict[str, Any]], Any]) -> None:
    """Change the stored properties of a valid body."""

    def rewrite(request: Request, schema: Schema, body: Body) -> Body:
        if service.problems(request, schema, body):
            return body
        try:
            tree = {name: parse(text) for name, text in body.texts.items()}
            changed = change(request, tree)
            tree = tree if changed is None else changed
            return dataclasses.replace(body, texts={name: write(each) for name, each in tree.items()})
        except RecursionError:
            return body

    on_parsed(service, rewrite)


def media_type(request: Request) -> str:
    """The media type that a request states, in lower case and without parameters."""
    return b"".join(request.header(b"content-type")).partition(b";")[0].strip().lower().decode("latin-1")


def is_json(request: Request) -> bool:
    """Whether the request states application/json."""
    return media_type(request) == "application/json"


def is_urlencoded(request: Request) -> bool:
    """Whether the request states application/x-www-form-urlencoded."""
    return media_type(request) == "application/x-www-form-urlencoded"


def is_multipart(request: Request) -> bool:
    """Whether the request states multipart/form-data."""
    return media_type(request) == "multipart/form-data"


def is_form(request: Request) -> bool:
    """Whether the request states one of the two form media types."""
    return is_urlencoded(request) or is_multipart(request)
