"""The comparison of two documents, operation by operation."""

import re

from spot_tools.openapi.documents import as_object
from spot_tools.openapi.nodes import Document, Node, canonical, methods, one_line, operations

from .findings import Findings, Use, compare_members, compare_texts, note_deprecation
from .messages import compare_body, compare_parameters, compare_responses
from .security import compare_security
from .servers import compare_servers

_PROSE = ("description", "externalDocs", "summary")
_RENAME = "Use the new name in every program before the release."


def compare(old: Document, new: Document) -> Findings:
    """All changes for a client."""
    findings = Findings()
    before, after = dict(operations(old)), dict(operations(new))
    moved = _moved(before, after)
    for name, operation in after.items():
        former = moved.get(name, name)
        if former not in before:
            findings.add(Use(name, "both", ""), "added", operation.pointer, f"{name} was added")
            continue
        renamed = _path_names(former, name)
        if former != name:
            advice = "The argument of the client is renamed; the address stays the same." if renamed else _RENAME
            findings.add(Use(name, "request", ""), "changed", operation.pointer, f"{former} is now {name}", advice)
        compare_operation(findings, name, before[former], operation, renamed)
    for name, operation in before.items():
        if name not in after and name not in moved.values():
            advice = "Stop using it in every program before the release."
            findings.add(Use(name, "both", ""), "changed", operation.pointer, f"{name} was removed", advice)
    _compare_document(findings, old.root, new.root)
    return findings


def compare_operation(findings: Findings, name: str, old: Node, new: Node, renamed: dict[str, str]) -> None:
    """Record all changes of one operation; `renamed` has the old name of each renamed path parameter."""
    use = Use(name, "both", "")
    _names(findings, use, old, new)
    compare_texts(findings, use, (old, new), _PROSE, name)
    flags = [node.read("deprecated") is True for node in (old, new)]
    note_deprecation(findings, use, flags, new.at("deprecated"), name)
    compare_security(findings, name, old, new)
    compare_servers(findings, name, old, new)
    compare_parameters(findings, Use(name, "request", ""), old, new, renamed)
    compare_body(findings, Use(name, "request", "the request"), old, new)
    compare_responses(findings, Use(name, "response", ""), old, new)
    _compare_incoming(findings, name, _callbacks(old), _callbacks(new))


def _callbacks(operation: Node) -> dict[str, Node]:
    """The operations that the provider calls because of this one."""
    found: dict[str, Node] = {}
    for name, reference in operation.members("callbacks").items():
        callback = reference.resolved()
        for address in as_object(callback.value) or {}:
            item = callback.get(address)
            if item is not None and not address.startswith("x-"):
                found |= {f"callback {name} ({method} {address})": entry for method, entry in methods(item)}
    return found


def _webhooks(root: Node) -> dict[str, Node]:
    items = root.members("webhooks").items()
    return {f"webhook {name} ({method})": entry for name, item in items for method, entry in methods(item)}


def _compare_incoming(findings: Findings, name: str, before: dict[str, Node], after: dict[str, Node]) -> None:
    """Record changes of the requests that the provider sends, and of the responses that it accepts."""
    for label in sorted({*before, *after}):
        operation = name or label
        use = Use(operation, "both", "")
        sides = [{label: side[label]} if label in side else {} for side in (before, after)]
        for _, old, new in compare_members(findings, use, (sides[0], sides[1]), "the {}".format):
            compare_texts(findings, use, (old, new), _PROSE, f"the {label}")
            parts = (f"the {label}", f"to the {label}") if name else ("the request", "")
            of_label = f"of the {label}" if name else ""
            compare_parameters(findings, Use(operation, "response", of_label, True), old, new, {})
            compare_body(findings, Use(operation, "response", parts[0], True), old, new)
            compare_responses(findings, Use(operation, "request", parts[1], True), old, new)


def _moved(before: dict[str, Node], after: dict[str, Node]) -> dict[str, str]:
    """The old name of each operation that was renamed."""
    moved: dict[str, str] = {}
    for name, operation in after.items():
        if name in before:
            continue
        free = [former for former in before if former not in after and former not in moved.values()]
        same = [former for former in free if _anonymous(former) == _anonymous(name)] or [
            former for former in free if before[former].read("operationId") == operation.read("operationId") is not None
        ]
        equal = [former for former in free if canonical(before[former].value) == canonical(operation.value)]
        if same or equal:
            moved[name] = (same or equal)[0]
    return moved


def _anonymous(name: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", name)


def _names(findings: Findings, use: Use, old: Node, new: Node) -> None:
    before, after = (node.read("operationId") for node in (old, new))
    if _snake(before) != _snake(after):
        message = f"the operationId of {use.operation} changes from {before} to {after}"
        advice = "The method of the client is renamed: use the new name, or keep the old one by an overlay."
        findings.add(use, "changed", new.at("operationId"), message, advice)
    elif before != after:
        findings.add(use, "docs", new.at("operationId"), f"the operationId of {use.operation} is spelled differently")
    tags = [[str(tag) for tag in node.read("tags") or ["default"]] for node in (old, new)]
    if tags[0][0] != tags[1][0]:
        message = f"the first tag of {use.operation} changes from {tags[0][0]} to {tags[1][0]}"
        advice = "Requests stay the same; the module of the operation moves to another folder of spot_api_client.api."
        findings.add(use, "docs", new.at("tags"), message, advice)
    elif sorted(tags[0]) != sorted(tags[1]):
        findings.add(use, "docs", new.at("tags"), f"the tags of {use.operation} changed")


def _snake(name: object) -> str:
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", str(name or ""))
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_").lower()


def _path_names(former: str, name: str) -> dict[str, str]:
    """The old name of each renamed path parameter, where the paths are otherwise the same."""
    if _anonymous(former) != _anonymous(name):
        return {}
    names = zip(re.findall(r"{([^}]*)}", name), re.findall(r"{([^}]*)}", former), strict=True)
    return {new: old for new, old in names if new != old}


def _compare_document(findings: Findings, old: Node, new: Node) -> None:
    use = Use("", "both", "")
    _compare_incoming(findings, "", _webhooks(old), _webhooks(new))
    compare_texts(findings, use, (old, new), _PROSE, "the document")
    before, after = (node.get("info") or Node(node.document, ("info",), {}) for node in (old, new))
    keys = sorted(key for key in {*before.value, *after.value} if not key.startswith("x-"))
    compare_texts(findings, use, (before, after), keys, "the document")
    tags = [{str(tag.read("name")): tag.value for tag in node.entries("tags")} for node in (old, new)]
    for name in sorted({*tags[0], *tags[1]}):
        texts = [[one_line(side.get(name, {}).get(key) or "") for key in _PROSE] for side in tags]
        if texts[0] != texts[1]:
            findings.add(use, "docs", new.at("tags"), f"the tag {name} changed")
