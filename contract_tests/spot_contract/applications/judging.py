"""Judges a server or an application from Python code; the same run as the command's, with the verdict as a value."""

import argparse
import os
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from spot_contract.configuration import options
from spot_contract.reporting import files, terminal
from spot_contract.session.run import Run

from .serving import Application, served


class BrokenContract(AssertionError):
    """The server breaks a rule, or could not be judged. The message is the report."""


@dataclass(frozen=True)
class Judgement:
    """The result of a run.

    Attributes:
        status: the exit code of the command: 0 conforms, 1 a rule is broken, 2 and above could not judge.
        report: the report as text, as the command prints it.

    """

    status: int
    report: str

    @property
    def conforms(self) -> bool:
        """Whether the exit code is 0."""
        return self.status == 0

    def check(self) -> None:
        """Fail the test unless the server conforms.

        Raises:
            BrokenContract: a rule is broken, or nothing could be judged. The message is the report.

        """
        if not self.conforms:
            raise BrokenContract(self.report)


Judge = Callable[..., Judgement]


def judge(server: str | Application, *, token: str | None = None, strict: bool = False, **chosen: Any) -> Judgement:
    """Judge the server at a URL, or an ASGI or WSGI application, which is served on a loopback port during the run.

    Args:
        server: the address of a server, or the application.
        token: the token that the server accepts; None reads SPOT_API_TOKEN.
        strict: advice counts as a rule.
        chosen: the other options of the command, such as `profile="ci"`, `rule=["refusal"]`,
            `waivers="conformance.toml"` and `report_dir="report"`. The default profile is quick.

    Returns:
        The Judgement. Call its `check()` to fail the test if a rule is broken.

    Raises:
        CannotJudge: nothing can be judged, for example because the server does not answer.
        TypeError: there is no such option.

    """
    parser = argparse.ArgumentParser()
    options.add(parser.add_argument)
    option = parser.parse_args([])
    if unknown := sorted(set(chosen) - set(vars(option))):
        raise TypeError(f"Unknown option {unknown[0]!r}: spot-contract --help lists the options, such as profile.")
    with nullcontext(server) if isinstance(server, str) else served(server) as url:
        vars(option).update({"profile": "quick", **chosen, "base_url": url})
        environment = os.environ if token is None else {"SPOT_API_TOKEN": token}
        run = Run.start(options.read(option, is_strict=strict, environment=environment))
        try:
            run.prepare()
            run.execute()
        finally:
            run.stop()
    status = run.exit_status()
    folder = files.write_requested(run, option)
    lines = [*terminal.head(run), *terminal.report(run, status, verbose=False, bodies=folder)]
    return Judgement(status, "\n".join([*lines, terminal.verdict(run, status)]))
