"""What goes to and fro in one operation: parameters, body, responses, headers."""

import re
from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from spot_tools.openapi.documents import as_object
from spot_tools.openapi.nodes import Node, canonical, words
from spot_tools.openapi.schemas import Schema

from .findings import Findings, Use, note_deprecation
from .values import ValueComparison

_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
_NOT_PARAMETERS = ("accept", "content-type", "authorization")
"""Header parameters that OpenAPI tells readers to ignore: other fields say these."""
_SEND = "Send it from every program before the release."
_STOP = "Stop sending it from every program before the release."

Key = tuple[str, str]
"""Where a parameter stands and what it is called."""


def compare_parameters(findings: Findings, use: Use, old: Node, new: Node, renamed: Mapping[str, str]) -> None:
    """Record what became of path, query, header and cookie parameters; renamed tells old names of path parameters."""
    whole, use = use, replace(use, part=f"parameters {use.part}".rstrip())
    before, after = _parameters(old), _parameters(new)
    after = {(place, renamed.get(key, key) if place == "path" else key): node for (place, key), node in after.items()}
    gone = [key for key in before if key not in after]
    fresh = [key for key in after if key not in before]
    pairs = [(key, key) for key in after if key in before]
    for former in list(gone):
        latter = _successor(former, before[former], fresh, after)
        if latter is not None:
            gone.remove(former)
            fresh.remove(latter)
            pairs.append((former, latter))
            told = f"the {former[0]} parameter {former[1]} is the {latter[0]} parameter {latter[1]} now"
            findings.add(whole, "changed", after[latter].pointer, told, "Send it there before the release.")
    for place, key in gone:
        findings.add(use, "changed", before[place, key].pointer, f"the {place} parameter {key} is gone", _STOP)
    for place, key in fresh:
        node = after[place, key]
        needed = node.read("required") is True
        message = f"the {place} parameter {key} is new" + " and required" * needed
        findings.add(use, "narrowed" if needed else "added", node.pointer, message, _SEND if needed else None)
    for former, latter in pairs:
        _parameter(findings, use, before[former], after[latter])


def _parameters(operation: Node) -> dict[Key, Node]:
    """The operation's parameters, its path's among them."""
    item = operation.document.root.follow("#" + Node(operation.document, operation.path[:-1], None).pointer)
    found: dict[Key, Node] = {}
    for entry in (*item.entries("parameters"), *operation.entries("parameters")):
        node = entry.resolved()
        place, name = str(node.read("in")), str(node.read("name"))
        if place == "header":
            name = name.lower()
            if name in _NOT_PARAMETERS:
                continue
        found[place, name] = node
    return found


def _successor(former: Key, node: Node, fresh: list[Key], after: Mapping[Key, Node]) -> Key | None:
    """The one new parameter that an old one became: the same name elsewhere, or the same word under another name."""
    moved = [key for key in fresh if key[1].lower() == former[1].lower()]
    if moved:
        return moved[0]
    alike = [key for key in fresh if key[0] == former[0] and _shape(after[key]) == _shape(node)]
    return alike[0] if len(alike) == 1 == len(fresh) else None


def _shape(node: Node) -> str:
    schema = node.get("schema")
    return canonical([node.read("required") is True, schema.resolved().value if schema is not None else None])


def _parameter(findings: Findings, use: Use, old: Node, new: Node) -> None:
    name = new.read("name")
    required = [node.read("required") is True for node in (old, new)]
    if required[0] != required[1]:
        place = new.at("required")
        told = f"the parameter {name} is {'required now' if required[1] else 'no longer required'}"
        findings.add(use, "narrowed" if required[1] else "widened", place, told, _SEND if required[1] else None)
    if not _alike(old, new):
        keyword = next((key for key in ("style", "explode", "content", "schema") if key in new.value), "name")
        told = f"the parameter {name} is written otherwise: {_serialisation(new)}, where it was {_serialisation(old)}"
        findings.add(use, "changed", new.at(keyword), told)
    if old.read("allowEmptyValue") is True and new.read("allowEmptyValue") is not True:
        findings.add(use, "narrowed", new.pointer, f"the parameter {name} may no longer be empty")
    _notes(findings, use, old, new, f"the parameter {name}")
    _schemas(findings, use, _schema(old), _schema(new), new, may_be_absent=not any(required))


