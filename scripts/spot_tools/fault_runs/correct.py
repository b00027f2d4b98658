"""Runs on correct servers that behave differently from the sandbox: each broken rule is a false alarm."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

import yaml

from spot_tools.environment import ROOT
from spot_tools.errors import ToolError
from spot_tools.processes.serving import new_token, serving

from . import revision
from .judgement import Judgement, judgement
from .records import Key, Records
from .trial import once, trial

CORRECT = "correct"
_FOLDER = ROOT / "tests" / "servers"


@dataclass(frozen=True)
class CorrectServer:
    """A variant of a correct server: the kind of code, and the options that select the variant."""

    kind: str
    variant: str
    options: tuple[str, ...]

    @property
    def kit_types(self) -> list[str]:
        """The options of the suite for a server that knows only these kit types."""
        found = [place for place, word in enumerate(self.options) if word == "--kit-type"]
        return [word for place in found for word in self.options[place : place + 2]]


@dataclass(frozen=True)
class CorrectRun:
    """A run on a correct server with one seed. Advice is not an alarm."""

    kind: str
    variant: str
    seed: int
    judged: Judgement

    @property
    def right(self) -> bool:
        """Whether the suite reported no broken rule."""
        return self.judged.exit_status == 0


def plan(seeds: int, names: Iterable[str]) -> list[tuple[CorrectServer, int]]:
    """The servers to judge, each with a seed from 1 to `seeds`: one variant per kind of code and seed.

    Servers that are named get every seed. Raises ToolError for an unknown name.
    """
    found = list(_servers())
    wanted = set(names)
    if unknown := sorted(wanted - {one.variant for one in found}):
        raise ToolError(f"tests/servers/variants.yaml has no server {unknown[0]!r}.")
    if wanted:
        return [(one, seed) for seed in range(1, seeds + 1) for one in found if one.variant in wanted]
    kinds: dict[str, list[CorrectServer]] = {}
    for one in found:
        kinds.setdefault(one.kind, []).append(one)
    return [(variants[seed % len(variants)], seed) for seed in range(1, seeds + 1) for variants in kinds.values()]


def run(python: str, server: CorrectServer, seed: int, records: Records) -> CorrectRun:
    """Judge the server in the quick profile. Raises ToolError where it does not start."""
    folder = _FOLDER / server.kind
    command = [python, str(folder / "serve.py"), "--port", "0", *server.options]
    options = [*server.kit_types, "--profile", "quick", "--seed", str(seed)]

    def measure() -> Judgement:
        token = new_token()
        with serving(command, token, {}, f"the correct server {server.variant}") as url:
            return trial(url, token, options)

    key = Key(CORRECT, server.variant, "quick", str(seed))
    return CorrectRun(server.kind, server.variant, seed, once(records, key, revision.of_server(folder), measure))


def runs(records: Records) -> list[CorrectRun]:
    """The recorded runs on correct servers."""
    kinds = {one.variant: one.kind for one in _servers()}
    found = [
        CorrectRun(kinds[key.name], key.name, int(key.seed), judgement(raw))
        for key, raw in records.of(CORRECT)
        if key.name in kinds
    ]
    return sorted(found, key=lambda run: (run.seed, run.kind, run.variant))


def _servers() -> Iterator[CorrectServer]:
    table = yaml.safe_load((_FOLDER / "variants.yaml").read_text(encoding="utf-8"))
    for variant, (kind, *options) in cast("dict[str, list[str]]", table["variants"]).items():
        yield CorrectServer(kind, variant, tuple(options))
