"""Realistic orders: every value of every field, identical orders, orders at the same time."""

from dataclasses import replace

from spot_contract.document.schema_values import fitted
from spot_contract.exchanges.intent import Circumstance, Intent, Kind
from spot_contract.generation import samples
from spot_contract.generation.encodings import AS_JSON, Encoding, Lists
from spot_contract.generation.lookalikes import lookalikes_in_metadata
from spot_contract.generation.mutations import without_required
from spot_contract.generation.orders import Body, put

from .plan import Plan
from .scenario import Case, Units, scenario


@scenario("covering orders", spends_orders=True, turn=30, kinds={Kind.REALISTIC})
def covering(plan: Plan) -> Units:
    """Every region, name, e-mail, phone, street, list and metadata shape, in each encoding."""
    for body, encoding in plan.maker.covering(plan.encodings, plan.profile.rounds, plan.profile.form_orders):
        yield plan.realistic(body, encoding)


@scenario("texts that look like something else", spends_orders=True, turn=31)
def lookalikes(plan: Plan) -> Units:
    """Metadata with texts and keys that look like numbers, dates, JSON, markup, comments or list indexes."""
    for number, (what, metadata, is_realistic) in enumerate(lookalikes_in_metadata(plan.maker.canary)):
        body = fitted({**plan.plain(), "metadata": metadata})
        # Metadata keys that are field names are parsed in different ways by frameworks.
        able = [one for one in plan.encodings if one.can_carry(body) and not one.has_plain_metadata]
        for encoding in able[number % len(able) :][:1] if plan.profile.is_quick and able else able:
            if is_realistic:
                yield plan.realistic(
                    body, encoding, what=f"metadata with {what}, as {encoding}", way=f"metadata with {what}"
                )
            else:
                yield plan.valid(body, encoding, place="metadata", way=what)


@scenario("identical orders", spends_orders=True, turn=40)
def repeated(plan: Plan) -> Units:
    """Identical bytes repeatedly, in each encoding or, in quick, in each media type."""
    times = 2 if plan.profile.is_quick else 4
    for encoding in plan.one_of_each_type if plan.profile.is_quick else plan.encodings:
        body = plan.plain(encoding)
        yield [plan.realistic(body, encoding, Circumstance.REPEATED) for _ in range(times)]


@scenario("orders at the same time", spends_orders=True, turn=41, at_once=8, orders=24)
def parallel(plan: Plan) -> Units:
    """Orders and refused requests on eight connections at once."""
    count = 24 if plan.profile.is_quick else 64
    broken = without_required(plan.plain(), AS_JSON)
    for number in range(count):
        encoding = plan.in_turn(number)
        unit = [plan.realistic(plan.plain(encoding), encoding, Circumstance.PARALLEL)]
        wrong = broken[number % len(broken)] if broken else None
        if number % 4 == 3 and wrong is not None and plan.has_json:
            unit.append(plan.invalid(wrong, AS_JSON, Circumstance.PARALLEL))
        yield unit


@scenario("orders full of canaries", spends_orders=True, turn=42)
def leaks(plan: Plan) -> Units:
    """Orders full of canaries, each followed on its connection by a minimal order and by refused ones."""
    for encoding in plan.encodings:
        for _ in range(1 if plan.profile.is_quick else 3):
            own = plan.maker.canary()
            bare = plan.maker.plain()
            bare.pop("metadata", None)
            bare.get("recipient", {}).get("address", {}).pop("street2", None)
            missing = without_required(bare, encoding)
            yield [
                plan.realistic(_marked(plan, own, encoding), encoding),
                plan.realistic(bare, encoding),
                *(plan.invalid(one, encoding) for one in missing[:1] + missing[1:][-1:]),
            ]


def _marked(plan: Plan, own: str, encoding: Encoding) -> Body:
    body = plan.maker.plain()
    if not plan.recipient:
        name = own.capitalize()
        address = {"street1": f"1 {name} St", "street2": f"Apt {own}", "city": name}
        body = put(body, first_name=name, last_name=f"O'{name}", **address)
    plain = encoding.has_plain_metadata
    body["metadata"] = {"ref": own, "note": f"note {own}"} if plain else {"ref": own, own: [own, {own: own}]}
    return fitted(encoding.without_unsupported(body))


@scenario("lists in other spellings", spends_orders=True, turn=39)
def lists(plan: Plan) -> Units:
    """A dozen kit types in list styles other than the dialect's: refused or, if read, kept in order."""
    for encoding in plan.forms:
        for spelling in Lists:
            dialect = encoding.dialect
            if dialect is None or spelling is dialect.lists:
                continue
            other = replace(encoding, dialect=replace(dialect, lists=spelling))
            body = {**plan.plain(encoding), "kit_types": [f"kit_{(7 * number) % 12}" for number in range(12)]}
            request = plan.request(body, other, what=f"a dozen kit types as kit_types{spelling}, as {encoding}")
            way = f"kit_types as {spelling}"
            yield Case(request, Intent(Kind.VALID, str(encoding), body, place="kit_types", way=way))
        if plan.profile.is_quick and encoding.media_type != plan.forms[0].media_type:
            return


@scenario("integers beyond 2^53", spends_orders=True, turn=43)
def big_integers(plan: Plan) -> Units:
    """Metadata with integers that not every JSON parser preserves."""
    for metadata in samples.big_integers(plan.maker.canary()) if plan.has_json else ():
        yield plan.valid({**plan.plain(), "metadata": metadata}, AS_JSON, place="metadata", way="integers beyond 2^53")