def _alike(old: Node, new: Node) -> bool:
    """Whether values are written alike; what may be anything is written as the other side's values are."""
    kinds = [_kinds(node) for node in (old, new)]
    if kinds[0] != kinds[1] and {"any"} in kinds:
        return old.read("style") == new.read("style") and bool(old.get("content")) == bool(new.get("content"))
    return _serialisation(old) == _serialisation(new)


def _kinds(node: Node) -> set[str]:
    schema = _schema(node)
    return {entry.kind for entry in schema.alternatives} if schema is not None else {"any"}


def _serialisation(node: Node) -> str:
    """How the value is written, as far as it matters for values of its kind."""
    content = node.members("content")
    if content:
        return ", ".join(sorted(_media_type(key) for key in content))
    place = str(node.read("in", "header"))
    kinds = _kinds(node)
    style = str(node.read("style", _STYLES.get(place, "simple")))
    reserved = ", reserved characters as they are" if node.read("allowReserved") is True and place == "query" else ""
    if not kinds & {"array", "object", "any"}:
        return ("a plain value" if style in ("form", "simple") else style) + reserved
    if style == "deepObject":
        return style  # It has one way of writing, whatever explode says.
    exploded = node.read("explode", style == "form")
    return f"{style}, {'one by one' if exploded else 'together'}{reserved}"


def _schema(node: Node) -> Schema | None:
    """The schema of a parameter, header or media type."""
    found = node.get("schema")
    if found is None:
        found = next((media.get("schema") for media in node.members("content").values()), None)
    return Schema((found,)) if found is not None else None


def _schemas(  # noqa: PLR0913 - one for each side and what is said of both
    findings: Findings,
    use: Use,
    old: Schema | None,
    new: Schema | None,
    place: Node,
    *,
    may_be_absent: bool = True,
    is_xml: bool = False,
) -> None:
    if old is not None and new is not None:
        ValueComparison(findings, use, is_xml=is_xml).compare(old, new, may_be_absent=may_be_absent)
    elif _is_binary(old) or _is_binary(new):
        return  # Media other than JSON need no schema to be bytes.
    elif new is not None and not _is_anything(new):
        findings.add(use, "narrowed", place.at("schema"), "what may stand here is told now, where it was not")
    elif old is not None and not _is_anything(old):
        findings.add(use, "widened", place.pointer, "what may stand here is no longer told")


def _is_binary(schema: Schema | None) -> bool:
    return schema is not None and [entry.format for entry in schema.alternatives] == ["binary"]


def _is_anything(schema: Schema) -> bool:
    return [entry.kind for entry in schema.alternatives if entry.is_bare] == ["any"]


def compare_body(findings: Findings, use: Use, old: Node, new: Node) -> None:
    """Record what became of the request's body."""
    before, after = (body.resolved() if (body := node.get("requestBody")) else None for node in (old, new))
    if before is None and after is None:
        return
    if before is None or after is None:
        needed = after is not None and after.read("required") is True
        message = (
            "the request has no body any more"
            if after is None
            else "the request has a body" + needed * " now, required"
        )
        findings.add(use, "changed" if after is None or needed else "added", (after or before or new).pointer, message)
        return
    required = [node.read("required") is True for node in (before, after)]
    if required[0] != required[1]:
        told = f"the body is {'required now' if required[1] else 'no longer required'}"
        findings.add(use, "narrowed" if required[1] else "widened", after.at("required"), told)
    _notes(findings, use, before, after, "the request's body")
    _media(findings, use, before, after)


