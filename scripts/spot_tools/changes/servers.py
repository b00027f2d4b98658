"""Changes of servers: the addresses of an operation, and the values of their variables."""

import re
from urllib.parse import urlsplit

from spot_tools.openapi.documents import as_list
from spot_tools.openapi.nodes import Node, canonical

from .findings import Findings, Use, compare_texts


def compare_servers(findings: Findings, name: str, old: Node, new: Node) -> None:
    """Record changes of the addresses of an operation."""
    use = Use(name, "request", "")
    (before, _), (after, place) = _addresses(old), _addresses(new)
    for address in before.keys() & after.keys():
        both = Use(name, "both", "")
        compare_texts(findings, both, (before[address], after[address]), ("description",), f"the server {address}")
        _variables(findings, use, before[address], after[address], address)
    _server_list(findings, use, list(before), list(after), place)


def _variables(findings: Findings, use: Use, old: Node, new: Node, address: str) -> None:
    """Record changes of the values that the variables of an address allow."""
    before, after = (side.members("variables") for side in (old, new))
    for name in sorted({*before, *after}):
        what = f"the variable {name} of the server {address}"
        either = after[name] if name in after else before[name]
        # A missing variable is the same as one with a single value.
        left, right = (
            _values(side[name]) if name in side else {canonical(either.read("default"))} for side in (before, after)
        )
        place = either.at("enum")
        if left is None and right is not None and name in after:
            findings.add(use, "narrowed", place, f"{what} is now limited to {', '.join(sorted(right))}")
        elif left is not None and right is None and name in before:
            findings.add(use, "widened", place, f"{what} is no longer limited to {', '.join(sorted(left))}")
        elif left is not None and right is not None:
            for value in sorted(left - right):
                findings.add(use, "narrowed", place, f"{what} loses the value {value}")
            for value in sorted(right - left):
                findings.add(use, "widened", place, f"{what} gains the value {value}")


def _values(variable: Node) -> set[str] | None:
    """The values that a variable allows; None where it allows any."""
    listed = as_list(variable.read("enum"))
    return None if listed is None else {canonical(value) for value in listed}


def _server_list(findings: Findings, use: Use, before: list[str], after: list[str], place: str) -> None:
    if before == after:
        return
    advice = "The default address of the client changes with the document: check tokens and firewalls."
    if before[0] != after[0] and before[0] not in after:
        message = f"the server {before[0]} is now {after[0]}"
        findings.add(use, "changed", place, message, advice)
    elif before[0] != after[0]:
        message = f"the first server is now {after[0]}, before {before[0]}"
        findings.add(use, "changed", place, message, advice)
    for address in before[1:]:
        if address not in after:
            findings.add(use, "changed", place, f"the server {address} was removed", advice)
    for address in after[1:]:
        if address not in before:
            findings.add(use, "added", place, f"the server {address} was added")


def _addresses(operation: Node) -> tuple[dict[str, Node], str]:
    """The servers by address, in order, and the place where they are declared."""
    document = operation.document
    for home in (operation, operation.parent, document.root):
        servers = home.entries("servers")
        if servers:
            return {_address(server): server for server in servers}, home.at("servers")
    return {"/": Node(document, (), {})}, document.root.pointer


def _address(server: Node) -> str:
    url = str(server.read("url", "/"))
    for name, variable in server.members("variables").items():
        url = url.replace("{" + name + "}", str(variable.read("default", "")))
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    # Host names are case-insensitive, and the default port may be omitted.
    host = re.sub({"https": ":443$", "http": ":80$"}.get(parts.scheme, "$"), "", parts.netloc.lower())
    return parts._replace(netloc=host).geturl().rstrip("/") or "/"
