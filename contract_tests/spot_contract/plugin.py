"""The contract suite as a pytest plugin: `pytest contract_tests` judges a server and says so by its exit code.

0 the server conforms, 1 it breaks a rule, 2 and above the suite could not judge it. All scenarios are sent before the
first test; each rule is a test whose docstring is the rule's sentence, and it fails for its own findings alone.
"""

import os
import sys
import warnings
from collections.abc import Generator
from fnmatch import fnmatch
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TextIO

import pytest

from spot_contract.configuration import options
from spot_contract.errors import CannotJudge
from spot_contract.reporting import files, terminal
from spot_contract.reporting.live import Live
from spot_contract.rules import registry, rule
from spot_contract.rules.rule import Rule
from spot_contract.session.run import ADVICE, BROKEN, GONE, KNOWN, NOT_JUDGED, WAIVED, Run
from spot_contract.transport.sender import Count

RUN = pytest.StashKey[Run]()
LIVE = pytest.StashKey[Live]()
ALONE = pytest.StashKey[bool]()  # Whether the run has no tests but the suite's rules.
_DEST = "spot_"  # Begins the names under which pytest keeps the suite's options, as another plugin may have their own.
_NO_RUN = ("help", "version", "collectonly", "showfixtures", "show_fixtures_per_test", "markers", "cacheshow")
_BODIES = "conformance-report"  # Where bodies go that no curl line can hold, unless --report-dir names a folder.


class RuleBroken(Exception):
    """A rule is broken: its findings in words."""


class RuleItem(pytest.Item):
    """A rule as a test."""

    def __init__(self, *, rule: Rule, function: object, **more: Any) -> None:
        super().__init__(**more)  # pyright: ignore[reportUnknownMemberType]  # Untyped there.
        self.rule = rule
        self.obj = function

    def runtest(self) -> None:
        """Fail for the rule's findings; be skipped, with the reason, where the rule was not judged."""
        run = self.config.stash[RUN]
        verdict = run.verdict(self.rule)
        if verdict == BROKEN:
            told = [
                f"{one.rule.id}: expected {one.seen.problem.expected}, got {one.seen.problem.got}"
                for one in run.findings_of(self.rule)
            ]
            raise RuleBroken(run.mask("\n".join(told)))
        if verdict == NOT_JUDGED:
            pytest.skip(run.not_judged()[self.rule.id])
        if verdict == GONE:
            pytest.skip(f"{GONE}: {self.rule.gone}")
        if verdict in {WAIVED, KNOWN, ADVICE}:
            pytest.skip(verdict)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """The findings alone: where they were raised says nothing."""
        if isinstance(excinfo.value, RuleBroken):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int, str]:
        """The rule's identifier for a name."""
        return self.path, 0, self.rule.id


def pytest_addoption(parser: pytest.Parser) -> None:
    """Each option under its name and, as that name may be another plugin's, as `--spot-` and its name."""
    group = parser.getgroup("contract", "contract suite")
    taken = _taken_names(parser)

    def add(name: str, **more: Any) -> None:
        own = name.removeprefix("--")
        names = [one for one in (name, f"--spot-{own}") if one not in taken]
        group.addoption(*names, dest=f"{_DEST}{own.replace('-', '_')}", **more)

    options.add(add)


def _taken_names(parser: Any) -> set[str]:
    """The names of all options that pytest and other plugins have, of which pytest tells no other way."""
    groups = [parser._anonymous, *parser._groups]  # noqa: SLF001
    return {name for group in groups for option in group.options for name in option.names()}


def chosen(config: pytest.Config) -> Any:
    """The suite's options by their own names. Another plugin's --base-url says what ours would."""
    given = vars(config.option)
    found = {name.removeprefix(_DEST): value for name, value in given.items() if name.startswith(_DEST)}
    return SimpleNamespace(**found | {"base_url": found.get("base_url") or given.get("base_url")})


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    if any(getattr(config.option, name, False) for name in _NO_RUN):
        return None
    try:
        option = chosen(config)
        if option.rules:
            print(options.listing(option))
            return 0
        _take_processes_for_connections(config, option)
        run = Run.start(options.read(option, is_strict="--strict" in config.invocation_params.args))
        config.stash[RUN] = run
        run.prepare()
    except CannotJudge as error:
        return _give_up(config, str(error))
    except KeyboardInterrupt:
        return _give_up(config, "interrupted before the first scenario; nothing was judged.")
    return None


def _give_up(config: pytest.Config, why: str) -> int:
    """End before the first test: say why, and let go of the server, as pytest unconfigures only what it configured."""
    print(f"contract suite: {why}", file=sys.stderr)
    if (run := config.stash.get(RUN, None)) is not None:
        run.stop()
    return 2


