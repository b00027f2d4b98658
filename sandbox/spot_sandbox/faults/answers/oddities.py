"""Schema-valid orders that are answered with neither 201 nor a conforming 400."""

from collections.abc import Callable
from typing import Any

from spot_sandbox.faults.answers.success import CHAPTER
from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import is_form, is_json, on_created
from spot_sandbox.hooks.trees import is_object, parse
from spot_sandbox.http.messages import Answer, Refusal, Request, envelope
from spot_sandbox.orders.service import Service

ODD = "schema-valid data, however unusual: 201, or a conforming 400, never anything else"
KNOWN = frozenset({"kit_types", "recipient", "metadata"})


def _instead(service: Service, odd: Callable[[Request], bool], answer: Answer) -> None:
    """Replace the answers to accepted orders that are unusual."""
    on_created(service, lambda request, _accepted: answer if odd(request) else None)


@fault(CHAPTER, ODD, "rare")
def unknown_properties_unprocessable(service: Service) -> None:
    """A JSON order with a property that is not in the document is answered with 422."""

    def odd(request: Request) -> bool:
        tree: Any = {} if is_form(request) else parse(request.raw)
        return is_object(tree) and not KNOWN.issuperset(tree)

    _instead(service, odd, envelope(Refusal(422, "The order contains an unknown property.")))


@fault(CHAPTER, ODD, "rare")
def markup_stopped_by_a_firewall(service: Service) -> None:
    """An order that contains a script tag is answered with 403 and an HTML page, as by a firewall."""
    page = Answer(403, b"<h1>Request blocked</h1>", [(b"content-type", b"text/html")])
    _instead(service, lambda request: b"<script" in request.raw, page)


@fault(CHAPTER, ODD, "rare")
def blank_texts_answered_with_200(service: Service) -> None:
    """A JSON order with an empty string is answered with 200 and no body."""
    _instead(service, lambda request: is_json(request) and b'""' in request.raw, Answer(200, b""))
