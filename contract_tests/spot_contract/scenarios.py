"""The cases of the rules about accepted orders."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from . import checks, jsontext
from .carriers import Carrier, listed
from .cases import Case, Trial
from .documents import VENDORED, Document
from .fitting import fitted
from .invalid import expressible, invalid_bodies
from .jsontext import is_object
from .judge import Judge
from .messages import Problem
from .orders import Body, put
from .places import TERRITORIES, code_of

# The rules that share the covering orders. Each sends its own part of them; every answer is held against all.
COVERING = (
    "success.status",
    "success.content_type",
    "success.body",
    "success.vendored",
    "success.strict",
    "success.order_id",
    "success.pending",
    "success.kits",
    "success.created_format",
    "success.created_now",
    "success.created_moves",
    "echo.recipient",
    "echo.kit_types",
    "echo.metadata",
    "echo.absent",
    "identity.own_id",
)


def covering(judge: Judge, rule: str) -> None:
    """Send a rule's part of the covering orders."""
    judge.each(_covering(judge, rule))


def _covering(judge: Judge, rule: str) -> Iterator[Case]:
    for body, carrier in judge.maker.covering(judge.settings.profile.rounds, COVERING.index(rule), len(COVERING)):
        yield judge.order_case(body, carrier)


def repeated(judge: Judge) -> None:
    """The very same bytes again and again, in each way of carrying them."""
    for carrier in listed():
        body = judge.maker.plain()
        for _ in range(4):
            judge.realistic(body, carrier, "identity.repeated")
    problem = judge.tally.findings.get("identity.own_id")
    if problem is not None:
        judge.tally.findings["identity.repeated"] = problem.as_rule("identity.repeated")


def parallel(judge: Judge) -> None:
    """Orders from eight threads at once."""
    judge.needs(64)
    bodies = [judge.maker.plain() for _ in range(64)]
    carriers = [listed()[number % len(listed())] for number in range(len(bodies))]
    start = threading.Barrier(8)

    def send(part: int) -> list[Trial]:
        start.wait(timeout=30)
        found: list[Trial] = []
        for body, carrier in list(zip(bodies, carriers, strict=True))[part::8]:
            found.append(judge.try_realistic(body, judge.request(body, carrier), "identity.parallel"))
        judge.bench.desk.close()
        return found

    with ThreadPoolExecutor(max_workers=8) as pool:
        for trials in pool.map(send, range(8)):
            for trial in trials:
                judge.record(trial)


def leaks(judge: Judge) -> None:
    """Orders full of marks, each followed by one that leaves out what it can, and by errors."""
    for carrier in listed():
        for _ in range(3):
            own = judge.maker.mark()
            judge.realistic(_marked(judge, own, carrier), carrier, "identity.no_leak")
            bare = judge.maker.plain()
            bare.pop("metadata", None)
            bare.get("recipient", {}).get("address", {}).pop("street2", None)
            judge.realistic(bare, carrier, "identity.no_leak")
            missing = (case for case in invalid_bodies(bare) if case.rule == "refusal.required")
            for case in islice((case for case in missing if expressible(carrier, case.body)), 2):
                judge.invalid(judge.request(case.body, carrier, what=f"{case.what}, as {carrier}"), case.rule, case)


def _marked(judge: Judge, own: str, carrier: Carrier) -> Body:
    body = judge.maker.plain()
    if not judge.settings.recipient:
        name = own.capitalize()
        address = {"street1": f"1 {name} St", "street2": f"Apt {own}", "city": name}
        body = put(body, first_name=name, last_name=f"O'{name}", **address)
    body["metadata"] = {"ref": own, "note": f"note {own}"} if carrier.dotted else {"ref": own, own: [own, {own: own}]}
    return fitted(body)


def equivalence(judge: Judge) -> None:
    """One order in all ways of carrying it: what each answer says of it is the same."""
    for body in _portable(judge):
        first: Any = None
        for carrier in listed():
            request = judge.request(body, carrier, what=f"one order in all ways, here as {carrier}")
            trial = judge.try_realistic(body, request, "identity.same_in_every_carrier")
            judge.record(trial)
            said = _said(judge, trial)
            if said is not None and first is not None and not jsontext.equal(first, said):
                difference = jsontext.difference(first, said, "the order")
                where, wanted, got = difference or ("the order", first, said)
                expected = f"{where} {jsontext.shown(wanted)}, as JSON had it"
                problem = Problem("identity.same_in_every_carrier", expected, jsontext.shown(got))
                judge.put_down(problem, trial.exchange)
            first = said if first is None else first