def compare_responses(findings: Findings, use: Use, old: Node, new: Node) -> None:
    """Record what became of each status that may be answered."""
    before, after = (_by_status(node) for node in (old, new))
    renamed = _renamed(before, after)
    for status in after:
        one = _of_status(use, status)
        if status in before:
            _response(findings, one, before[status], after[status])
        elif status in renamed.values():
            former = next(key for key, value in renamed.items() if value == status)
            told = f"success is answered by {status} now, not by {former}"
            findings.add(
                use, "changed", after[status].pointer, told, f"Make programs that look at {former} know {status}."
            )
            _response(findings, one, before[former], after[status])
        elif (wider := _covering(status, before)) is not None:
            _response(findings, one, before[wider], after[status])
        else:
            _fresh(findings, use, status, after[status])
    for status, node in before.items():
        if status in after or status in renamed:
            continue
        wider = _covering(status, after)
        if wider is not None:
            _response(findings, _of_status(use, status), node, after[wider])
        else:
            advice = f"Look for programs that rely on {status}: what comes instead is not told."
            findings.add(use, "changed", node.pointer, f"the status {status} is gone", advice)


def _of_status(use: Use, status: str) -> Use:
    return replace(use, part=f"the {status} response {use.part}".rstrip())


def _fresh(findings: Findings, use: Use, status: str, node: Node) -> None:
    if status[0] in "23":
        advice = "Make programs ready for it: a client made of the old document does not know what it means."
        findings.add(use, "widened", node.pointer, f"success may be answered by {status} as well", advice)
    else:
        advice = "Nothing must change: the client tells every error; programs may tell this one apart now."
        findings.add(use, "added", node.pointer, f"the status {status} is told now", advice)


def _by_status(operation: Node) -> dict[str, Node]:
    responses = operation.members("responses")
    found = {status: node.resolved() for status, node in responses.items() if not status.startswith("x-")}
    return {status if status == "default" else status.upper(): node for status, node in found.items()}


def _covering(status: str, among: Mapping[str, Node]) -> str | None:
    """What else speaks for the status: its range, or the default."""
    return next((key for key in (status[0] + "XX", "default") if key in among and key != status), None)


def _renamed(before: Mapping[str, Node], after: Mapping[str, Node]) -> dict[str, str]:
    """A success that is answered by another status now."""
    gone = [status for status in before if status[0] == "2" and status not in after and not _covering(status, after)]
    fresh = [status for status in after if status[0] == "2" and status not in before and not _covering(status, before)]
    return {gone[0]: fresh[0]} if len(gone) == 1 == len(fresh) else {}


def _response(findings: Findings, use: Use, old: Node, new: Node) -> None:
    _notes(findings, use, old, new, f"the {use.message}")
    _media(findings, use, old, new)
    before, after = (
        {name.lower(): node.resolved() for name, node in side.members("headers").items()} for side in (old, new)
    )
    for name in {**before, **after}:
        left, right = before.get(name), after.get(name)
        if name == "content-type":
            continue
        if right is None and left is not None:
            findings.add(use, "changed", left.pointer, f"the header {name} is gone")
        elif left is None and right is not None:
            findings.add(use, "added", right.pointer, f"the header {name} is new")
        elif left is not None and right is not None:
            _header(findings, use, left, right, name)


def _header(findings: Findings, use: Use, old: Node, new: Node, name: str) -> None:
    required = [node.read("required") is True for node in (old, new)]
    if required[0] != required[1]:
        told = f"the header {name} {'always comes now' if required[1] else 'may be absent now'}"
        findings.add(use, "narrowed" if required[1] else "widened", new.at("required"), told)
    if not _alike(old, new):
        findings.add(use, "changed", new.pointer, f"the header {name} is written otherwise: {_serialisation(new)}")
    _notes(findings, use, old, new, f"the header {name}")
    _schemas(findings, use, _schema(old), _schema(new), new)


