"""Changes of authentication: which of the old ways to authenticate still work."""

import re
from dataclasses import dataclass
from typing import Any

from spot_tools.openapi.documents import as_list, as_object
from spot_tools.openapi.nodes import Node, canonical, one_line

from .findings import Findings, Use, compare_members, compare_texts

_FACTS = ("type", "in", "name", "scheme", "openIdConnectUrl")
"""The keys of a scheme that clients depend on; overlays add x-prefix."""
_PREFIXES = (
    re.compile(r"[\"'`]([A-Za-z][\w-]*)[\"'`]"),
    re.compile(r"\bAuthorization:\s*([A-Za-z][\w-]*)"),
    re.compile(r"\bprefix(?: is| of|:)? ([A-Z][\w-]*)"),
)
_ADVICE = "Give programs the new credentials before the release."

Way = dict[str, frozenset[str]]
"""One way to authenticate: the schemes that are sent together, each with its scopes."""


@dataclass(frozen=True)
class Ways:
    """The alternative ways to authenticate an operation."""

    node: Node
    """The place where they are declared."""
    ways: list[Way]


def ways_of(operation: Node) -> Ways:
    """The ways of the operation itself, or those of the document."""
    root = operation.document.root
    home = operation if operation.get("security") is not None else root
    requirements = [as_object(entry.value) or {} for entry in home.entries("security")]
    ways: list[Way] = [
        {scheme: frozenset(str(scope) for scope in as_list(scopes) or []) for scheme, scopes in requirement.items()}
        for requirement in requirements
    ]
    return Ways(home.get("security") or root, ways or [{}])


def compare_security(findings: Findings, name: str, old: Node, new: Node) -> None:
    """Record changes of the ways to authenticate one operation."""
    use = Use(name, "request", "")
    before, after = ways_of(old), ways_of(new)
    place = after.node.pointer or before.node.pointer
    names = _paired(before, after)
    renamed = [{names.get(scheme, scheme): scopes for scheme, scopes in way.items()} for way in after.ways]
    common = {s for way in before.ways for s in way} & {s for way in renamed for s in way}
    back = {value: key for key, value in names.items()}
    for scheme in sorted(common):
        compare_scheme(findings, use, _scheme(old, scheme), _scheme(new, back.get(scheme, scheme)))
    lost = [way for way in before.ways if not any(_satisfies(way, other) for other in renamed)]
    added = [way for way in renamed if not any(_satisfies(other, way) for other in before.ways)]
    for way in lost:
        required = ", or ".join(_describe(other) for other in renamed)
        message = f"{_describe(way)} is no longer sufficient; required is now {required}"
        findings.add(use, "changed", place, message, _ADVICE)
    if not lost:
        for way in added:
            findings.add(use, "added", place, f"{_describe(way)} is now also sufficient")
        easier = [way for way in renamed if way not in before.ways and way not in added]
        for way in easier:
            findings.add(use, "widened", place, f"{_describe(way)} is now sufficient")


def compare_scheme(findings: Findings, use: Use, old: Node, new: Node) -> None:
    """Record changes of one security scheme."""
    before, after = _facts(old), _facts(new)
    name = "".join(new.path[-1:])
    differing = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    if differing:
        message = f"the security scheme {name} changes from {_described(old, before)} to {_described(new, after)}"
        findings.add(use, "changed", new.at(differing[0]), message, _ADVICE)
    if before.get("type") != after.get("type"):
        return  # The description and the flows belong to the type.
    _flows(findings, use, old, new)
    compare_texts(findings, use, (old, new), ("bearerFormat",), f"the security scheme {name}")
    texts = [one_line(node.read("description") or "") for node in (old, new)]
    if texts[0] == texts[1]:
        return
    prefixes = [_prefixes(text) for text in texts]
    if prefixes[0] and prefixes[1] and not prefixes[0] <= prefixes[1]:
        before_text, after_text = (", ".join(sorted(entry)) for entry in prefixes)
        message = f"the description of the security scheme {name} mentions {after_text}, before {before_text}"
        advice = f"Read it: only this text specifies the prefix of the header. {_ADVICE}"
        findings.add(use, "changed", new.at("description"), message, advice)
    else:
        message = f"description of the security scheme {name} changed"
        findings.add(
            use, "docs", new.at("description"), message, "Read it: it may contain requirements on credentials."
        )