def _portable(judge: Judge) -> Iterator[Body]:
    """Orders that every carrier can carry."""
    yield judge.maker.plain()
    number = 0
    for body, carrier in judge.maker.covering(1, 0, 1):
        number += carrier.dotted
        if carrier.dotted and number % 13 == 0:
            yield body


def _said(judge: Judge, trial: Trial) -> Any:
    if trial.answer is None or trial.answer.status != judge.bench.accepted:
        return None
    body, _ = checks.parsed(trial.answer)
    if not is_object(body):
        return None
    document = Document.load(VENDORED)
    return document.declared(document.order_schema, body)


ODD_TEXTS = {
    "an empty text": "",
    "a NUL": "a\x00b",
    "control characters": "a\x01\x1f\x7fb",
    "line ends": "a\r\nb\nc\rd",
    "a right-to-left mark": "a\u202eb",
    "emoji": "Ana 👩‍👩‍👧 🇨🇦",
    "a byte order mark": "a\ufeffb",
    "a zero-width joiner": "\u0646\u0627\u0645\u200c\u062e\u0627\u0646",
    "a title": "Dr. Ana Smith, Jr.",
    "blanks that do not break": "Ana\u00a0Maria\u202fLiu",
    "markup": "<script>alert('x')</script>&amp;",
    "SQL": "Robert'); DROP TABLE orders;--",
    "a format": "%s %d {0} ${x} {{y}} %00 \\u0041",
    "quotes": "\"'`\u201c\u201d\\",
    "JSON": '{"a": [1, null]}',
    "a number": "0012",
    "a boolean": "false",
    "unassigned characters": "\u0378\uffff\U0010ffff",
    "many marks": "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d",
    "half width": "\uff71\uff98\uff7d \uff21\uff4c",
    "ligatures": "ﬁ ﬄ ǅ Ĳ",
    "a plus and percent": "a+b%20c%2Bd&e=f;g",
}
LENGTHS = (31, 33, 41, 51, 65, 101, 129, 151, 201, 256, 257, 513, 1025, 4097, 102_400)
LEAVES = ("first_name", "last_name", "email", "phone")
ADDRESS = ("street1", "street2", "city", "state", "zip")


def odd_orders(judge: Judge) -> None:
    """Schema-valid data that no real order holds: in each text of the order, in the lists, in the metadata."""
    judge.each(_odd_cases(judge))


def _odd_cases(judge: Judge) -> Iterator[Case]:
    for number, (what, body) in enumerate(_odd_bodies(judge)):
        carriers = [carrier for carrier in listed() if carrier.can_carry(body)]
        for carrier in [carriers[number % len(carriers)]] if judge.settings.profile.sparing else carriers:
            yield judge.odd_case(body, judge.request(body, carrier, what=f"{what}, as {carrier}"))


def _odd_bodies(judge: Judge) -> Iterator[tuple[str, Body]]:
    for number, (what, text) in enumerate(ODD_TEXTS.items()):
        yield f"{what} in every name", _changed(judge, text, ("first_name", "last_name"))
        yield f"{what} in the address", _changed(judge, text, (ADDRESS[number % len(ADDRESS)],))
        yield f"{what} in e-mail or phone", _changed(judge, text, (LEAVES[2 + number % 2],))
        yield f"{what} as a kit type", {**judge.maker.plain(), "kit_types": [text, "kit"]}
        yield f"{what} in metadata", {**judge.maker.plain(), "metadata": {f"k {text} k": f"v {text} v"}}
    for number, length in enumerate(LENGTHS):
        leaf = (*LEAVES, *ADDRESS)[number % 9]
        yield f"{length} characters in {leaf}", _changed(judge, "é" + "x" * (length - 1), (leaf,))
        yield f"{length} characters in first_name", _changed(judge, "y" * length, ("first_name",))
        yield f"{length} characters in metadata", {**judge.maker.plain(), "metadata": {"long": "z" * length}}
    yield from _unusual(judge)
    yield from _odd_lists(judge)
    for region in TERRITORIES:
        body = judge.maker.plain()
        if not judge.settings.recipient:
            body = put(body, city=region.city, state=region.code, zip=code_of(region, 2))
        yield f"the territory {region.code}", body


