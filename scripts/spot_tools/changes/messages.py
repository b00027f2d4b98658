"""Changes of the parameters, the body, the responses and the headers of one operation."""

import re
from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from spot_tools.openapi.documents import as_object
from spot_tools.openapi.nodes import IGNORED_HEADERS, Node, canonical, one_line
from spot_tools.openapi.schemas import Schema

from .findings import Findings, Use, compare_members, compare_texts, note_deprecation
from .schemas import SchemaComparison

_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
_SEND = "Send it from every program before the release."
_STOP = "Stop sending it from every program before the release."

Key = tuple[str, str]
"""The location and the name of a parameter."""


def compare_parameters(findings: Findings, use: Use, old: Node, new: Node, renamed: Mapping[str, str]) -> None:
    """Record changes of path, query, header and cookie parameters.

    Args:
        findings: where changes are recorded.
        use: the operation and the direction.
        old: the old operation.
        new: the new operation.
        renamed: the old name of each renamed path parameter.

    """
    operation_use, use = use, replace(use, part=f"parameters {use.part}".rstrip())
    before, after = _parameters(old), _parameters(new)
    after = {(place, renamed.get(key, key) if place == "path" else key): node for (place, key), node in after.items()}
    removed = [key for key in before if key not in after]
    added = [key for key in after if key not in before]
    pairs = [(key, key) for key in after if key in before]
    for former in list(removed):
        latter = _successor(former, before[former], added, after)
        if latter is not None:
            removed.remove(former)
            added.remove(latter)
            pairs.append((former, latter))
            message = f"the {former[0]} parameter {former[1]} is now the {latter[0]} parameter {latter[1]}"
            findings.add(operation_use, "changed", after[latter].pointer, message, "Send it there before the release.")
    for place, key in removed:
        findings.add(use, "changed", before[place, key].pointer, f"the {place} parameter {key} was removed", _STOP)
    for place, key in added:
        node = after[place, key]
        if node.read("required") is True:
            findings.add(use, "narrowed", node.pointer, f"the required {place} parameter {key} was added", _SEND)
        else:
            findings.add(use, "added", node.pointer, f"the {place} parameter {key} was added")
    for former, latter in pairs:
        _compare_parameter(findings, use, before[former], after[latter])


def _parameters(operation: Node) -> dict[Key, Node]:
    """The parameters of the operation and of its path."""
    found: dict[Key, Node] = {}
    for entry in (*operation.parent.entries("parameters"), *operation.entries("parameters")):
        node = entry.resolved()
        place, name = str(node.read("in")), str(node.read("name"))
        if place == "header":
            name = name.lower()
            if name in IGNORED_HEADERS:
                continue
        found[place, name] = node
    return found


def _successor(former: Key, node: Node, added: list[Key], after: Mapping[Key, Node]) -> Key | None:
    """The added parameter that replaces a removed one: the same name elsewhere, or the only one with equal content."""
    moved = [key for key in added if key[1].lower() == former[1].lower()]
    if moved:
        return moved[0]
    equal = [key for key in added if key[0] == former[0] and _content(after[key]) == _content(node)]
    return equal[0] if len(equal) == 1 == len(added) else None


def _content(parameter: Node) -> str:
    schema = parameter.get("schema")
    return canonical([parameter.read("required") is True, schema.resolved().value if schema is not None else None])


def _compare_parameter(findings: Findings, use: Use, old: Node, new: Node) -> None:
    what = f"the parameter {new.read('name')}"
    _compare_required(findings, use, old, new, (f"{what} is now required", f"{what} is no longer required"))
    if not _serialized_alike(old, new):
        keyword = next((key for key in ("style", "explode", "content", "schema") if key in new.value), "name")
        message = f"{what} is serialized differently: {_serialization(new)}, before {_serialization(old)}"
        findings.add(use, "changed", new.at(keyword), message)
    if old.read("allowEmptyValue") is True and new.read("allowEmptyValue") is not True:
        findings.add(use, "narrowed", new.pointer, f"{what} may no longer be empty")
    _compare_annotations(findings, use, old, new, what)
    may_be_absent = not (old.read("required") is True or new.read("required") is True)
    _compare_schemas(findings, use, old, new, may_be_absent=may_be_absent)


def _compare_required(findings: Findings, use: Use, old: Node, new: Node, messages: tuple[str, str]) -> None:
    """Record whether something became required (first message) or optional (second message)."""
    advice = _SEND if use.direction == "request" else None
    before, after = old.read("required") is True, new.read("required") is True
    if after and not before:
        findings.add(use, "narrowed", new.at("required"), messages[0], advice)
    elif before and not after:
        findings.add(use, "widened", new.at("required"), messages[1])


def _serialized_alike(old: Node, new: Node) -> bool:
    """Whether values are serialized alike; where one side allows any type, only style and media type are compared."""
    kinds = [_kinds(node) for node in (old, new)]
    if kinds[0] != kinds[1] and {"any"} in kinds:
        return old.read("style") == new.read("style") and bool(old.get("content")) == bool(new.get("content"))
    return _serialization(old) == _serialization(new)


