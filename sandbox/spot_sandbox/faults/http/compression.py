"""Answers that are compressed wrongly; of the chapter on carriage."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.faults.http.carriage import CHAPTER
from spot_sandbox.hooks.steps import BAD, CREATED, on_answer
from spot_sandbox.hooks.wire import Message, on_send, value

if TYPE_CHECKING:
    from spot_sandbox.http.messages import Answer, Request
    from spot_sandbox.orders.service import Service

ENCODING = "with and without Accept-Encoding: the same order, the same answer"
LABEL = (b"content-encoding", b"gzip")


def _accepts(request: Request) -> bool:
    return b"gzip" in value(request.headers, b"accept-encoding")


@fault(CHAPTER, ENCODING, "rare")
def gzip_twice(service: Service) -> None:
    """Who accepts gzip gets an order that is compressed twice and labelled once."""

    def change(request: Request, answer: Answer) -> None:
        if answer.status == CREATED and _accepts(request):
            answer.body = gzip.compress(gzip.compress(answer.body))
            answer.headers.append(LABEL)

    on_answer(service, change)


@fault(CHAPTER, ENCODING, "rare")
def gzip_of_refusals_unlabelled(service: Service) -> None:
    """Who accepts gzip gets refusals that are compressed and not labelled so."""

    def change(request: Request, answer: Answer) -> None:
        if answer.status == BAD and _accepts(request):
            answer.body = gzip.compress(answer.body)

    on_answer(service, change)


@fault(CHAPTER, ENCODING, "rare")
def gzip_with_the_length_of_the_text(service: Service) -> None:
    """Who accepts gzip gets a compressed order under the length that it had before."""

    def change(scope: Message, message: Message) -> Message:
        if b"gzip" not in value(scope["headers"], b"accept-encoding"):
            return message
        if "headers" in message:
            message["headers"] = [*message["headers"], LABEL]
        elif message.get("body"):
            message["body"] = gzip.compress(message["body"])
        return message

    on_send(service, change)


@fault(CHAPTER, ENCODING, "rare")
def gzip_sent_to_who_accepts_identity(service: Service) -> None:
    """Who accepts no encoding but identity gets orders of more than 1 KiB compressed all the same."""

    def change(request: Request, answer: Answer) -> None:
        is_large = answer.status == CREATED and len(answer.body) > 1024  # noqa: PLR2004 - the docstring says 1 KiB.
        if is_large and value(request.headers, b"accept-encoding") == b"identity":
            answer.body = gzip.compress(answer.body)
            answer.headers.append(LABEL)

    on_answer(service, change)