def _flows(findings: Findings, use: Use, old: Node, new: Node) -> None:
    """Record changes of OAuth 2 flows."""
    before, after = (
        {name: flow for name, flow in side.members("flows").items() if not name.startswith("x-")} for side in (old, new)
    )

    def what(name: str) -> str:
        return f"the flow {name} of the security scheme {''.join(new.path[-1:])}"

    for name, left, right in compare_members(findings, use, (before, after), what):
        _flow(findings, use, left, right, what(name))


def _flow(findings: Findings, use: Use, old: Node, new: Node, what: str) -> None:
    for key in ("authorizationUrl", "tokenUrl", "refreshUrl"):
        left, right = old.read(key), new.read(key)
        if left != right:
            message = f"the {key} of {what} changes from {left or 'none'} to {right or 'none'}"
            findings.add(use, "added" if left is None else "changed", new.at(key), message)
    before, after = (side.members("scopes") for side in (old, new))
    for scope, left, right in compare_members(
        findings, use, (before, after), lambda name: f"the scope {name} of {what}"
    ):
        if one_line(left.value) != one_line(right.value):
            findings.add(use, "docs", right.pointer, f"the scope {scope} of {what} changed")


def _satisfies(way: Way, wanted: Way) -> bool:
    """Whether credentials for one way also satisfy the other."""
    return all(scheme in way and scopes <= way[scheme] for scheme, scopes in wanted.items())


def _describe(way: Way) -> str:
    schemes = [scheme + (f" ({', '.join(sorted(scopes))})" if scopes else "") for scheme, scopes in way.items()]
    return " and ".join(schemes) or "no authentication"


def _scheme(node: Node, name: str) -> Node:
    """The definition of a scheme; an empty one where the document has none."""
    found = node.document.root.get("components")
    schemes = found.members("securitySchemes") if found is not None else {}
    path = ("components", "securitySchemes", name)
    return schemes[name].resolved() if name in schemes else Node(node.document, path, {})


def _paired(before: Ways, after: Ways) -> dict[str, str]:
    """The old name of each scheme that was renamed."""
    old = {scheme: _facts(_scheme(before.node, scheme)) for way in before.ways for scheme in way}
    new = {scheme: _facts(_scheme(after.node, scheme)) for way in after.ways for scheme in way}
    paired: dict[str, str] = {}
    for scheme, facts in new.items():
        free = [name for name in old if name not in new and name not in paired.values()]
        same = [name for name in free if old[name] == facts]
        if scheme not in old and same:
            paired[scheme] = same[0]
    return paired


def _facts(scheme: Node) -> dict[str, str]:
    """The values of a scheme that clients depend on."""
    value: dict[str, Any] = as_object(scheme.value) or {}
    kind = value.get("type")
    names = [key for key in (*_FACTS, "x-prefix") if key in value]
    facts = {key: canonical(value[key]) for key in names}
    if kind == "http" or (kind == "apiKey" and value.get("in") == "header"):
        # Schemes and header names are case-insensitive in HTTP.
        facts = {key: text.lower() if key in ("scheme", "name") else text for key, text in facts.items()}
    return facts


def _described(scheme: Node, facts: dict[str, str]) -> str:
    return ", ".join(f"{key} {canonical(scheme.value[key])}" for key in facts) or "unknown"


def _prefixes(text: str) -> set[str]:
    """The words that a description quotes or puts after Authorization: OpenAPI has no field for a prefix."""
    return {word for pattern in _PREFIXES for word in pattern.findall(text)}