def _kinds(node: Node) -> set[str]:
    schema = _schema(node)
    return {entry.kind for entry in schema.alternatives} if schema is not None else {"any"}


def _serialization(node: Node) -> str:
    """How a parameter or header is serialized, as far as it matters for its types."""
    content = node.members("content")
    if content:
        return ", ".join(sorted(_media_type(key) for key in content))
    place = str(node.read("in", "header"))
    style = str(node.read("style", _STYLES.get(place, "simple")))
    reserved = ", reserved characters unescaped" if node.read("allowReserved") is True and place == "query" else ""
    if not _kinds(node) & {"array", "object", "any"}:
        return ("a plain value" if style in ("form", "simple") else style) + reserved
    if style == "deepObject":
        return style  # It ignores explode.
    exploded = node.read("explode", style == "form")
    return f"{style}, {'exploded' if exploded else 'not exploded'}{reserved}"


def _schema(node: Node) -> Schema | None:
    """The schema of a parameter, header or media type."""
    found = node.get("schema")
    if found is None:
        found = next((media.get("schema") for media in node.members("content").values()), None)
    return Schema((found,)) if found is not None else None


def _compare_schemas(  # noqa: PLR0913 - two sides and two options
    findings: Findings, use: Use, old: Node, new: Node, *, may_be_absent: bool = True, is_xml: bool = False
) -> None:
    before, after = _schema(old), _schema(new)
    if before is not None and after is not None:
        SchemaComparison(findings, use, is_xml=is_xml).compare(before, after, may_be_absent=may_be_absent)
    elif _is_binary(before) or _is_binary(after):
        return  # Without a schema, media types other than JSON are bytes as well.
    elif after is not None and not _allows_everything(after):
        findings.add(use, "narrowed", new.at("schema"), "the schema was added")
    elif before is not None and not _allows_everything(before):
        findings.add(use, "widened", new.pointer, "the schema was removed")


def _is_binary(schema: Schema | None) -> bool:
    return schema is not None and [entry.format for entry in schema.alternatives] == ["binary"]


def _allows_everything(schema: Schema) -> bool:
    return [entry.kind for entry in schema.alternatives if entry.is_bare] == ["any"]


def compare_body(findings: Findings, use: Use, old: Node, new: Node) -> None:
    """Record changes of the request body."""
    before, after = (body.resolved() if (body := node.get("requestBody")) else None for node in (old, new))
    if before is not None and after is not None:
        messages = ("the request body is now required", "the request body is no longer required")
        _compare_required(findings, use, before, after, messages)
        _compare_annotations(findings, use, before, after, "the request body")
        _compare_media_types(findings, use, before, after)
    elif before is not None:
        findings.add(use, "changed", before.pointer, "the request body was removed")
    elif after is not None and after.read("required") is True:
        findings.add(use, "changed", after.pointer, "a required request body was added")
    elif after is not None:
        findings.add(use, "added", after.pointer, "a request body was added")


def compare_responses(findings: Findings, use: Use, old: Node, new: Node) -> None:
    """Record changes of the statuses and their responses."""
    before, after = (_by_status(node) for node in (old, new))
    renamed = _renamed_success(before, after)
    for status in after:
        of_status = _of_status(use, status)
        if status in before:
            _compare_response(findings, of_status, before[status], after[status])
        elif status in renamed:
            former = renamed[status]
            message = f"the status of success is now {status}, before {former}"
            advice = f"Change programs that look at {former}."
            findings.add(use, "changed", after[status].pointer, message, advice)
            _compare_response(findings, of_status, before[former], after[status])
        elif (wider := _covering(status, before)) is not None:
            _compare_response(findings, of_status, before[wider], after[status])
        else:
            _add_status(findings, use, status, after[status])
    for status, node in before.items():
        if status in after or status in renamed.values():
            continue
        wider = _covering(status, after)
        if wider is not None:
            _compare_response(findings, _of_status(use, status), node, after[wider])
        else:
            advice = f"Look for programs that rely on {status}: the document does not say what replaces it."
            findings.add(use, "changed", node.pointer, f"the status {status} was removed", advice)


def _of_status(use: Use, status: str) -> Use:
    return replace(use, part=f"the {status} response {use.part}".rstrip())


def _add_status(findings: Findings, use: Use, status: str, node: Node) -> None:
    if status[0] in "23":
        advice = "Prepare programs: a client of the old document does not know the status."
        findings.add(use, "widened", node.pointer, f"the status {status} of success was added", advice)
    else:
        advice = "No change is needed: the client reports every error; programs can now handle this one separately."
        findings.add(use, "added", node.pointer, f"the status {status} was added", advice)


def _by_status(operation: Node) -> dict[str, Node]:
    responses = operation.members("responses")
    found = {status: node.resolved() for status, node in responses.items() if not status.startswith("x-")}
    return {status if status == "default" else status.upper(): node for status, node in found.items()}


def _covering(status: str, among: Mapping[str, Node]) -> str | None:
    """The range of the status, or the default, where declared."""
    return next((key for key in (status[0] + "XX", "default") if key in among and key != status), None)


