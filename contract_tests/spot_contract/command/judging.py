"""Judges a server without pytest, with the same run, reports and exit code."""

import sys
from dataclasses import replace
from typing import Any

from spot_contract.configuration import options, settings
from spot_contract.configuration.settings import Settings
from spot_contract.errors import CannotJudge
from spot_contract.exchanges.secrets import Mask
from spot_contract.reporting import files, json_report, terminal
from spot_contract.reporting.display import displayed
from spot_contract.reporting.live import Live
from spot_contract.session.run import Run

from .outcome import Outcome
from .starting import started

_COLOURS = {0: "32", 1: "31"}


def judge(option: Any) -> Outcome:
    """Judge the server that the options name. Raises CannotJudge."""
    chosen = options.read(option, is_strict=option.strict)
    if option.start is None:
        return _judge(chosen, option)
    if chosen.base_url is None:
        raise CannotJudge("--start needs --base-url, the address at which the started server answers.")
    aim, patience = settings.target(chosen.base_url), settings.seconds("--start-timeout", option.start_timeout)
    chosen = replace(chosen, has_own_server=True)
    with started(option.start, aim, patience, Mask(chosen.token)) as server:
        try:
            outcome = _judge(chosen, option)
        except CannotJudge as error:
            if server.ending:
                raise CannotJudge(
                    f"The start command {server.ending} under the first requests. {server.log_excerpt()}"
                ) from error
            raise
        if server.ending:
            say([f"The start command {server.ending} in the middle of the run. {server.log_excerpt()}"])
        return outcome


def _judge(chosen: Settings, option: Any) -> Outcome:
    run = Run.start(chosen)
    try:
        run.prepare()
        say(terminal.head(run))
        live = Live(run, sys.stdout, verbose=option.verbose)
        run.execute()
        live.end()
        return _report(run, option)
    except KeyboardInterrupt:
        raise CannotJudge("interrupted before the first scenario; nothing was judged.") from None
    finally:
        run.stop()


def _report(run: Run, option: Any) -> Outcome:
    """Write the requested reports and print the report, with the verdict last."""
    status = run.exit_status()
    try:
        bodies = files.write_requested(run, option)
        report = json_report.document(run, status, displayed(run, bodies))
        say(terminal.report(run, status, verbose=option.verbose, bodies=bodies))
    except OSError as error:
        raise CannotJudge(f"The report could not be written to {error.filename}: {error.strerror}.") from error
    line = terminal.verdict(run, status)
    say([f"\033[1;{_COLOURS.get(status, '33')}m{line}\033[0m" if sys.stdout.isatty() else line])
    return Outcome(status, report)


def say(lines: Any) -> None:
    """Print lines, with escapes for characters that the terminal cannot show."""
    encoding = sys.stdout.encoding or "utf-8"
    for line in lines:
        print(line.encode(encoding, "backslashreplace").decode(encoding))
