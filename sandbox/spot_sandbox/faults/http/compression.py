"""Answers that are compressed wrongly; part of the chapter carriage."""

import gzip

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.faults.http.carriage import CHAPTER
from spot_sandbox.hooks.steps import BAD, on_answer, on_created
from spot_sandbox.hooks.wire import header_value, on_send
from spot_sandbox.http.messages import Answer, Message, Request

ENCODING = "with and without Accept-Encoding: the same order, the same answer"
LABEL = (b"content-encoding", b"gzip")
LARGE = 1024


def _accepts(request: Request) -> bool:
    return b"gzip" in header_value(request.headers, b"accept-encoding")


@fault(CHAPTER, ENCODING, "rare", hook=on_created)
def gzip_twice(request: Request, answer: Answer) -> None:
    """If the client accepts gzip, an order is compressed twice but Content-Encoding names gzip only once."""
    if _accepts(request):
        answer.body = gzip.compress(gzip.compress(answer.body))
        answer.headers.append(LABEL)


@fault(CHAPTER, ENCODING, "rare", hook=on_answer)
def gzip_of_refusals_unlabelled(request: Request, answer: Answer) -> None:
    """If the client accepts gzip, a refusal is compressed but has no Content-Encoding."""
    if answer.status == BAD and _accepts(request):
        answer.body = gzip.compress(answer.body)


@fault(CHAPTER, ENCODING, "rare", hook=on_send)
def gzip_with_the_length_of_the_text(scope: Message, message: Message) -> Message:
    """If the client accepts gzip, an order is compressed but keeps the Content-Length of the uncompressed body."""
    if b"gzip" not in header_value(scope["headers"], b"accept-encoding"):
        return message
    if "headers" in message:
        message["headers"] = [*message["headers"], LABEL]
    elif message.get("body"):
        message["body"] = gzip.compress(message["body"])
    return message


@fault(CHAPTER, ENCODING, "rare", hook=on_created)
def gzip_sent_to_who_accepts_identity(request: Request, answer: Answer) -> None:
    """If the client accepts only identity, orders of more than 1 KiB are compressed all the same."""
    if len(answer.body) > LARGE and header_value(request.headers, b"accept-encoding") == b"identity":
        answer.body = gzip.compress(answer.body)
        answer.headers.append(LABEL)
