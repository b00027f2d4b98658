"""Wrong answers to methods other than POST."""

from collections.abc import Callable

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import answer_instead, on_refusal, on_request
from spot_sandbox.http.messages import NOT_FOUND, Answer, Refusal, Request
from spot_sandbox.orders.service import Service

CHAPTER = "methods"
NOT_ALLOWED = "other methods on the path: 4xx, 405 with an Allow that lists POST; any body"
RATHER_405 = "another method gets 405 rather than 404"
METHOD_NOT_ALLOWED = 405


@fault(CHAPTER, NOT_ALLOWED)
def not_allowed_without_allow(service: Service) -> None:
    """A 405 has no Allow header."""
    on_refusal(service, lambda refusal: refusal.headers.clear(), METHOD_NOT_ALLOWED)


@fault(CHAPTER, NOT_ALLOWED)
def allow_lists_get_only(service: Service) -> None:
    """The Allow header of a 405 lists GET and HEAD."""
    on_refusal(service, lambda refusal: refusal.headers.update(Allow="GET, HEAD"), METHOD_NOT_ALLOWED)


@fault(CHAPTER, RATHER_405, advice=True)
def other_methods_not_found(service: Service) -> None:
    """Other methods are answered with 404."""

    def change(refusal: Refusal) -> None:
        refusal.status, refusal.kind = 404, NOT_FOUND
        refusal.headers.clear()

    on_refusal(service, change, METHOD_NOT_ALLOWED)


@fault(CHAPTER, NOT_ALLOWED)
def other_methods_bad_request(service: Service) -> None:
    """Other methods are answered with 400."""
    on_refusal(service, lambda refusal: setattr(refusal, "status", 400), METHOD_NOT_ALLOWED)


@fault(CHAPTER, NOT_ALLOWED)
def put_accepted(service: Service) -> None:
    """PUT places an order, like POST."""
    _as_post(service, lambda method: method == "PUT")


@fault(CHAPTER, NOT_ALLOWED)
def patch_accepted(service: Service) -> None:
    """PATCH places an order, like POST."""
    _as_post(service, lambda method: method == "PATCH")


def _as_post(service: Service, wanted: Callable[[str], bool]) -> None:
    """Treat requests with some methods as POST."""

    def change(request: Request) -> None:
        if wanted(request.method):
            request.method = "POST"

    on_request(service, change)


@fault(CHAPTER, NOT_ALLOWED)
def get_lists_orders(service: Service) -> None:
    """GET is answered with 200 and an empty list, and needs no token."""
    _answer(service, "GET", Answer(200, b"[]"))


@fault(CHAPTER, NOT_ALLOWED)
def delete_accepted(service: Service) -> None:
    """DELETE is answered with 204."""
    _answer(service, "DELETE", Answer(204, b"", []))


@fault(CHAPTER, NOT_ALLOWED)
def options_fails(service: Service) -> None:
    """OPTIONS is answered with 500."""
    _answer(service, "OPTIONS", Answer(500, b"{}"))


def _answer(service: Service, method: str, answer: Answer) -> None:
    """Answer a method below /api/ without asking the service."""
    answer_instead(
        service, lambda request: request.method == method and request.path.startswith("/api/"), lambda: answer
    )


@fault(CHAPTER, NOT_ALLOWED, "rare")
def trace_fails(service: Service) -> None:
    """TRACE is answered with 500."""
    _answer(service, "TRACE", Answer(500, b"{}"))


@fault(CHAPTER, NOT_ALLOWED, "rare")
def unknown_methods_accepted(service: Service) -> None:
    """A method that HTTP does not define places an order, like POST."""
    known = {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}
    _as_post(service, lambda method: method not in known)


@fault(CHAPTER, NOT_ALLOWED, "rare")
def get_without_token_lists_orders(service: Service) -> None:
    """GET without a token is answered with 200 and an empty list."""

    def wanted(request: Request) -> bool:
        return request.method == "GET" and request.path.startswith("/api/") and not request.header(b"authorization")

    answer_instead(service, wanted, lambda: Answer(200, b"[]"))
