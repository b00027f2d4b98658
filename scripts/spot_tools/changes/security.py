"""Authentication: which of the old ways in still works."""

import re
from dataclasses import dataclass
from typing import Any

from spot_tools.openapi.documents import as_list, as_object
from spot_tools.openapi.nodes import Node, canonical, words

from .findings import Findings, Use

_FACTS = ("type", "in", "name", "scheme", "openIdConnectUrl")
"""What a scheme asks for; x-prefix of our overlays is one more."""
_SPOKEN = (
    re.compile(r"[\"'`]([A-Za-z][\w-]*)[\"'`]"),
    re.compile(r"\bAuthorization:\s*([A-Za-z][\w-]*)"),
    re.compile(r"\bprefix(?: is| of|:)? ([A-Z][\w-]*)"),
)
_ADVICE = "Give programs the new credentials before the release."

Way = dict[str, frozenset[str]]
"""One way in: the schemes it needs together, and the scopes of each."""


@dataclass(frozen=True)
class Ways:
    """The ways in that an operation declares, each enough by itself."""

    node: Node
    """Where they are declared."""
    ways: list[Way]


def ways_of(operation: Node) -> Ways:
    """The operation's own ways in, or the document's."""
    root = operation.document.root
    home = operation if operation.get("security") is not None else root
    requirements = [as_object(entry.value) or {} for entry in home.entries("security")]
    ways: list[Way] = [
        {scheme: frozenset(str(scope) for scope in as_list(scopes) or []) for scheme, scopes in requirement.items()}
        for requirement in requirements
    ]
    return Ways(home.get("security") or root, ways or [{}])


def compare_security(findings: Findings, name: str, old: Node, new: Node) -> None:
    """Record what became of the ways into one operation."""
    use = Use(name, "request", "")
    before, after = ways_of(old), ways_of(new)
    place = after.node.pointer or before.node.pointer
    names = _paired(before, after)
    renamed = [{names.get(scheme, scheme): scopes for scheme, scopes in way.items()} for way in after.ways]
    common = {s for way in before.ways for s in way} & {s for way in renamed for s in way}
    back = {value: key for key, value in names.items()}
    for scheme in sorted(common):
        compare_scheme(findings, use, _scheme(old, scheme), _scheme(new, back.get(scheme, scheme)))
    lost = [way for way in before.ways if not any(_enough(way, other) for other in renamed)]
    fresh = [way for way in renamed if not any(_enough(other, way) for other in before.ways)]
    for way in lost:
        told = f"; what is asked for now: {', or '.join(_tell(other) for other in renamed)}"
        findings.add(use, "changed", place, f"{_tell(way)} is no longer enough{told}", _ADVICE)
    if not lost:
        for way in fresh:
            findings.add(use, "added", place, f"{_tell(way)} is enough as well")
        easier = [way for way in renamed if way not in before.ways and way not in fresh]
        for way in easier:
            findings.add(use, "widened", place, f"{_tell(way)} is enough now")


def compare_scheme(findings: Findings, use: Use, old: Node, new: Node) -> None:
    """Record what became of one scheme."""
    before, after = _facts(old), _facts(new)
    name = "".join(new.path[-1:])
    differing = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    if differing:
        told = [_named(old, before), _named(new, after)]
        message = f"the security scheme {name} is {told[1]} now, where it was {told[0]}"
        findings.add(use, "changed", new.at(differing[0]), message, _ADVICE)
    if before.get("type") != after.get("type"):
        return  # Another kind of credentials has another description and other flows.
    _flows(findings, use, old, new)
    if old.read("bearerFormat") != new.read("bearerFormat"):
        message = f"bearerFormat of the security scheme {name} reads otherwise"
        findings.add(use, "docs", new.at("bearerFormat"), message)
    texts = [words((node.get("description") or node).value) if node.get("description") else "" for node in (old, new)]
    if texts[0] == texts[1]:
        return
    spoken = [_spoken(text) for text in texts]
    if spoken[0] and spoken[1] and not spoken[0] <= spoken[1]:
        words_now, words_then = (", ".join(sorted(entry)) for entry in reversed(spoken))
        message = f"the description of the security scheme {name} names {words_now} where it named {words_then}"
        advice = f"Read it: the prefix of the header stands in this text alone. {_ADVICE}"
        findings.add(use, "changed", new.at("description"), message, advice)
    else:
        message = f"description of the security scheme {name} reads otherwise"
        findings.add(use, "docs", new.at("description"), message, "Read it: what it says of credentials binds clients.")


