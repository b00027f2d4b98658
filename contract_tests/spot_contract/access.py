"""The cases of the rules about authentication."""

from collections.abc import Iterable, Iterator

from . import checks, credentials
from .carriers import AS_JSON, Carrier, media
from .cases import AUTHENTICATION, Case, Trial
from .judge import Judge
from .messages import JSON, Answer, Credential, Problem, Request


def refused(judge: Judge, rule: str, variants: Iterable[Credential]) -> None:
    """Each credential with a good order in each media type, again and again in no regular order: 401."""
    pairs = [(credential, carrier) for credential in variants for carrier in media()]
    chosen = pairs * -(-judge.settings.profile.repeats // max(1, len(pairs)))
    judge.maker.random().shuffle(chosen)
    judge.each(judge.unauthorised_case(_order(judge, carrier), credential, rule) for credential, carrier in chosen)


def strangers(judge: Judge) -> Iterator[Case]:
    """One order without a token and one with a wrong one: these are refused at any time of the run."""
    carriers = media()
    for credential, rule in (
        (credentials.NONE, "authentication.missing"),
        (credentials.another_token(judge.settings.token)[0], "authentication.another_token"),
    ):
        carrier = carriers[judge.maker.made % len(carriers)]
        yield judge.unauthorised_case(_order(judge, carrier), credential, rule)


def in_the_query(judge: Judge) -> None:
    """The right token where it does not belong: in the query string, another header, a cookie, the body."""
    token = judge.settings.token.value
    for carrier in media():
        order = _order(judge, carrier)
        for name in ("token", "auth_token", "access_token", "api_key", "Authorization"):
            for value in (token, f"{credentials.scheme()}%20{token}"):
                path = f"{order.path}{'&' if '?' in order.path else '?'}{name}={value}"
                moved = Request(
                    order.content_type,
                    order.body,
                    credentials.NONE,
                    path,
                    headers=order.headers,
                    what=f"token in the query as {name}",
                )
                judge.unauthorised(moved, credentials.NONE, "authentication.query")
        whole = (judge.token.header or b"").decode()
        for header in (("X-API-Key", token), ("X-Authorization", whole), ("Cookie", f"token={token}")):
            moved = Request(
                order.content_type,
                order.body,
                credentials.NONE,
                order.path,
                headers=(*order.headers, header),
                what=f"token in {header[0]}",
            )
            judge.unauthorised(moved, credentials.NONE, "authentication.query")
    body = {**judge.maker.plain(), "token": token}
    judge.unauthorised(judge.request(body, what="token in the body"), credentials.NONE, "authentication.query")


def before_the_body(judge: Judge) -> None:
    """No right token, and a body that breaks the schema or is none: 401, not 400."""
    made_up = credentials.another_token(judge.settings.token)[0]
    bodies = [(carrier, *carrier.encode({})) for carrier in media()]
    bodies += [(AS_JSON, JSON, b"{"), (AS_JSON, JSON, b""), (AS_JSON, JSON, b"[]"), (AS_JSON, JSON, b"\xff\xfe")]
    for carrier in media():
        broken = judge.maker.plain()
        broken.get("recipient", {}).get("address", {}).pop("zip", None)
        bodies.append((carrier, *carrier.encode(broken)))
    for carrier, content_type, data in bodies:
        for credential in (credentials.NONE, made_up, *credentials.another_scheme(judge.settings.token)[:1]):
            request = judge.request(None, encoded=(content_type, data), what=f"a broken body as {carrier}")
            judge.unauthorised(request, credential, "authentication.first")


def scheme_case(judge: Judge) -> None:
    """The scheme in other letter cases: 201 or 401, as the server likes."""
    usual = credentials.scheme()
    for scheme in sorted({usual.lower(), usual.upper(), usual.swapcase()} - {usual}):
        for carrier in media():
            body = judge.maker.plain()
            request = judge.request(body, carrier, what=f"the scheme written {scheme}")
            judge.record(_free(judge, body, request.with_credential(credentials.good(judge.settings.token, scheme))))


def _free(judge: Judge, body: dict[str, object], request: Request) -> Trial:
    def look(answer: Answer) -> Iterable[Problem]:
        if answer.status == judge.bench.accepted:
            return [
                *checks.success(body, answer, judge.settings.limits),
                *judge.bench.ledger.enter(answer, request.what),
            ]
        if answer.status == 401:
            return checks.refusal(answer, error_type="unauthorized")
        return (
            []
            if answer.status >= 500
            else [Problem("authentication.scheme_case", f"{judge.bench.accepted} or 401", checks.in_short(answer))]
        )

    return judge.try_with(request, ["authentication.scheme_case"], look)


def envelope(judge: Judge, rule: str) -> None:
    """A few refusals for the rules about the error itself."""
    token = judge.settings.token
    variants = [
        credentials.NONE,
        *credentials.empty(),
        *credentials.no_scheme(token),
        *credentials.another_scheme(token),
    ]
    variants += [*credentials.another_token(token), *credentials.prefix(token)]
    position = AUTHENTICATION.index(rule)
    for number, credential in enumerate(variants[position :: len(AUTHENTICATION)]):
        judge.unauthorised(_order(judge, media()[number % len(media())]), credential, rule)
    for carrier in media():
        judge.unauthorised(_order(judge, carrier), credentials.NONE, rule)


def _order(judge: Judge, carrier: Carrier) -> Request:
    return judge.request(judge.maker.plain(), carrier, what=f"a good order as {carrier}")
