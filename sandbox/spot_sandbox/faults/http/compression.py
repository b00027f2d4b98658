"""Answers that are compressed wrongly; part of the chapter carriage."""

import gzip

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.faults.http.carriage import CHAPTER
from spot_sandbox.hooks.steps import BAD, CREATED, on_answer
from spot_sandbox.hooks.wire import Message, header_value, on_send
from spot_sandbox.http.messages import Answer, Request
from spot_sandbox.orders.service import Service

ENCODING = "with and without Accept-Encoding: the same order, the same answer"
LABEL = (b"content-encoding", b"gzip")
LARGE = 1024


def _accepts(request: Request) -> bool:
    return b"gzip" in header_value(request.headers, b"accept-encoding")


@fault(CHAPTER, ENCODING, "rare")
def gzip_twice(service: Service) -> None:
    """If the client accepts gzip, an order is compressed twice but Content-Encoding names gzip only once."""

    def change(request: Request, answer: Answer) -> None:
        if _accepts(request):
            answer.body = gzip.compress(gzip.compress(answer.body))
            answer.headers.append(LABEL)

    on_answer(service, change, CREATED)


@fault(CHAPTER, ENCODING, "rare")
def gzip_of_refusals_unlabelled(service: Service) -> None:
    """If the client accepts gzip, a refusal is compressed but has no Content-Encoding."""

    def change(request: Request, answer: Answer) -> None:
        if _accepts(request):
            answer.body = gzip.compress(answer.body)

    on_answer(service, change, BAD)


@fault(CHAPTER, ENCODING, "rare")
def gzip_with_the_length_of_the_text(service: Service) -> None:
    """If the client accepts gzip, an order is compressed but keeps the Content-Length of the uncompressed body."""

    def change(scope: Message, message: Message) -> Message:
        if b"gzip" not in header_value(scope["headers"], b"accept-encoding"):
            return message
        if "headers" in message:
            message["headers"] = [*message["headers"], LABEL]
        elif message.get("body"):
            message["body"] = gzip.compress(message["body"])
        return message

    on_send(service, change)


@fault(CHAPTER, ENCODING, "rare")
def gzip_sent_to_who_accepts_identity(service: Service) -> None:
    """If the client accepts only identity, orders of more than 1 KiB are compressed all the same."""

    def change(request: Request, answer: Answer) -> None:
        if len(answer.body) > LARGE and header_value(request.headers, b"accept-encoding") == b"identity":
            answer.body = gzip.compress(answer.body)
            answer.headers.append(LABEL)

    on_answer(service, change, CREATED)
