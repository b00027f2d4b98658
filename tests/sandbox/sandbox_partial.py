"""Probes of what is compared, checked or kept apart in part: tokens, validation, and requests at the same time."""

from __future__ import annotations

import base64
import concurrent.futures

from sandbox_claims import shows
from sandbox_talk import JSON, MULTIPART, PATH, TOKEN, URLENCODED, denied, encode, refused, stated, text_of
from sandbox_wire import in_chunks, wire


def _denied(name, authorization, *faults):
    @shows(*faults, name=f"credentials: {name}")
    def ask(talk):
        denied(talk.call(text_of(talk.draft()).encode(), authorization=authorization))


_denied("the first eight characters", f"Token {TOKEN[:8]}-but-not-it", "eight-characters-compared")
_denied("the ends", f"Token {TOKEN[:4]}-and-{TOKEN[-4:]}", "ends-of-the-token-compared")
_denied("one of two in a header", f"Token stranger, Token {TOKEN}", "any-of-several-tokens-counts")
_denied("the second of two headers", ["Token stranger", f"Token {TOKEN}"], "last-of-two-headers-counts")
_denied("words before the token", f"Token or {TOKEN}", "last-word-is-the-token")
_denied("a parameter", f'Token token="{TOKEN}"', "token-as-a-parameter-accepted")
_denied("a wildcard", "Token %", "wildcard-matches-every-token")
_denied(
    "full-width characters", f"Token {chr(ord(TOKEN[0]) + 0xFEE0)}{TOKEN[1:]}".encode(), "normalised-token-accepted"
)
_denied("undefined", "Token undefined", "undefined-token-accepted")
_denied("Basic", f"Basic {base64.b64encode(f'{TOKEN}:'.encode()).decode()}", "token-accepted-in-basic")


def _wrong(name, changes, *faults, drop=(), **options):
    """A wrong order, refused by the name of the last changed or dropped field."""
    field = [*changes, *drop][-1].rpartition(".")[2]
    media = options.pop("media", JSON)

    @shows(*faults, name=f"wrong order {name}")
    def ask(talk):
        body = encode(talk.draft(changes, drop=drop), media.partition(";")[0], options.get("style", "json"))
        refused(talk.call(body, stated(media), **options), field)


_wrong("with a query", {"recipient.address.country": "FR"}, "query-skips-validation", path=f"{PATH}?source=app")
_wrong("with a charset", {"recipient.phone": 5}, "charset-skips-validation", media="application/json; charset=utf-8")
_wrong(
    "of 20 KiB",
    {"metadata": {"note": "long " * 4000}, "recipient.address.city": None},
    "large-bodies-skip-validation",
)
_wrong(
    "with an Accept of images",
    {"recipient.email": []},
    "unknown-accept-skips-validation",
    headers=[("Accept", "image/*")],
)
_wrong(
    "in brackets", {}, "brackets-skip-validation", drop=["recipient.address.zip"], media=URLENCODED, style="brackets"
)
_wrong("in multipart brackets", {"recipient.address.country": "DE"}, media=MULTIPART, style="brackets")
_wrong(
    "with more than the document knows",
    {"recipient.title": "Dr", "recipient.last_name": 5},
    "extra-property-skips-validation",
)
_wrong(
    "with a null street2",
    {"recipient.address.street2": None, "recipient.address.zip": []},
    "null-street2-skips-validation",
)
_wrong("with a number amid kit types", {"kit_types": ["kit_a", 5, "kit_b"]}, "middle-kit-types-unchecked")


@shows("chunked-bodies-skip-validation")
def wrong_order_in_chunks(talk):
    with wire(talk) as connection:
        connection.send(in_chunks(text_of(talk.draft({"recipient.address.state": 5})).encode()))
        refused(connection.answer(), "state")


@shows("order-of-keys-skips-validation")
def wrong_order_whose_address_comes_first(talk):
    order = talk.draft(drop=["recipient.email"])
    recipient = order["recipient"]
    order["recipient"] = {"address": recipient.pop("address"), **recipient}
    refused(talk.call(text_of(order).encode()), "email")


@shows("known-recipients-skip-validation")
def wrong_order_of_a_known_recipient(talk):
    order = talk.draft()
    talk.place(order)
    order["recipient"]["phone"] = None
    refused(talk.call(text_of(order).encode()), "phone")


@shows("corrected-order-still-refused")
def order_that_was_corrected(talk):
    order = talk.draft({"recipient.address.country": "IT"})
    refused(talk.call(text_of(order).encode()), "country")
    order["recipient"]["address"]["country"] = "US"
    talk.place(order)


@shows("identical-order-conflicts")
def same_order_again(talk):
    order = talk.draft()
    talk.place(order)
    talk.place(order)


@shows("order-id-given-again-after-a-refusal")
def order_between_a_refusal_and_another_order(talk):
    talk.place(talk.draft())
    refused(talk.call(b"{}"))
    talk.place(talk.draft())


@shows("denial-cached-by-body")
def order_that_a_stranger_sent_before(talk):
    order = talk.draft()
    denied(talk.call(text_of(order).encode(), authorization=None))
    talk.place(order)


def _together(*asked):
    with concurrent.futures.ThreadPoolExecutor(len(asked)) as pool:
        for done in [pool.submit(each) for each in asked]:
            done.result()


def _refused(talk, field):
    bodies = [text_of(talk.draft(drop=[f"recipient.{field}"])).encode() for _ in range(12)]
    return lambda: [refused(talk.call(body), field) for body in bodies]


def _placed(talk):
    orders = [talk.draft() for _ in range(12)]
    return lambda: [talk.place(order) for order in orders]


@shows("refusals-mixed-up-in-parallel")
def refusals_in_parallel(talk):
    _together(_refused(talk, "email"), _refused(talk, "phone"))


@shows("order-refused-with-a-parallel-one")
def refusals_beside_orders(talk):
    _together(_refused(talk, "email"), _placed(talk))


@shows("recipients-mixed-up-in-parallel")
def two_callers_at_once(talk):
    _together(_placed(talk), _placed(talk))


@shows("stranger-let-in-with-a-parallel-caller")
def strangers_beside_orders(talk):
    bodies = [text_of(talk.draft()).encode() for _ in range(12)]
    _together(_placed(talk), lambda: [denied(talk.call(body, authorization=None)) for body in bodies])
