"""Headers and query parameters that the server trusts although any client can send them."""

from collections.abc import Callable
from urllib.parse import parse_qs

from spot_sandbox.faults.access.authentication import accept_also
from spot_sandbox.faults.catalogue import fault
from spot_sandbox.faults.http.carriage import CHAPTER, HEADERS
from spot_sandbox.hooks.steps import BAD, DENIED, failure, on_answer, on_request
from spot_sandbox.hooks.wire import header_value
from spot_sandbox.http.messages import Answer, Refusal, Request, envelope, page
from spot_sandbox.orders.service import Service

QUERY = "with a meaningless query string: the same order, the same answer"
UNAUTHENTICATED = "no header: 401, whatever else a request contains"
ACCEPT = "with any Accept or Accept-Language: the same order, the same answer"
NOT_ACCEPTABLE = 406


def _instead(service: Service, wanted: Callable[[Request], bool], answer: Callable[[], Answer]) -> None:
    """Replace the answers to some requests, unless they get 401."""
    on_answer(service, lambda request, found: answer() if found.status != DENIED and wanted(request) else None)


def _header(request: Request, name: bytes) -> bytes:
    return header_value(request.headers, name)


@fault(CHAPTER, HEADERS, "rare", hook=on_request)
def method_override_trusted(request: Request) -> None:
    """X-HTTP-Method-Override replaces the method of a POST, as with method-override and Rack."""
    named = _header(request, b"x-http-method-override").decode("latin-1").upper()
    if request.method == "POST" and named:
        request.method = named


@fault(CHAPTER, HEADERS, "rare", hook=on_request)
def original_url_trusted(request: Request) -> None:
    """X-Original-URL and X-Rewrite-URL replace the path, as with IIS."""
    for name in (b"x-original-url", b"x-rewrite-url"):
        request.path = _header(request, name).decode("latin-1") or request.path


@fault(CHAPTER, HEADERS, "rare")
def forwarded_http_redirected(service: Service) -> None:
    """A request with X-Forwarded-Proto: http is redirected to https."""
    headers = [(b"location", b"https://localhost/api/v2/orders/")]
    _instead(
        service,
        lambda request: _header(request, b"x-forwarded-proto") == b"http",
        lambda: Answer(301, b"", list(headers)),
    )


@fault(CHAPTER, HEADERS, "rare")
def forwarded_host_refused(service: Service) -> None:
    """An unknown X-Forwarded-Host is answered with 400 and an HTML page, as by Django's ALLOWED_HOSTS."""
    known = (b"", b"localhost", b"127.0.0.1")

    def wanted(request: Request) -> bool:
        return _header(request, b"x-forwarded-host").partition(b":")[0] not in known

    _instead(service, wanted, lambda: page(400, "Bad Request (400)"))


@fault(CHAPTER, HEADERS, "rare")
def forwarded_list_fails(service: Service) -> None:
    """An X-Forwarded-For with several addresses is answered with 500: the database column holds only one."""
    _instead(service, lambda request: b"," in _header(request, b"x-forwarded-for"), failure)


def _trust(service: Service, trusted: Callable[[Request], bool]) -> None:
    accept_also(service, lambda request, _token: not request.header(b"authorization") and trusted(request))


@fault("authentication", UNAUTHENTICATED, "rare")
def forwarded_user_trusted(service: Service) -> None:
    """A request with X-Forwarded-User or X-Remote-User needs no token, as if a proxy had set the header."""
    names = (b"x-forwarded-user", b"x-remote-user", b"remote-user", b"x-user")
    _trust(service, lambda request: any(_header(request, name) for name in names))


@fault("authentication", UNAUTHENTICATED, "rare")
def forwarded_loopback_trusted(service: Service) -> None:
    """A request with a loopback address in X-Forwarded-For or X-Real-IP needs no token."""
    own = (b"127.", b"::1", b"localhost")
    _trust(
        service,
        lambda request: (_header(request, b"x-forwarded-for") or _header(request, b"x-real-ip")).startswith(own),
    )