def _flows(findings: Findings, use: Use, old: Node, new: Node) -> None:
    """Record what became of the ways to a token of OAuth 2."""
    before, after, scheme = old.members("flows"), new.members("flows"), "".join(new.path[-1:])
    for flow in sorted({*before, *after}):
        left, right = before.get(flow), after.get(flow)
        what = f"the flow {flow} of the security scheme {scheme}"
        if flow.startswith("x-"):
            continue
        if right is None and left is not None:
            findings.add(use, "changed", left.pointer, f"{what} is gone", _ADVICE)
        elif left is None and right is not None:
            findings.add(use, "added", right.pointer, f"{what} is new")
        elif left is not None and right is not None:
            _flow(findings, use, left, right, what)


def _flow(findings: Findings, use: Use, old: Node, new: Node, what: str) -> None:
    for key in ("authorizationUrl", "tokenUrl", "refreshUrl"):
        told = [node.read(key) for node in (old, new)]
        if told[0] != told[1]:
            message = f"the {key} of {what} is {told[1] or 'not told'} now, where it was {told[0] or 'not told'}"
            findings.add(use, "added" if told[0] is None else "changed", new.at(key), message)
    before, after = (side.members("scopes") for side in (old, new))
    for scope in sorted({*before, *after}):
        if scope not in after:
            findings.add(use, "changed", new.at("scopes"), f"{what} loses the scope {scope}")
        elif scope not in before:
            findings.add(use, "added", after[scope].pointer, f"{what} gains the scope {scope}")
        elif words(before[scope].value) != words(after[scope].value):
            findings.add(use, "docs", after[scope].pointer, f"the scope {scope} of {what} reads otherwise")


def _enough(way: Way, wanted: Way) -> bool:
    """Whether credentials for the one way satisfy the other."""
    return all(scheme in way and scopes <= way[scheme] for scheme, scopes in wanted.items())


def _tell(way: Way) -> str:
    told = [scheme + (f" ({', '.join(sorted(scopes))})" if scopes else "") for scheme, scopes in way.items()]
    return " and ".join(told) or "no authentication"


def _scheme(node: Node, name: str) -> Node:
    """The definition of a scheme; an empty one where the document lacks it."""
    found = node.document.root.get("components")
    schemes = found.members("securitySchemes") if found is not None else {}
    path = ("components", "securitySchemes", name)
    return schemes[name].resolved() if name in schemes else Node(node.document, path, {})


def _paired(before: Ways, after: Ways) -> dict[str, str]:
    """For each scheme of the new document that is an old one under another name: that name."""
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
    """What a client must know of the scheme."""
    value: dict[str, Any] = as_object(scheme.value) or {}
    kind = value.get("type")
    names = [key for key in (*_FACTS, "x-prefix") if key in value]
    facts = {key: canonical(value[key]) for key in names}
    if kind == "http" or (kind == "apiKey" and value.get("in") == "header"):
        # HTTP's names of schemes and headers have no letter case.
        facts = {key: text.lower() if key in ("scheme", "name") else text for key, text in facts.items()}
    return facts


def _named(scheme: Node, facts: dict[str, str]) -> str:
    return ", ".join(f"{key} {canonical(scheme.value[key])}" for key in facts) or "unknown"


def _spoken(text: str) -> set[str]:
    """The words that a description quotes, or puts after Authorization: for a prefix there is no field."""
    return {word for pattern in _SPOKEN for word in pattern.findall(text)}
