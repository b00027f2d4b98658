"""The sandbox's catalogue of faults."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from spot_tools.errors import ToolError
from spot_tools.processes.sandbox import sandbox_output

# A server may read forms in any dialect, so refusing one is a fault only where the deployment pins that dialect
# (docs/contract.md, section 1).
_PINNED = {"dotted-names-refused": "dotted", "brackets-refused": "brackets", "json-text-in-forms-refused": "json"}


@dataclass(frozen=True)
class Fault:
    """One wrong behaviour of the sandbox, as its catalogue describes it."""

    name: str
    chapter: str
    summary: str
    trigger: str
    advice: bool

    @property
    def deployment(self) -> str:
        """The conformance.toml of a deployment in which it is wrong; empty where it is always wrong."""
        dialect = _PINNED.get(self.name)
        return f'[forms]\nrecipient = "{dialect}"\nmetadata = "{dialect}"\n' if dialect else ""


def catalogue(names: Sequence[str] = ()) -> list[Fault]:
    """The faults of the sandbox, all or by name. Raises ToolError for an unknown name."""
    raw = json.loads(sandbox_output("faults", "--json"))
    known = {
        one["name"]: Fault(one["name"], one["chapter"], one["summary"], one["trigger"], bool(one["advice"]))
        for one in raw
    }
    if unknown := [name for name in names if name not in known]:
        raise ToolError(f"unknown fault {unknown[0]!r}; docs/fault-table.md lists them.")
    return [known[name] for name in names] or list(known.values())
