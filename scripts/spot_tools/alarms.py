"""The suite on correct servers of other habits, with one seed after the other: each broken rule is a false alarm."""

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml

from .environment import ROOT, EnvironmentFailedError, servers_python
from .errors import ToolError
from .serving import new_token, serving
from .suite_process import judged

_FOLDER = ROOT / "tests" / "servers"


@dataclass(frozen=True)
class CorrectRun:
    """What the suite said of a correct server with one seed."""

    kind: str
    variant: str
    seed: int
    exit_status: int
    rules: tuple[str, ...]
    requests: int
    seconds: float

    @property
    def right(self) -> bool:
        """Whether the suite found no fault."""
        return self.exit_status == 0


@dataclass(frozen=True)
class _Server:
    """A variant of a correct server: the kind of code it is, and the options that make it another one."""

    kind: str
    variant: str
    options: tuple[str, ...]

    @property
    def kit_types(self) -> list[str]:
        """The suite's options for a server that knows just these kit types."""
        found = [place for place, word in enumerate(self.options) if word == "--kit-type"]
        return [word for place in found for word in self.options[place : place + 2]]


def runs(seeds: int, jobs: int) -> Iterator[CorrectRun]:
    """Judge each kind of server in quick with the seeds from 1 on, its variants in turn. Raises ToolError."""
    try:
        python = str(servers_python())
    except EnvironmentFailedError as failure:
        raise ToolError(str(failure)) from failure
    kinds: dict[str, list[_Server]] = {}
    for server in _servers():
        kinds.setdefault(server.kind, []).append(server)
    plan = [(found[seed % len(found)], seed) for seed in range(1, seeds + 1) for found in kinds.values()]

    def judge(one: tuple[_Server, int]) -> CorrectRun:
        return _run(python, *one)

    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        yield from pool.map(judge, plan)


def _servers() -> Iterator[_Server]:
    told = yaml.safe_load((_FOLDER / "variants.yaml").read_text(encoding="utf-8"))
    for variant, (kind, *options) in cast("dict[str, list[str]]", told["variants"]).items():
        yield _Server(kind, variant, tuple(options))


def _run(python: str, server: _Server, seed: int) -> CorrectRun:
    start = time.monotonic()
    token, name = new_token(), f"the correct server {server.variant}"
    command = [python, str(_FOLDER / server.kind / "serve.py"), "--port", "0", *server.options]
    with tempfile.TemporaryDirectory() as reports, serving(command, token, {}, name) as url:
        chosen = [*server.kit_types, "--profile", "quick", "--seed", str(seed)]
        status, report = judged(url, token, Path(reports), chosen)
    if not report:
        raise ToolError(f"the suite wrote no report on {name} with seed {seed} (exit {status}).")
    broken = tuple(str(rule["id"]) for rule in report.get("rules", []) if rule["verdict"] == "broken")
    requests = int(report.get("requests", 0))
    return CorrectRun(server.kind, server.variant, seed, status, broken, requests, time.monotonic() - start)