def _renamed_success(before: Mapping[str, Node], after: Mapping[str, Node]) -> dict[str, str]:
    """The old status for the new one where a single status of success was replaced."""
    removed = [status for status in before if status[0] == "2" and status not in after and not _covering(status, after)]
    added = [status for status in after if status[0] == "2" and status not in before and not _covering(status, before)]
    return {added[0]: removed[0]} if len(removed) == 1 == len(added) else {}


def _compare_response(findings: Findings, use: Use, old: Node, new: Node) -> None:
    _compare_annotations(findings, use, old, new, f"the {use.message}")
    _compare_media_types(findings, use, old, new)
    before, after = (
        {name.lower(): node.resolved() for name, node in side.members("headers").items()} for side in (old, new)
    )
    for name, left, right in compare_members(findings, use, (before, after), "the header {}".format):
        _compare_header(findings, use, left, right, f"the header {name}")


def _compare_header(findings: Findings, use: Use, old: Node, new: Node, what: str) -> None:
    _compare_required(findings, use, old, new, (f"{what} is now always sent", f"{what} may now be absent"))
    if not _serialized_alike(old, new):
        findings.add(use, "changed", new.pointer, f"{what} is serialized differently: {_serialization(new)}")
    _compare_annotations(findings, use, old, new, what)
    _compare_schemas(findings, use, old, new)


def _compare_media_types(findings: Findings, use: Use, old: Node, new: Node) -> None:
    before, after = ({_media_type(key): node for key, node in side.members("content").items()} for side in (old, new))
    for kind, node in before.items():
        match = after.get(kind) or next((entry for key, entry in after.items() if _covers(key, kind)), None)
        if match is None:
            advice = "Use one of the others." if after and use.direction == "request" else None
            findings.add(use, "changed", node.pointer, f"the {use.message} can no longer be {kind}", advice)
            continue
        is_xml = kind.partition(";")[0].endswith(("/xml", "+xml"))
        _compare_schemas(findings, use, node, match, is_xml=is_xml)
        _compare_annotations(findings, use, node, match, f"{kind} of the {use.message}")
        _compare_encodings(findings, use, node, match)
    for kind, node in after.items():
        if kind not in before and not any(_covers(key, kind) for key in before):
            findings.add(use, "added", node.pointer, f"the {use.message} can now also be {kind}")


def _media_type(text: str) -> str:
    """The media type in lower case, without charset, which JSON and forms do not have."""
    kind, *parameters = [part.strip().lower() for part in text.split(";")]
    kept = sorted(re.sub(r"\s*=\s*", "=", entry) for entry in parameters if not entry.startswith("charset"))
    return ";".join([kind, *kept])


def _covers(pattern: str, kind: str) -> bool:
    return "*" in pattern and fnmatchcase(kind, pattern)


def _compare_encodings(findings: Findings, use: Use, old: Node, new: Node) -> None:
    for name in sorted({*old.members("encoding"), *new.members("encoding")}):
        before, after = _encoding(old, name), _encoding(new, name)
        if before != after:
            place = new.members("encoding").get(name, new).pointer
            findings.add(use, "changed", place, f"the part {name} is encoded differently: {after}, before {before}")


def _encoding(media: Node, name: str) -> str:
    """The encoding of one part of a form, with OpenAPI's defaults filled in."""
    node = media.members("encoding").get(name)
    value: dict[str, Any] = (as_object(node.value) if node is not None else None) or {}
    schema = _schema(media)
    properties = [entry.properties for entry in schema.alternatives if name in entry.properties] if schema else []
    alternatives = properties[0][name].alternatives if properties else []
    default = "application/json" if any(entry.kind == "object" for entry in alternatives) else "text/plain"
    if any(entry.format in ("binary", "byte") for entry in alternatives):
        default = "application/octet-stream"
    style = str(value.get("style", "form"))
    facts = {"contentType": default, "style": style, "explode": style == "form", "allowReserved": False, **value}
    return ", ".join(f"{key} {canonical(entry)}" for key, entry in sorted(facts.items()) if key != "headers")


def _compare_annotations(findings: Findings, use: Use, old: Node, new: Node, what: str) -> None:
    """Record changes of texts, examples and deprecation outside of a schema."""
    compare_texts(findings, use, (old, new), ("description", "summary", "links"), what)
    if _examples(old) != _examples(new):
        place = new.at("examples" if "examples" in new.value else "example")
        findings.add(use, "docs", place, f"example of {what} changed")
    flags = [node.read("deprecated") is True for node in (old, new)]
    note_deprecation(findings, use, flags, new.at("deprecated"), what)


def _examples(node: Node) -> set[str]:
    """The values of `example` and `examples`."""
    named = (entry.resolved() for entry in node.members("examples").values())
    values = [
        entry.read("value", entry.read("externalValue")) if as_object(entry.value) is not None else entry.value
        for entry in named
    ]
    return {one_line(value) for value in [*values, *([node.value["example"]] if "example" in node.value else [])]}