def _media(findings: Findings, use: Use, old: Node, new: Node) -> None:
    before, after = ({_media_type(key): node for key, node in side.members("content").items()} for side in (old, new))
    for kind, node in before.items():
        match = after.get(kind) or next((entry for key, entry in after.items() if _covers(key, kind)), None)
        if match is None:
            what = "sent" if use.message == "request" else "answered"
            advice = "Use one of the others." if after and use.direction == "request" else None
            told = f"the {use.message} can no longer be {what} as {kind}"
            findings.add(use, "changed", node.pointer, told, advice)
            continue
        is_xml = kind.partition(";")[0].endswith(("/xml", "+xml"))
        _schemas(findings, use, _schema(node), _schema(match), match, is_xml=is_xml)
        _notes(findings, use, node, match, f"{kind} of the {use.message}")
        _encodings(findings, use, node, match)
    for kind, node in after.items():
        if kind not in before and not any(_covers(key, kind) for key in before):
            findings.add(use, "added", node.pointer, f"the {use.message} may be {kind} as well")


def _examples(node: Node) -> set[str]:
    """The examples, whether told as one or by their names."""
    named = (entry.resolved() for entry in node.members("examples").values())
    values = [
        entry.read("value", entry.read("externalValue")) if as_object(entry.value) is not None else entry.value
        for entry in named
    ]
    return {words(value) for value in [*values, *([node.value["example"]] if "example" in node.value else [])]}


def _media_type(text: str) -> str:
    """The media type without the parameter that JSON and forms do not have, in the letter case of none."""
    kind, *parameters = [part.strip().lower() for part in text.split(";")]
    kept = sorted(re.sub(r"\s*=\s*", "=", entry) for entry in parameters if not entry.startswith("charset"))
    return ";".join([kind, *kept])


def _covers(pattern: str, kind: str) -> bool:
    return "*" in pattern and fnmatchcase(kind, pattern)


def _encodings(findings: Findings, use: Use, old: Node, new: Node) -> None:
    before, after = old.members("encoding"), new.members("encoding")
    for name in sorted({*before, *after}):
        told = [_encoding(side, name) for side in (old, new)]
        if told[0] != told[1]:
            place = after[name].pointer if name in after else new.pointer
            message = f"the part {name} is encoded otherwise: {told[1]}, where it was {told[0]}"
            findings.add(use, "changed", place, message)


def _encoding(media: Node, name: str) -> str:
    """The encoding of one part of a form, what OpenAPI takes for granted filled in."""
    node = media.members("encoding").get(name)
    value: dict[str, Any] = (as_object(node.value) if node is not None else None) or {}
    schema = _schema(media)
    properties = [entry.properties for entry in schema.alternatives if name in entry.properties] if schema else []
    kinds = {entry.kind for entry in properties[0][name].alternatives} if properties else set[str]()
    formats = {entry.format for entry in properties[0][name].alternatives} if properties else set[str | None]()
    usual = "application/json" if "object" in kinds else "text/plain"
    usual = "application/octet-stream" if formats & {"binary", "byte"} else usual
    style = str(value.get("style", "form"))
    facts = {**value, "contentType": value.get("contentType", usual), "style": style}
    facts.setdefault("explode", style == "form")
    facts.setdefault("allowReserved", False)
    return ", ".join(f"{key} {canonical(entry)}" for key, entry in sorted(facts.items()) if key != "headers")


def _notes(findings: Findings, use: Use, old: Node, new: Node, what: str) -> None:
    """Texts and examples beside a schema."""
    for key in ("description", "summary", "links"):
        before, after = old.get(key), new.get(key)
        told = [words(node.value) if node is not None and node.value else "" for node in (before, after)]
        if told[0] != told[1]:
            findings.add(use, "docs", new.at(key), f"{key} of {what} reads otherwise")
    if _examples(old) != _examples(new):
        place = new.at("examples" if "examples" in new.value else "example")
        findings.add(use, "docs", place, f"example of {what} reads otherwise")
    flags = [node.read("deprecated") is True for node in (old, new)]
    note_deprecation(findings, use, flags, new.at("deprecated"), what)
