"""The comparison of two schemas by the values that they allow."""

from spot_tools.errors import ToolError
from spot_tools.openapi.keywords import FORMATS, LOWER, Limit, tightest
from spot_tools.openapi.nodes import Node, canonical
from spot_tools.openapi.pairing import pair
from spot_tools.openapi.schemas import Alternative, Schema

from . import constraints
from .findings import Effect, Findings, Use, note_deprecation
from .labels import alternative_label, label, schema_label
from .unions import collisions, discriminator

_MOST = 200_000
"""The most pairs of schemas that are compared."""

_TYPED_FORMATS = {"date-time", "date", "uuid", "binary", "byte"}
"""Formats that are separate Python types."""

_HIDDEN = {"request": "readOnly", "response": "writeOnly"}
"""The keyword that excludes a property from a direction."""


class SchemaComparison:
    """Compares schemas for one use, each pair once even in recursive schemas."""

    def __init__(self, findings: Findings, use: Use, *, is_xml: bool = False) -> None:
        self.findings = findings
        self.use = use
        self.is_xml = is_xml
        """Whether values are sent as XML, so that xml keywords matter."""
        self._seen: set[tuple[object, ...]] = set()

    def compare(self, old: Schema, new: Schema, *, may_be_absent: bool = True) -> None:
        """Record all changes from one schema to the other and in their inner schemas."""
        key = (old.key, new.key, may_be_absent)
        if key in self._seen:
            return
        self._seen.add(key)
        if len(self._seen) > _MOST:
            raise ToolError(f"{new.node.document.name} has too many combinations of schemas to compare.")
        self._compare_annotations(old, new)
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
        trial = SchemaComparison(Findings(), self.use, is_xml=self.is_xml)
        trial._seen = set(self._seen)
        trial._alternative(old, new)
        return trial.findings.count

    def _compare_annotations(self, old: Schema, new: Schema) -> None:
        before, after = old.annotations(), new.annotations()
        for keyword in {**before, **after}:
            left, right = before.get(keyword, {}), after.get(keyword, {})
            if left.keys() != right.keys():
                places = [node for key, node in right.items() if key not in left] or [
                    node for key, node in left.items() if key not in right
                ]
                effect: Effect = "changed" if keyword == "xml" and self.is_xml else "docs"
                self._add(effect, places[0].pointer, f"{keyword} of {label(new.node)} changed")
        flags = [schema.flag("deprecated") for schema in (old, new)]
        note_deprecation(self.findings, self.use, flags, new.node.at("deprecated"), label(new.node))

    def _default(self, old: Schema, new: Schema, *, may_be_absent: bool) -> None:
        before, after = old.find("default"), new.find("default")
        if canonical(before and before.value) == canonical(after and after.value):
            return
        if before is not None and after is not None and not _kinds(old) & _kinds(new):
            return  # The default belongs to the type.
        place = after or before or new.node
        left, right = (canonical(node.value) if node else "none" for node in (before, after))
        message = f"the default of {label(new.node)} changes from {left} to {right}"
        if self.use.direction == "response" or not may_be_absent:
            self._add("docs", place.pointer, message)  # Here a default has no effect.
        else:
            advice = "Requests without the value now mean something else: send the value explicitly."
            effect: Effect = "added" if before is None else "changed"
            self._add(effect, place.pointer, message, advice if before is not None else None)

    def _exclusion(self, old: Schema, new: Schema) -> None:
        """Record changes of the values that several branches of a oneOf allow, which oneOf rejects."""
        before, after = collisions(old), collisions(new)
        where = label(new.node)
        if len(after) > len(before):
            a, b = next((pair for pair in after if pair not in before), after[0])
            message = f"{where} no longer allows values of both {a} and {b}: oneOf allows exactly one"
            advice = "Look for programs that send values of two branches."
            self._add("narrowed", new.node.at("oneOf"), message, advice)
        elif len(after) < len(before):
            self._add("added", new.node.pointer, f"{where} now allows values of several branches")

    def _null(self, left: list[Alternative], right: list[Alternative], new: Schema) -> None:
        before, after = ([entry for entry in side if entry.kind in ("null", "any")] for side in (left, right))
        if not before and after and after[0].kind == "null":
            self._add("widened", after[0].pointer("nullable"), f"{label(new.node)} may now be null")
        if not after and before and before[0].kind == "null" and right:
            self._add("narrowed", new.node.pointer, f"{label(new.node)} may no longer be null")

    def _branches(
        self,
        gone: list[Alternative],
        fresh: list[Alternative],
        pairs: list[tuple[Alternative, Alternative]],
        schemas: tuple[Schema, Schema],
    ) -> None:
        old, new = schemas
        where = label(new.node)
        before, after = (list(dict.fromkeys(entry.kind for entry in side)) for side in (gone, fresh))
        if gone and fresh and not pairs and before != after:
            if before == ["any"]:
                self._add("narrowed", new.node.at("type"), f"{where} now has a type: {schema_label(new)}")
            elif after == ["any"]:
                self._add("widened", new.node.pointer, f"{where} may now have any type, before {schema_label(old)}")
            else:
                message = f"the type of {where} changes from {', '.join(before)} to {', '.join(after)}"
                self._add("changed", new.node.at("type"), message)
            return
        for entry in fresh:
            self._add("widened", entry.node.pointer, f"{where} may now also be {alternative_label(entry)}")
        for entry in gone:
            self._add("narrowed", entry.node.pointer, f"{label(old.node)} may no longer be {alternative_label(entry)}")

    def _alternative(self, old: Alternative, new: Alternative) -> None:
        where = label(new.node)
        if old.kind != new.kind:
            effect: Effect = "widened" if new.kind == "number" else "narrowed"
            self._add(effect, new.node.at("type"), f"the type of {where} changes from {old.kind} to {new.kind}")
        self._values(old, new)
        self._limits(old, new)
        self._constraints(old, new)
        self._format(old, new)
        if old.kind == "array" or new.kind == "array":
            self._inner(old.items, new.items, f"the items of {where}", new.node)
        if old.kind == "object" and new.kind == "object":
            self._properties(old, new)
            self._additional(old, new)

    def _values(self, old: Alternative, new: Alternative) -> None:
        where, place = label(new.node), new.pointer("enum")
        if old.values is None and new.values is None:
            return
        if old.values is None:
            self._add("narrowed", place, f"{where} is now limited to {', '.join(new.values or {})}")
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
            message = f"{keyword} of {label(new.node)} changes from {_limit(before)} to {_limit(after)}"
            self._add("widened" if loosened else "narrowed", new.pointer(keyword), message)

    def _constraints(self, old: Alternative, new: Alternative) -> None:
        for keyword in sorted({*old.constraints, *new.constraints}):
            before, after = old.constraints.get(keyword), new.constraints.get(keyword)
            if before == after:
                continue
            effect = constraints.effect(keyword, old, new)
            if effect is not None:
                message = f"{keyword} of {label(new.node)} changes from {before or 'none'} to {after or 'none'}"
                self._add(effect, new.pointer(keyword), message)

    def _format(self, old: Alternative, new: Alternative) -> None:
        before, after = old.format, new.format
        if before == after or old.kind != new.kind:
            return  # The format belongs to the type.
        defined = [entry if entry in FORMATS else None for entry in (before, after)]
        effect: Effect = "changed"
        if defined[0] == defined[1]:
            effect = "docs"
        elif not _TYPED_FORMATS & set(defined) and None in defined:
            effect = "narrowed" if defined[0] is None else "widened"
        elif defined in (["int32", "int64"], ["float", "double"]):
            effect = "widened"
        elif defined in (["int64", "int32"], ["double", "float"]):
            effect = "narrowed"
        message = f"the format of {label(new.node)} changes from {before or 'none'} to {after or 'none'}"
        self._add(effect, new.pointer("format"), message)

    def _inner(self, old: Schema | None, new: Schema | None, what: str, node: Node) -> None:
        if old is not None and new is not None:
            self.compare(old, new)
        elif new is not None:
            self._add("narrowed", new.node.pointer, f"{what} are now {schema_label(new)}, before anything")
        elif old is not None:
            self._add("widened", node.pointer, f"{what} may now be anything, before {schema_label(old)}")

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
                where = f"{label(old.node)}.{key}"
                self._add("changed", place, f"{where} was removed" + (f" ({hidden})" if kept else ""))
        for key, after in sides[1].items():
            if key not in sides[0]:
                needed = key in required[1]
                effect: Effect = "narrowed" if needed and self.use.direction == "request" else "added"
                where = f"{label(new.node)}.{key}"
                self._add(effect, after.parts[0].pointer, f"{where} was added" + needed * " and is required")
        for key in sorted(required[0] ^ required[1]):
            is_known = [
                key in side or (key in entry.required and key not in entry.properties)
                for side, entry in zip(sides, (old, new), strict=True)
            ]
            if not all(is_known) and (key in sides[0] or key in sides[1]):
                continue  # Removed or added: recorded above.
            place = sides[1][key].parts[0].pointer if key in sides[1] else new.node.at("required")
            if key in required[1]:
                self._add("narrowed", place, f"{label(new.node)}.{key} is now required")
            else:
                self._add("widened", place, f"{label(new.node)}.{key} is no longer required and may be absent")

    def _additional(self, old: Alternative, new: Alternative) -> None:
        before, after, where = old.additional, new.additional, label(new.node)
        place = new.pointer("additionalProperties")
        if isinstance(before, Schema) and isinstance(after, Schema):
            self.compare(before, after)
        elif isinstance(before, Schema) or isinstance(after, Schema):
            opened = after is True or before is False
            effect: Effect = "widened" if opened else "narrowed"
            if before is False:
                effect = "added"
            elif after is False:
                effect = "changed"
            texts = [
                schema_label(side) if isinstance(side, Schema) else ("anything" if side else "none")
                for side in (before, after)
            ]
            self._add(effect, place, f"additional properties of {where} change from {texts[0]} to {texts[1]}")
        elif before != after:
            effect = "narrowed" if before else "added"
            self._add(effect, place, f"{where} {'now' if after else 'no longer'} allows additional properties")

    def _discriminator(self, old: Schema, new: Schema) -> None:
        before, after = discriminator(old), discriminator(new)
        where = label(new.node)
        if before is None or after is None:
            if before != after:
                message = f"the discriminator of {where} was {'removed' if after is None else 'added'}"
                self._add("docs", new.node.at("discriminator"), message)
            return
        if before[0] != after[0]:
            message = f"the discriminator of {where} changes from {before[0]} to {after[0]}"
            self._add("changed", new.node.at("discriminator"), message)
            return
        for value in before[1].keys() | after[1].keys():
            left, right = before[1].get(value), after[1].get(value)
            if left is None or right is None:
                effect: Effect = "widened" if left is None else "narrowed"
                change = "gains" if left is None else "loses"
                self._add(effect, new.node.at("discriminator"), f"the discriminator of {where} {change} {value!r}")
            elif left.path != right.path and self._differ(left, right):
                message = f"{before[0]} {value!r} of {where} now stands for {right.path[-1]}, before {left.path[-1]}"
                self._add("changed", new.node.at("discriminator"), message)

    def _differ(self, old: Node, new: Node) -> bool:
        trial = SchemaComparison(Findings(), self.use, is_xml=self.is_xml)
        trial.compare(Schema((old,)), Schema((new,)))
        return trial.findings.count > 0


def _kinds(schema: Schema) -> set[str]:
    return {"number" if entry.kind == "integer" else entry.kind for entry in schema.alternatives} - {"null"}


def _limit(limit: Limit | None) -> str:
    return "none" if limit is None else canonical(limit[0]) + " (exclusive)" * limit[1]
