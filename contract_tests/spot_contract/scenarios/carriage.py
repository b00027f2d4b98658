"""Ordinary orders in every carriage of HTTP, which must be answered as usual."""

from dataclasses import replace

from spot_contract.exchanges.intent import Circumstance, Flaw, Intent, Kind
from spot_contract.exchanges.messages import USUAL, Carriage
from spot_contract.generation import credentials
from spot_contract.generation.encodings import AS_JSON, Encoding
from spot_contract.generation.mutations import without_required
from spot_contract.generation.orders import Body

from .circumstances import USUAL_HEADERS, circumstances
from .plan import Plan
from .scenario import Case, Units, scenario


@scenario("orders carried in every way", spends_orders=True, in_every_shard=True, turn=8)
def carried(plan: Plan) -> Units:
    """An ordinary order in each circumstance. Other scenarios use only the circumstances accepted here."""
    for number, (_, change) in enumerate(circumstances()):
        for encoding in [plan.in_turn(number)] if plan.profile.is_quick else plan.encodings:
            yield change(plan.realistic(plan.plain(encoding), encoding))
    encoding = plan.encodings[0]  # The same query with another order, since a cache may know the query.
    first = next(change for name, change in circumstances() if name.startswith("?"))
    yield first(plan.realistic(plan.plain(encoding), encoding))


@scenario("orders corrected after a refusal", spends_orders=True, turn=44)
def corrected(plan: Plan) -> Units:
    """An order without a required field, then the same order with it."""
    for encoding in plan.one_of_each_type:
        whole = plan.plain(encoding)
        missing = without_required(whole, encoding)
        for broken in missing[-1:] if plan.profile.is_quick else missing:
            yield [
                plan.invalid(broken, encoding),
                plan.realistic(whole, encoding, what="an order corrected after a refusal"),
            ]


@scenario("orders without the token, carried in every way", spends_orders=False, turn=9)
def carried_without_token(plan: Plan) -> Units:
    """An order without the right token in each accepted circumstance."""
    another = credentials.another_token(plan.token)
    for number, (name, change) in enumerate(circumstances()):
        if not plan.is_usable(name):
            continue
        encoding = plan.in_turn(number)
        case = plan.realistic(plan.plain(encoding), encoding)
        if name in USUAL_HEADERS or number % 2:  # A server that trusts such a header would not check Authorization.
            yield change(plan.unauthorised(case, credentials.NONE, Flaw.NO_CREDENTIAL))
        else:
            yield change(plan.unauthorised(case, another[number % len(another)], Flaw.ANOTHER_TOKEN))


@scenario("large orders in chunks and pieces", spends_orders=True, turn=46)
def large(plan: Plan) -> Units:
    """Orders of some tens of kilobytes, which need several reads: with a length, in chunks, in pieces."""
    note = " ".join(f"{'word' if number % 12 else 'wörd'}{number}" for number in range(2600))
    for encoding in plan.one_of_each_type:
        if not encoding.has_metadata:
            continue
        for circumstance, carriage in (
            (Circumstance.ORDINARY, USUAL),
            (Circumstance.CHUNKED, Carriage(chunks=(6000,))),
            (Circumstance.CHUNKED, Carriage(chunks=(1, 16_384, 5))),
            (Circumstance.IN_PIECES, Carriage(pieces=5, pause=0.01)),
            (Circumstance.EXPECT, Carriage(expect=True)),
        ):
            body = _with_note(plan, encoding, note)
            what = f"an order of {len(note)} characters, as {encoding}"
            case = plan.realistic(body, encoding, circumstance, what=what)
            yield replace(case, request=replace(case.request, carriage=carriage))
        for name in ("gzip", "identity"):
            body = _with_note(plan, encoding, "word " * 900 + "end")
            what = f"an order of some 4,500 characters, as {encoding}"
            yield dict(circumstances())[name](plan.realistic(body, encoding, what=what))


def _with_note(plan: Plan, encoding: Encoding, note: str) -> Body:
    body = plan.plain(encoding)
    return {**body, "metadata": {**body.get("metadata", {}), "note": note}}


@scenario("orders on kept connections", spends_orders=True, turn=47)
def connections(plan: Plan) -> Units:
    """An order on a connection after a HEAD, a refusal, another order or a pause."""
    for number, encoding in enumerate(plan.one_of_each_type):
        order = plan.ordinary(Circumstance.CONNECTION, encoding)
        yield [_head(plan), order]
        yield [*_refusals(plan, encoding), plan.ordinary(Circumstance.CONNECTION, encoding)]
        yield [plan.ordinary(Circumstance.CONNECTION, encoding) for _ in range(3)]
        idle = plan.ordinary(Circumstance.CONNECTION, encoding)
        pause = Carriage(idle=0.3 if plan.profile.is_quick else 1.5)
        if number == 0 or not plan.profile.is_quick:
            request = replace(idle.request, carriage=pause, what="an order after a pause")
            yield [plan.ordinary(Circumstance.CONNECTION, encoding), Case(request, idle.intent)]


def _head(plan: Plan) -> Case:
    request = replace(plan.request({}), method="HEAD", body=b"", content_type=None, what="HEAD")
    return Case(request, Intent(Kind.METHOD, way="HEAD"))


def _refusals(plan: Plan, encoding: Encoding) -> list[Case]:
    """Requests to be refused: a missing field, no token, malformed JSON."""
    found = [plan.invalid(one, encoding) for one in without_required(plan.plain(encoding), encoding)[:1]]
    case = plan.realistic(plan.plain(encoding), encoding)
    found.append(plan.unauthorised(case, credentials.NONE, Flaw.NO_CREDENTIAL))
    if encoding is AS_JSON:
        found.append(plan.refused(Flaw.MALFORMED, "an opening brace", (encoding.media_type, b"{")))
    return found