def _take_processes_for_connections(config: pytest.Config, option: Any) -> None:
    """One process keeps several requests in flight, so pytest-xdist's -n is taken for --connections."""
    wanted = getattr(config.option, "numprocesses", None)
    if wanted:
        option.connections = option.connections or (os.cpu_count() or 1 if isinstance(wanted, str) else wanted)
    if wanted is not None:
        config.option.numprocesses = None
        config.option.tx, config.option.dist = [], "no"


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    run = config.stash.get(RUN, None)
    if run is None:
        return
    live = config.stash[LIVE] = Live(_stream(config), verbose=config.option.verbose > 0)
    run.engine.on_scenario = live.scenario

    def tick(_: Count) -> None:
        live.tick(run)

    run.engine.sender.on_request = tick


def pytest_collection_finish(session: pytest.Session) -> None:
    """Where there are rules alone, have the suite's own report say all of it, with the verdict last."""
    config = session.config
    config.stash[ALONE] = all(isinstance(item, RuleItem) for item in session.items)
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    if RUN in config.stash and config.stash[ALONE] and reporter is not None and config.option.verbose == 0:
        reporter.showfspath = False
        reporter._show_progress_info = False  # noqa: SLF001  # No option of pytest's says so from a plugin.
        for name in ("summary_failures", "summary_warnings", "summary_stats", "short_test_summary"):
            setattr(reporter, name, lambda: None)


def _stream(config: pytest.Config) -> TextIO:
    """A copy of standard output: tests run with their output captured."""
    try:
        stream: TextIO = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return sys.stdout
    config.add_cleanup(stream.close)
    return stream


def pytest_report_header(config: pytest.Config) -> list[str]:
    run = config.stash.get(RUN, None)
    return list(terminal.head(run)) if run is not None else []


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Collect the rules also where the project's python_files names its own tests otherwise."""
    patterns: list[str] = parent.config.getini("python_files")
    is_ours = file_path.parent == registry.FOLDER and file_path.name.startswith("test_")
    if not is_ours or parent.session.isinitpath(file_path) or any(fnmatch(file_path.name, one) for one in patterns):
        return None
    found: pytest.Module = pytest.Module.from_parent(parent, path=file_path)  # pyright: ignore[reportUnknownMemberType]  # Untyped there.
    return found


def pytest_pycollect_makeitem(collector: Any, name: str, obj: object) -> list[pytest.Item] | None:
    """Make each rule a test. Rules are functions over exchanges, which pytest could not call."""
    found = rule.of(obj)
    if found is None or not name.startswith("test_"):
        return None
    known = registry.all_rules()[found.id]
    item: pytest.Item = RuleItem.from_parent(collector, name=name, rule=known, function=obj)  # pyright: ignore[reportUnknownMemberType]  # Untyped there.
    return [item]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the rules that were not asked for."""
    run = config.stash.get(RUN, None)
    if run is None or not run.settings.only:
        return
    left_out = [item for item in items if isinstance(item, RuleItem) and item.rule.id not in run.settings.only]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Send everything before the first test looks at it."""
    run = session.config.stash.get(RUN, None)
    if run is not None and not session.testsfailed:
        with warnings.catch_warnings():
            # A library's notice that something will change is no reason for the suite to fail in the middle of a run.
            warnings.simplefilter("default")
            run.execute()
        session.config.stash[LIVE].end()
    return (yield)


def pytest_report_teststatus(report: Any, config: pytest.Config) -> tuple[str, str, str] | None:
    """The report tells of each rule; pytest's own dots and names of files would only mix with it."""
    if not config.stash.get(ALONE, False) or config.option.verbose > 0 or not isinstance(report, pytest.TestReport):
        return None
    return (report.outcome, "", report.outcome.upper()) if report.when == "call" else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> Generator[None, None, None]:
    """Print the verdict after all that pytest prints, and end with the code that says the same."""
    run = session.config.stash.get(RUN, None)
    if run is None or int(exitstatus) not in {0, 1, 2, 5}:
        yield
        return
    status = run.exit_status()
    if not session.config.stash.get(ALONE, False) and int(exitstatus) not in {0, 5}:
        status = int(exitstatus)  # A test that is none of the suite's failed.
    session.exitstatus = status
    yield
    session.exitstatus = status
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        status = run.exit_status()
        colour = {0: "green", 1: "red"}.get(status, "yellow")
        reporter.write_line(terminal.verdict(run, status), bold=True, **{colour: True})


def pytest_terminal_summary(terminalreporter: Any) -> None:
    config: pytest.Config = terminalreporter.config
    run = config.stash.get(RUN, None)
    if run is None:
        return
    option = chosen(config)
    status, folder = run.exit_status(), option.report_dir
    bodies = Path(folder or _BODIES)
    try:
        if folder is not None:
            files.write(run, status, bodies)
        if option.write_waivers:
            files.write_waivers(run, Path(option.write_waivers))
        lines = list(terminal.report(run, status, verbose=config.option.verbose > 0, bodies=bodies))
    except OSError as error:
        terminalreporter.line(f"The report could not be written to {error.filename}: {error.strerror}.", red=True)
        return
    for line in lines:
        terminalreporter.line(line)


def pytest_unconfigure(config: pytest.Config) -> None:
    run = config.stash.get(RUN, None)
    if run is not None:
        run.stop()
