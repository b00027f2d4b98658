"""Judges a server or an application from within a program: the same run as the command's, its verdict as a value."""

import os
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from spot_contract.configuration import options
from spot_contract.reporting import files, terminal
from spot_contract.session.run import Run

from .serving import Application, served


class BrokenContract(AssertionError):
    """The server breaks a rule, or could not be judged. Its text is the report."""


@dataclass(frozen=True)
class Judgement:
    """What a judgement came to: the command's exit code, and the report as the terminal shows it."""

    status: int
    report: str

    @property
    def conforms(self) -> bool:
        """Whether no rule is broken and all that was to be judged was."""
        return self.status == 0

    def check(self) -> None:
        """Raise BrokenContract, an AssertionError with the report, where the server does not conform."""
        if not self.conforms:
            raise BrokenContract(self.report)


Judge = Callable[..., Judgement]


def judge(server: str | Application, *, token: str | None = None, strict: bool = False, **chosen: Any) -> Judgement:
    """Judge the server at an address, or an ASGI or WSGI application, which is served on a loopback port meanwhile.

    `token` is the one that the server accepts; without it, that of SPOT_API_TOKEN. With `strict`, advice counts as a
    rule. The other options are those of the command by their names: `profile="ci"`, `rule=["refusal"]`,
    `waivers="conformance.toml"`, `report_dir="report"`. The profile is quick where none is given. Raises CannotJudge
    with the reason where nothing can be judged, and TypeError for an option that there is not.
    """
    option = _defaults(profile="quick")
    if unknown := sorted(set(chosen) - set(vars(option))):
        raise TypeError(f"spot_contract has no option {unknown[0]!r}")
    with nullcontext(server) if isinstance(server, str) else served(server) as url:
        vars(option).update(chosen, base_url=url)
        environment = os.environ if token is None else {"SPOT_API_TOKEN": token}
        run = Run.start(options.read(option, is_strict=strict, environment=environment))
        try:
            run.prepare()
            run.execute()
        finally:
            run.stop()
    return _judgement(run, option)


def _defaults(**others: object) -> SimpleNamespace:
    """The options as they are where none is given."""
    found = SimpleNamespace()

    def add(name: str, **words: Any) -> None:
        default = False if words.get("action") == "store_true" else None
        setattr(found, name.removeprefix("--").replace("-", "_"), words.get("default", default))

    options.add(add)
    vars(found).update(others)
    return found


def _judgement(run: Run, option: SimpleNamespace) -> Judgement:
    status = run.exit_status()
    folder = Path(option.report_dir or "conformance-report")
    if option.report_dir:
        files.write(run, status, folder)
    lines = [*terminal.head(run), *terminal.report(run, status, verbose=False, bodies=folder)]
    return Judgement(status, "\n".join([*lines, terminal.verdict(run, status)]))
