"""Two schemas compared: what became of the values that they allow."""

from spot_tools.errors import ToolError
from spot_tools.openapi.keywords import LOWER, Limit, tightest
from spot_tools.openapi.nodes import Node, canonical
from spot_tools.openapi.pairing import pair
from spot_tools.openapi.schemas import Alternative, Schema

from . import rules
from .findings import Effect, Findings, Use, note_deprecation
from .names import kind, kinds, member, name
from .unions import collisions, discriminator

_MOST = 200_000
"""Pairs of schemas that one comparison looks at."""

TYPED_FORMATS = {"date-time", "date", "uuid", "binary", "byte"}
"""Formats that are types of their own in a program."""
_KNOWN_FORMATS = {
    *TYPED_FORMATS, "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri",
    "uri-reference", "iri", "iri-reference", "uri-template", "json-pointer", "relative-json-pointer", "regex",
    "int32", "int64", "float", "double",
}  # fmt: skip
"""Formats that promise something; any other is a word for readers."""

_HIDDEN = {"request": "readOnly", "response": "writeOnly"}
"""What marks a property as no part of a direction."""


class ValueComparison:
    """Compares schemas for one use of them, each pair once however often and recursively it is reached."""

    def __init__(self, findings: Findings, use: Use, *, is_xml: bool = False) -> None:
        self.findings = findings
        self.use = use
        self.is_xml = is_xml
        """Whether the names of XML are sent."""
        self._seen: set[tuple[object, ...]] = set()

    def compare(self, old: Schema, new: Schema, *, may_be_absent: bool = True) -> None:
        """Record what changed from one schema to the other and below them."""
        key = (old.key, new.key, may_be_absent)
        if key in self._seen:
            return
        self._seen.add(key)
        if len(self._seen) > _MOST:
            raise ToolError(f"{new.node.document.name} has too many combinations of schemas to compare.")
        self._notes(old, new)
        self._default(old, new, may_be_absent=may_be_absent)
        self._exclusion(old, new)
        left, right = old.alternatives, new.alternatives
        self._null(left, right, new)
        left, right = ([entry for entry in side if entry.kind != "null"] for side in (left, right))
        pairs, gone, fresh = pair(left, right, self._distance)
        self._branches(gone, fresh, pairs, (old, new))
        for a, b in pairs:
            self._alternative(a, b)
        if not gone and not fresh:
            self._discriminator(old, new)

    def _add(self, effect: Effect, pointer: str, message: str, advice: str | None = None) -> None:
        self.findings.add(self.use, effect, pointer, message, advice)

    def _distance(self, old: Alternative, new: Alternative) -> int:
        trial = ValueComparison(Findings(), self.use, is_xml=self.is_xml)
        trial._seen = set(self._seen)
        trial._alternative(old, new)
        return trial.findings.count

    def _notes(self, old: Schema, new: Schema) -> None:
        before, after = old.notes(), new.notes()
        for keyword in {**before, **after}:
            left, right = before.get(keyword, {}), after.get(keyword, {})
            if left.keys() != right.keys():
                places = [node for key, node in right.items() if key not in left] or [
                    node for key, node in left.items() if key not in right
                ]
                effect: Effect = "changed" if keyword == "xml" and self.is_xml else "docs"
                self._add(effect, places[0].pointer, f"{keyword} of {name(new.node)} reads otherwise")
        flags = [schema.flag("deprecated") for schema in (old, new)]
        note_deprecation(self.findings, self.use, flags, new.node.at("deprecated"), name(new.node))

    def _default(self, old: Schema, new: Schema, *, may_be_absent: bool) -> None:
        before, after = old.find("default"), new.find("default")
        if canonical(before and before.value) == canonical(after and after.value):
            return
        if before is not None and after is not None and not _kinds(old) & _kinds(new):
            return  # It changes with the type.
        place = after or before or new.node
        told = [canonical(node.value) if node else "nothing" for node in (before, after)]
        message = f"the default of {name(new.node)} changes from {told[0]} to {told[1]}"
        if self.use.direction == "response" or not may_be_absent:
            self._add("docs", place.pointer, message)  # A default says what absence means.
        else:
            advice = "A program that leaves it out means something else now: send the value that is meant."
            effect: Effect = "added" if before is None else "changed"
            self._add(effect, place.pointer, message, advice if before is not None else None)

    def _exclusion(self, old: Schema, new: Schema) -> None:
        """Record what became of values that two branches of a oneOf allow, which oneOf refuses."""
        before, after = collisions(old), collisions(new)
        where = name(new.node)
        if len(after) > len(before):
            a, b = next((pair for pair in after if pair not in before), after[0])
            told = f"{where} may no longer be what both {a} and {b} allow: oneOf takes one alone"
            self._add("narrowed", new.node.at("oneOf"), told, "Look for programs that send what two branches allow.")
        elif len(after) < len(before):
            self._add("added", new.node.pointer, f"{where} may be what several of its branches allow")

    def _null(self, left: list[Alternative], right: list[Alternative], new: Schema) -> None:
        before, after = ([entry for entry in side if entry.kind in ("null", "any")] for side in (left, right))
        if not before and after and after[0].kind == "null":
            self._add("widened", after[0].place("nullable"), f"{name(new.node)} may be null now")
        if not after and before and before[0].kind == "null" and right:
            self._add("narrowed", new.node.pointer, f"{name(new.node)} may no longer be null")

    def _branches(
        self,
        gone: list[Alternative],
        fresh: list[Alternative],
        pairs: list[tuple[Alternative, Alternative]],
        schemas: tuple[Schema, Schema],
    ) -> None:
        old, new = schemas
        where = name(new.node)
        before, after = (list(dict.fromkeys(entry.kind for entry in side)) for side in (gone, fresh))
        if gone and fresh and not pairs and before != after:
            if before == ["any"]:
                self._add("narrowed", new.node.at("type"), f"{where} has a type now ({kinds(new)})")
            elif after == ["any"]:
                self._add("widened", new.node.pointer, f"{where} may be of any type now (it was {kinds(old)})")
            else:
                told = f"from {', '.join(before)} to {', '.join(after)}"
                self._add("changed", new.node.at("type"), f"the type of {where} changes {told}")
            return
        for entry in fresh:
            self._add("widened", entry.node.pointer, f"{where} may be {kind(entry)} as well")
        for entry in gone:
            self._add("narrowed", entry.node.pointer, f"{name(old.node)} may no longer be {kind(entry)}")

    def _alternative(self, old: Alternative, new: Alternative) -> None:
        where = name(new.node)
        if old.kind != new.kind:
            effect: Effect = "widened" if new.kind == "number" else "narrowed"
            self._add(effect, new.node.at("type"), f"the type of {where} changes from {old.kind} to {new.kind}")
        self._values(old, new)
        self._limits(old, new)
        self._rules(old, new)
        self._format(old, new)
        if old.kind == "array" or new.kind == "array":
            self._inner(old.items, new.items, f"the items of {where}", new.node)
        if old.kind == "object" and new.kind == "object":
            self._properties(old, new)
            self._extra(old, new)

    def _values(self, old: Alternative, new: Alternative) -> None:
        where, place = name(new.node), new.place("enum")
        if old.values is None and new.values is None:
            return
        if old.values is None:
            told = ", ".join(new.values or {})
            self._add("narrowed", place, f"{where} is limited to {told}")
        elif new.values is None:
            self._add("widened", new.node.pointer, f"{where} is no longer limited to {', '.join(old.values)}")
        else:
            for value in old.values.keys() - new.values.keys():
                self._add("narrowed", place, f"{where} loses the value {value}")
            for value in new.values.keys() - old.values.keys():
                self._add("widened", place, f"{where} gains the value {value}")

    def _limits(self, old: Alternative, new: Alternative) -> None:
        for keyword in sorted({*old.limits, *new.limits}):
            before, after = old.limits.get(keyword), new.limits.get(keyword)
            if before == after:
                continue
            sign = 1 if keyword in LOWER.values() else -1
            loosened = after is None or (before is not None and tightest((before, after), sign) == before)
            message = f"{keyword} of {name(new.node)} changes from {_limit(before)} to {_limit(after)}"
            self._add("widened" if loosened else "narrowed", new.place(keyword), message)

    def _rules(self, old: Alternative, new: Alternative) -> None:
        for keyword in sorted({*old.rules, *new.rules}):
            before, after = old.rules.get(keyword), new.rules.get(keyword)
            if before == after:
                continue
            told = f"changes from {before or 'none'} to {after or 'none'}"
            effect = rules.effect(keyword, old, new)
            if effect is not None:
                self._add(effect, new.place(keyword), f"{keyword} of {name(new.node)} {told}")

    def _format(self, old: Alternative, new: Alternative) -> None:
        before, after = old.format, new.format
        if before == after or old.kind != new.kind:
            return  # A format that goes with its type is no change of its own.
        promised = [entry if entry in _KNOWN_FORMATS else None for entry in (before, after)]
        effect: Effect = "changed"
        if promised[0] == promised[1]:
            effect = "docs"
        elif not TYPED_FORMATS & set(promised) and None in promised:
            effect = "narrowed" if promised[0] is None else "widened"
        elif promised in (["int32", "int64"], ["float", "double"]):
            effect = "widened"
        elif promised in (["int64", "int32"], ["double", "float"]):
            effect = "narrowed"
        told = f"changes from {before or 'none'} to {after or 'none'}"
        self._add(effect, new.place("format"), f"the format of {name(new.node)} {told}")

    def _inner(self, old: Schema | None, new: Schema | None, what: str, node: Node) -> None:
        if old is not None and new is not None:
            self.compare(old, new)
        elif new is not None:
            self._add("narrowed", new.node.pointer, f"{what} are {kinds(new)} now, where they could be anything")
        elif old is not None:
            self._add("widened", node.pointer, f"{what} may be anything now, where they were {kinds(old)}")

    def _properties(self, old: Alternative, new: Alternative) -> None:
        hidden = _HIDDEN[self.use.direction]
        sides = [
            {key: value for key, value in side.properties.items() if not value.flag(hidden)} for side in (old, new)
        ]
        required = [
            {key for key in entry.required if key not in entry.properties or key in side}
            for entry, side in zip((old, new), sides, strict=True)
        ]
        for key, before in sides[0].items():
            after = sides[1].get(key)
            if after is not None:
                self.compare(before, after, may_be_absent=key not in required[0] | required[1])
            else:
                kept = key in new.properties
                place = new.properties[key].parts[0].at(hidden) if kept else before.parts[0].pointer
                self._add("changed", place, f"{member(old.node, key)} is gone" + (f" ({hidden})" if kept else ""))
        for key, after in sides[1].items():
            if key not in sides[0]:
                needed = key in required[1]
                effect: Effect = "narrowed" if needed and self.use.direction == "request" else "added"
                self._add(effect, after.parts[0].pointer, f"{member(new.node, key)} is new" + needed * " and required")
        for key in sorted(required[0] ^ required[1]):
            told = [key in side or (key in entry.required and key not in entry.properties)
                    for side, entry in zip(sides, (old, new), strict=True)]  # fmt: skip
            if not all(told) and (key in sides[0] or key in sides[1]):
                continue  # Gone or new: told above.
            place = sides[1][key].parts[0].pointer if key in sides[1] else new.node.at("required")
            if key in required[1]:
                self._add("narrowed", place, f"{member(new.node, key)} is required now")
            else:
                self._add("widened", place, f"{member(new.node, key)} is no longer required and may be absent")

    def _extra(self, old: Alternative, new: Alternative) -> None:
        before, after, where = old.extra, new.extra, name(new.node)
        place = new.place("additionalProperties")
        if isinstance(before, Schema) and isinstance(after, Schema):
            self.compare(before, after)
        elif isinstance(before, Schema) or isinstance(after, Schema):
            opened = after is True or before is False
            effect: Effect = "widened" if opened else "narrowed"
            if before is False:
                effect = "added"
            elif after is False:
                effect = "changed"
            told = [kinds(s) if isinstance(s, Schema) else ("anything" if s else "none") for s in (before, after)]
            self._add(effect, place, f"further properties of {where} change from {told[0]} to {told[1]}")
        elif before != after:
            effect = "narrowed" if before else "added"
            self._add(effect, place, f"{where} may {'have further' if after else 'no longer have further'} properties")

    def _discriminator(self, old: Schema, new: Schema) -> None:
        before, after = discriminator(old), discriminator(new)
        where = name(new.node)
        if before is None or after is None:
            if before != after:
                told = f"{where} has {'no discriminator any more' if after is None else 'a discriminator'}"
                self._add("docs", new.node.at("discriminator"), told)
            return
        if before[0] != after[0]:
            self._add("changed", new.node.at("discriminator"), f"{where} is told apart by {after[0]}, not {before[0]}")
            return
        for value in before[1].keys() | after[1].keys():
            left, right = before[1].get(value), after[1].get(value)
            if left is None or right is None:
                effect: Effect = "widened" if left is None else "narrowed"
                change = "gains" if left is None else "loses"
                self._add(effect, new.node.at("discriminator"), f"the discriminator of {where} {change} {value!r}")
            elif left.path != right.path and self._differ(left, right):
                message = f"{before[0]} {value!r} of {where} stands for {right.path[-1]}, not {left.path[-1]}"
                self._add("changed", new.node.at("discriminator"), message)

    def _differ(self, old: Node, new: Node) -> bool:
        trial = ValueComparison(Findings(), self.use, is_xml=self.is_xml)
        trial.compare(Schema((old,)), Schema((new,)))
        return trial.findings.count > 0


def _kinds(schema: Schema) -> set[str]:
    return {"number" if entry.kind == "integer" else entry.kind for entry in schema.alternatives} - {"null"}


def _limit(limit: Limit | None) -> str:
    return "none" if limit is None else canonical(limit[0]) + " (excluded)" * limit[1]