UNUSUAL = {
    "state": ("ca", "California", "Calif.", "N.Y.", "New York", "on", "Québec"),
    "zip": ("k1a 0b1", "K1A0B1", "K1A-0B1", "00501-0001", "941021234", "1234", "0"),
    "city": ("san francisco", "SAN FRANCISCO", "St. John's", "Coeur d'Alene", "New  York"),
    "street1": ("1  Main   St", "1\tMain St", "1 Main St\u00a0West", "N\u00b0 5 Main"),
    "phone": ("415-555-0123 x42", "(415) 555-0123 ext. 5", "+44 20 7946 0123", "911", "555-0123", "++1"),
    "email": (
        "o'brien@example.com",
        "a@b.example",
        "jos\u00e9@example.com",
        "x@ex\u00e4mple.com",
        "a@localhost",
        "@",
        "Ana",
    ),
    "first_name": ("Mary  Ann", "Mary\u00a0Ann", "mARY", "R2-D2", "3", "Ana-", "'Ana", "a.b"),
    "last_name": ("SMITH JR", "Smith III", "Gal\u00b7la", "\u01c5ordje", "STRASSE stra\u00dfe", "I\u0307\u0131"),
}


def _unusual(judge: Judge) -> Iterator[tuple[str, Body]]:
    """What people type although a strict server may refuse it."""
    for name, texts in UNUSUAL.items():
        for text in texts:
            yield f"{name} {text!r}", _changed(judge, text, (name,))


def white_space(judge: Judge) -> None:
    """Names and address lines with blanks at their ends: refused in form or, if accepted, kept."""
    if judge.settings.recipient:
        judge.pass_over("every order goes to the recipient given")
    for shift, carrier in enumerate(listed()):
        for number, name in enumerate(("first_name", "last_name", "street1", "city")):
            texts = (" Ana", "Ana ", "  Ana Mary\u3000", "\tAna")
            for text in texts[(shift + number) % 4 :][:1] if judge.settings.profile.sparing else texts:
                body = _changed(judge, text, (name,))
                trial = judge.try_odd(body, judge.request(body, carrier, what=f"{name} {text!r}, as {carrier}"))
                judge.record(trial.blaming("echo.recipient", "echo.white_space"))


def _odd_lists(judge: Judge) -> Iterator[tuple[str, Body]]:
    for what, kits in {
        "no kit types": [],
        "unknown kit types in an order of their own": ["zeta", "alpha", "Mid", "alpha", "beta"],
        "unknown kit types that repeat": ["b", "a", "b", "b", "a"],
        "known and unknown kit types": ["unknown_kit", judge.settings.kit_types[0], "another"],
        "a hundred kit types": [f"kit_{99 - number}" for number in range(100)],
        "kit types with commas": ["a,b", "c;d", "e f"],
    }.items():
        yield what, {**judge.maker.plain(), "kit_types": kits}
    extra = judge.maker.plain()
    extra |= {
        "order_id": "mine",
        "status": "completed",
        "created": "1970-01-01T00:00:00Z",
        "kits": [],
        "extra": {"a": 1},
    }
    yield "extra properties of the order", extra
    nested = judge.maker.plain()
    nested["recipient"] = {**nested.get("recipient", {}), "extra": "x", "order_id": "mine"}
    yield "extra properties of the recipient", nested
    yield "blanks at the ends in metadata", {**judge.maker.plain(), "metadata": {"note": " x ", "list": ["\ty", "z\n"]}}
    yield "a deep tree", {**judge.maker.plain(), "metadata": _deep(60)}
    yield "many names", {**judge.maker.plain(), "metadata": {f"name {number}": number for number in range(2000)}}
    yield "odd names", {**judge.maker.plain(), "metadata": {"__proto__": {"a": 1}, "constructor": 1, "": 2, " ": 3}}


def _deep(depth: int) -> Body:
    found: Body = {"end": True}
    for _ in range(depth):
        found = {"in": found}
    return found


def _changed(judge: Judge, text: str, names: tuple[str, ...]) -> Body:
    body = judge.maker.plain()
    if judge.settings.recipient:
        return {**body, "metadata": {"text": text}}
    return put(body, **dict.fromkeys(names, text))