@fault(CHAPTER, HEADERS, "rare")
def session_cookie_asks_for_csrf(service: Service) -> None:
    """A request with a session cookie is answered with 403, because it has no CSRF token."""
    refusal = Refusal(403, "CSRF Failed: CSRF token missing.", "forbidden")
    _instead(service, lambda request: b"session" in _header(request, b"cookie"), lambda: envelope(refusal))


@fault(CHAPTER, HEADERS, "rare")
def foreign_origin_refused(service: Service) -> None:
    """A request with a foreign Origin is answered with 403 and plain text, as by a CORS filter."""
    text = Answer(403, b"Invalid CORS request", [(b"content-type", b"text/plain")])
    _instead(service, lambda request: _header(request, b"origin") not in {b"", b"http://localhost"}, lambda: text)


@fault(CHAPTER, ACCEPT, "rare")
def other_accept_gets_406(service: Service) -> None:
    """An Accept header that includes neither JSON nor a wildcard is answered with 406."""

    def wanted(request: Request) -> bool:
        accept = _header(request, b"accept")
        return accept != b"" and not any(name in accept for name in (b"json", b"*/*", b"application/*"))

    _instead(service, wanted, lambda: envelope(Refusal(NOT_ACCEPTABLE, "Not acceptable.")))


def _shaped(service: Service, status: int, wanted: bytes, shape: Callable[[Answer], Answer]) -> None:
    """Reshape the answers with a status if Accept lists a media type first."""

    def change(request: Request, answer: Answer) -> Answer | None:
        first = _header(request, b"accept").partition(b",")[0]
        return shape(answer) if wanted in first else None

    on_answer(service, change, status)


@fault(CHAPTER, ACCEPT, "rare")
def browsers_refused_as_html(service: Service) -> None:
    """A 400 has the content type text/html if Accept lists text/html first, as browsers do."""
    _shaped(service, BAD, b"text/html", lambda answer: Answer(BAD, answer.body, [(b"content-type", b"text/html")]))


@fault(CHAPTER, ACCEPT, "rare")
def strangers_refused_as_xml(service: Service) -> None:
    """A 401 is in XML if Accept lists XML first."""
    text = b"<error><status>401</status><type>unauthorized</type></error>"
    headers = [(b"content-type", b"application/xml"), (b"www-authenticate", b"Token")]
    _shaped(service, DENIED, b"xml", lambda _answer: Answer(DENIED, text, list(headers)))


@fault(CHAPTER, ACCEPT, "rare", hook=on_answer)
def refusals_translated(request: Request, answer: Answer) -> Answer | None:
    """A 400 is in French and names no field if Accept-Language prefers French."""
    if answer.status == BAD and _header(request, b"accept-language").startswith(b"fr"):
        return envelope(Refusal(BAD, "Ce champ est obligatoire."))
    return None


def _query(request: Request) -> dict[str, list[str]]:
    return parse_qs(request.query.decode("latin-1"), keep_blank_values=True, encoding="latin-1")


@fault(CHAPTER, QUERY, "rare", hook=on_request)
def method_in_the_query_trusted(request: Request) -> None:
    """The parameter _method in the query string replaces the method, as for HTML forms."""
    request.method = _query(request).get("_method", [request.method])[0].upper()


@fault(CHAPTER, QUERY, "rare")
def format_in_the_query_trusted(service: Service) -> None:
    """A parameter format other than json in the query string is answered with 404, as by REST frameworks."""
    refusal = Refusal(404, "Not found.", "not_found")
    _instead(service, lambda request: _query(request).get("format", ["json"]) != ["json"], lambda: envelope(refusal))


@fault(CHAPTER, QUERY, "rare")
def odd_query_fails(service: Service) -> None:
    """A query string whose percent-encoding is not UTF-8 is answered with 500."""

    def odd(request: Request) -> bool:
        try:
            parse_qs(request.query.decode("latin-1"), keep_blank_values=True, errors="strict")
        except UnicodeDecodeError:
            return True
        return False

    _instead(service, odd, failure)
