"""Finds out which form dialects a server understands (docs/contract.md, 1), by a few orders before the run."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from spot_contract.configuration.deployment import NONE, Deployment
from spot_contract.document import json_values
from spot_contract.document.json_values import is_list, is_object
from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.intent import Intent, Kind
from spot_contract.generation.encodings import AS_JSON, Dialect, Encoding, Lists, Nesting, form_types
from spot_contract.scenarios.plan import Plan
from spot_contract.scenarios.scenario import Case

from .engine import Engine

# The list styles that existing parsers combine with each nesting, the most common first.
LISTS = {
    Nesting.JSON_TEXT: (Lists.REPEATED, Lists.EMPTY_BRACKETS),
    Nesting.DOTTED: (Lists.REPEATED, Lists.INDEXED),
    Nesting.BRACKETS: (Lists.EMPTY_BRACKETS, Lists.INDEXED, Lists.REPEATED),
}


@dataclass
class FoundDialects:
    """The encodings that a server understands, and notes on them for the head of the report."""

    encodings: list[Encoding] = field(default_factory=list[Encoding])
    notes: list[str] = field(default_factory=list[str])


def find_dialects(plan: Plan, deployment: Deployment, engine: Engine, *, may_search: bool) -> FoundDialects:
    """Find the encodings in which the server accepts an ordinary order: JSON, and dialects of the offered form types.

    Without `may_search`, as with a small order budget, only forms with a pinned dialect are tried.
    """
    found = FoundDialects()
    body = plan.plain()
    baseline = engine.send(plan.realistic(body, AS_JSON, what="the baseline order as JSON", way="the baseline order"))
    if baseline.is_accepted:
        found.encodings.append(AS_JSON)
    for media_type in form_types():
        if not deployment.offers(media_type):
            found.notes.append(f"{media_type}: not offered")
        elif not may_search and deployment.dialect(media_type, "recipient") is None:
            found.notes.append(f"{media_type}: not tried, orders are few")
        else:
            dialects = list(_Search(plan, media_type, deployment, engine).dialects())
            found.encodings += [Encoding(media_type, one) for one in dialects]
            found.notes.append(f"{media_type}: {'; '.join(map(str, dialects)) or 'none'}")
    return found


def pinned_dialects(deployment: Deployment) -> FoundDialects:
    """JSON and the pinned dialects, since finding out others needs orders."""
    found = FoundDialects([AS_JSON])
    for media_type in form_types():
        if not deployment.offers(media_type):
            found.notes.append(f"{media_type}: not offered")
            continue
        pinned = deployment.dialect(media_type, "recipient")
        if pinned is None:
            found.notes.append(f"{media_type}: not tried, as it is not pinned and no order is allowed")
            continue
        nesting, metadata = Nesting(pinned), deployment.dialect(media_type, "metadata")
        dialect = Dialect(nesting, Nesting(metadata) if metadata not in {None, NONE} else None, LISTS[nesting][0])
        found.encodings.append(Encoding(media_type, dialect))
        found.notes.append(f"{media_type}: {dialect}, as pinned")
    found.notes.append("no order is allowed: only what every correct server refuses is sent")
    return found


@dataclass
class _Search:
    plan: Plan
    media_type: str
    deployment: Deployment
    engine: Engine
    # Recipient nestings with which a single kit type was read as a list.
    _singles: set[Nesting] = field(default_factory=set[Nesting])

    def dialects(self) -> Iterator[Dialect]:
        """Every dialect that is understood. Each understood nesting of metadata is in at least one of them."""
        recipients = [
            one for nesting in self._candidates("recipient") if (one := self._recipient(nesting, LISTS[nesting]))
        ]
        by_metadata = self._metadata(recipients)
        # Some parsers read a field that comes once as a text, and as a list only if it comes twice.
        revised = [one if self._takes_one(one) else self._with_other_lists(one) for one in recipients]
        if revised != recipients:
            recipients = revised
            by_metadata |= self._metadata(recipients, but=by_metadata)
        self._judge_search("recipient", bool(recipients))
        if recipients:
            self._judge_search("metadata", bool(by_metadata))
        used: set[Nesting] = set()
        for one in recipients:
            own = by_metadata.get(one.recipient) or next(iter(by_metadata.values()), None)
            if own is None or own.metadata is None:
                yield one
                continue
            used.add(own.metadata)
            yield replace(one, metadata=own.metadata, tree=own.tree)
        yield from (one for nesting, one in by_metadata.items() if nesting not in used)

    def _metadata(self, recipients: Sequence[Dialect], but: Collection[Nesting] = ()) -> dict[Nesting, Dialect]:
        found: dict[Nesting, Dialect] = {}
        for nesting in [one for one in self._candidates("metadata") if one not in but] if recipients else ():
            beside = next((one for one in recipients if one.recipient is nesting), recipients[0])
            if (one := self._with_metadata(beside, nesting)) is not None:
                found[nesting] = one
        return found

    def _takes_one(self, dialect: Dialect) -> bool:
        """Whether a list of one kit type is read as a list."""
        known = dialect.lists is not Lists.REPEATED or dialect.recipient in self._singles
        return known or self._probe(self.plan.plain(Encoding(self.media_type, dialect)), dialect).is_accepted

    def _with_other_lists(self, dialect: Dialect) -> Dialect:
        """The dialect with another list style than repeated names, if one is read."""
        lists = [one for one in LISTS[dialect.recipient] if one is not Lists.REPEATED]
        return self._recipient(dialect.recipient, lists) or dialect

    def _candidates(self, name: str) -> Sequence[Nesting]:
        pinned = self.deployment.dialect(self.media_type, name)
        if pinned == NONE:
            return ()
        return (Nesting(pinned),) if pinned else tuple(Nesting)

    def _recipient(self, nesting: Nesting, lists: Sequence[Lists]) -> Dialect | None:
        """The dialect with this nesting of the recipient, if recipient and kit types are read."""
        for one in lists:
            dialect = Dialect(nesting, None, one)
            body = self.plan.plain(Encoding(self.media_type, dialect))
            kits = body.get("kit_types", [])
            exchange = self._probe({**body, "kit_types": [*kits, *kits]}, dialect)
            if exchange.is_accepted and _was_read(exchange, len(kits) * 2):
                return dialect
        return None

    def _with_metadata(self, dialect: Dialect, nesting: Nesting) -> Dialect | None:
        """The dialect with this nesting of metadata, if metadata comes back: as a tree, or at least flat texts."""
        own = self.plan.maker.canary()
        for tree in (True, False):
            metadata = {"note": "first order", "outer": {"inner": own}} if tree else {"note": "first order", "ref": own}
            candidate = replace(dialect, metadata=nesting, tree=tree)
            body = self.plan.plain(Encoding(self.media_type, candidate)) | {"metadata": metadata}
            exchange = self._probe(body, candidate)
            came = (exchange.order or {}).get("metadata")
            if exchange.is_accepted:
                self._singles.add(dialect.recipient)
            if exchange.is_accepted and came == metadata:
                return candidate
            if nesting is Nesting.JSON_TEXT or (exchange.is_accepted and not _has(came, "note", "first order")):
                return None
            if exchange.is_accepted:
                return replace(candidate, tree=False)
        return None

    def _probe(self, body: dict[str, Any], dialect: Dialect) -> Exchange:
        encoding = Encoding(self.media_type, dialect)
        request = self.plan.request(body, encoding, what=f"an order as {encoding}")
        self._last = self.engine.send(Case(request, Intent(Kind.DIALECT, self.media_type, body)))
        return self._last

    def _judge_search(self, name: str, is_spoken: bool) -> None:
        """Have the result of the search for a field's dialect judged, represented by its last exchange."""
        candidates = self._candidates(name)
        if not candidates:
            return
        way = "" if is_spoken else f"not understood in {self.media_type}"
        intent = Intent(Kind.DIALECT, self.media_type, " or ".join(map(str, candidates)), place=name, way=way)
        self.engine.judge.observe(replace(self._last, intent=intent))


def _has(value: object, name: str, text: str) -> bool:
    return is_object(value) and value.get(name) == text


def _was_read(exchange: Exchange, kits: int) -> bool:
    """Whether recipient and kit types were read rather than ignored. Rules check how faithfully."""
    order = exchange.order or {}
    came = order.get("kit_types", [None] * kits)
    texts = json_values.display(order.get("recipient", {}), 10_000)
    email = exchange.intent.sent.get("recipient", {}).get("email")
    return (
        is_list(came)
        and len(came) == kits
        and ("recipient" not in order or not email or str(email)[:6].lower() in texts.lower())
    )
