"""Orders with wrong credentials, or with the token in the wrong place."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from spot_contract.document.expectations import scheme
from spot_contract.document.media_types import JSON, MULTIPART
from spot_contract.exchanges.intent import Flaw, Intent, Kind
from spot_contract.exchanges.messages import Credential
from spot_contract.exchanges.secrets import Secret
from spot_contract.generation import credentials
from spot_contract.generation.encodings import AS_JSON, Encoding

from .plan import Plan
from .scenario import Case, Units, scenario


@cache
def _wrong(token: Secret) -> dict[Flaw, Sequence[Credential]]:
    """The wrong credentials by their flaw."""
    return {
        Flaw.NO_CREDENTIAL: [credentials.NONE],
        Flaw.ANOTHER_SCHEME: credentials.another_scheme(token),
        Flaw.NO_SCHEME: credentials.no_scheme(token),
        Flaw.EMPTY_TOKEN: credentials.empty(),
        Flaw.ANOTHER_TOKEN: credentials.another_token(token),
        Flaw.PART_OF_TOKEN: credentials.part(token),
        Flaw.TOKEN_CASE: credentials.another_case(token),
        Flaw.SEVERAL: credentials.several(token),
    }


def _order(plan: Plan, encoding: Encoding) -> Case:
    return plan.realistic(plan.plain(encoding), encoding, what=f"a good order as {encoding}")


@scenario("wrong credentials", spends_orders=False, turn=5)
def wrong(plan: Plan) -> Units:
    """Each wrong credential with a good order in each media type, repeatedly and in random order."""
    types = plan.one_of_each_type
    chosen: list[tuple[Flaw, Credential, Encoding]] = []
    for flaw, variants in _wrong(plan.token).items():
        if plan.profile.is_quick:
            pairs = [(flaw, one, types[number % len(types)]) for number, one in enumerate(variants)]
        else:
            pairs = [(flaw, one, encoding) for one in variants for encoding in types]
        chosen += pairs * (-(-plan.profile.repeats // len(pairs)) if pairs else 0)
        if flaw in {Flaw.NO_CREDENTIAL, Flaw.ANOTHER_TOKEN}:
            chosen += [(flaw, variants[0], encoding) for encoding in plan.encodings]
    plan.random.shuffle(chosen)
    for flaw, credential, encoding in chosen:
        yield plan.unauthorised(_order(plan, encoding), credential, flaw)


def without_credential(plan: Plan, number: int) -> Iterator[Case]:
    """One order without a token and one with a wrong token, to be sent throughout the run."""
    encoding = plan.in_turn(number)
    yield plan.unauthorised(_order(plan, encoding), credentials.NONE, Flaw.NO_CREDENTIAL)
    another = credentials.another_token(plan.token)
    yield plan.unauthorised(_order(plan, encoding), another[number % len(another)], Flaw.ANOTHER_TOKEN)


@scenario("the token in the wrong place", spends_orders=False, turn=6)
def elsewhere(plan: Plan) -> Units:
    """The right token in the query string, another header, a cookie or the body."""
    token = plan.token.value
    whole = (plan.credential.header or b"").decode()
    for number, encoding in enumerate(plan.one_of_each_type):
        names = ("token", "auth_token", "access_token", "api_key", "Authorization")
        for name in names[number::2] if plan.profile.is_quick else names:
            for value in (token, f"{scheme()}%20{token}"):
                case = _order(plan, encoding)
                path = f"{case.request.path}{'&' if '?' in case.request.path else '?'}{name}={value}"
                moved = replace(case, request=replace(case.request, path=path, what=f"token in the query as {name}"))
                yield plan.unauthorised(moved, credentials.NONE, Flaw.ELSEWHERE, way="token in the query")
        headers = (
            ("X-API-Key", token),
            ("X-Authorization", whole),
            ("Cookie", f"token={token}"),
            ("Proxy-Authorization", whole),
            ("X-Auth-Token", token),
            ("X-Forwarded-Authorization", whole),
            ("X-Original-Authorization", whole),
            ("Cookie", f"sessionid={token}; Authorization={token}"),
        )
        for header in headers[number::2] if plan.profile.is_quick else headers:
            case = _order(plan, encoding)
            request = replace(case.request, headers=(*case.request.headers, header), what=f"token in {header[0]}")
            yield plan.unauthorised(
                replace(case, request=request), credentials.NONE, Flaw.ELSEWHERE, way=f"token in {header[0]}"
            )
    case = plan.realistic({**plan.plain(), "token": token}, AS_JSON, what="token in the body")
    yield plan.unauthorised(case, credentials.NONE, Flaw.ELSEWHERE, way="token in the body")


@scenario("wrong credentials and a wrong body", spends_orders=False, turn=7)
def before_the_body(plan: Plan) -> Units:
    """No right token and an invalid or malformed body."""
    made_up = credentials.another_token(plan.token)[0]
    pairs = (
        (credentials.NONE, Flaw.NO_CREDENTIAL),
        (made_up, Flaw.ANOTHER_TOKEN),
        *((one, Flaw.ANOTHER_SCHEME) for one in credentials.another_scheme(plan.token)[:1]),
    )
    number = 0
    for encoding in plan.encodings:
        broken = plan.plain(encoding)
        broken.get("recipient", {}).get("address", {}).pop("zip", None)
        for body in ({}, broken):
            if not encoding.can_carry(body):
                continue
            number += 1
            for credential, flaw in [pairs[number % len(pairs)]] if plan.profile.is_quick else pairs:
                case = plan.realistic(body, encoding, what=f"a broken order as {encoding}")
                yield plan.unauthorised(case, credential, flaw, way="no token and a broken order")
    for encoded in _malformed(plan):
        for credential, flaw in pairs:
            media_type = encoded[0].partition(";")[0]
            encoding = next((one for one in plan.encodings if one.media_type == media_type), AS_JSON)
            case = plan.realistic({}, encoding, encoded=encoded, what=f"a malformed body as {media_type}")
            yield plan.unauthorised(case, credential, flaw, malformed=True)


def _malformed(plan: Plan) -> Iterator[tuple[str, bytes]]:
    """Malformed bodies with their media types."""
    if plan.has_json:
        yield from ((JSON, data) for data in (b"{", b"", b"[]", b"\xff\xfe"))
    if any(one.media_type == MULTIPART for one in plan.forms):
        yield MULTIPART, b"--spot\r\n"


@scenario("the scheme in other letter cases", spends_orders=True, turn=38)
def scheme_case(plan: Plan) -> Units:
    """The right token after the scheme in other letter cases, which may be accepted or refused."""
    usual = scheme()
    spellings = sorted({usual.lower(), usual.upper(), usual.swapcase()} - {usual})
    for spelling in spellings:
        for encoding in plan.one_of_each_type[:1] if plan.profile.is_quick else plan.one_of_each_type:
            body = plan.plain(encoding)
            request = plan.request(body, encoding, what=f"the scheme written {spelling}")
            intent = Intent(Kind.SCHEME_CASE, str(encoding), body, way=f"scheme written {spelling}")
            yield Case(replace(request, credential=credentials.good(plan.token, spelling)), intent)
