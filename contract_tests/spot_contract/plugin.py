"""The contract suite as a pytest plugin: `pytest contract_tests` judges a server and reports the verdict as exit code.

0: the server conforms, 1: it breaks a rule, 2 and above: the suite could not judge it. All scenarios are sent before
the first test. Each rule is a test; its docstring is the rule's sentence, and it fails only for its own findings.
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

RUN = pytest.StashKey[Run]()
LIVE = pytest.StashKey[Live]()
ALONE = pytest.StashKey[bool]()  # Whether the run contains only the suite's rules and no other tests.
_DEST = "spot_"  # Prefix of the suite's options in pytest's namespace, so that they do not clash with other plugins.
_NO_RUN = ("help", "version", "collectonly", "showfixtures", "show_fixtures_per_test", "markers", "cacheshow")


class RuleBroken(Exception):
    """A rule is broken. The message lists its findings."""


class RuleItem(pytest.Item):
    """A rule as a test."""

    def __init__(self, *, rule: Rule, function: object, **more: Any) -> None:
        super().__init__(**more)  # pyright: ignore[reportUnknownMemberType]  # Untyped there.
        self.rule = rule
        self.obj = function

    def runtest(self) -> None:
        """Fail if the rule has findings; skip, with the reason, if it was not judged."""
        run = self.config.stash[RUN]
        verdict = run.verdict(self.rule)
        if verdict == BROKEN:
            lines = [
                f"{one.rule.id}: expected {one.seen.problem.expected}, got {one.seen.problem.got}"
                for one in run.findings_of(self.rule)
            ]
            raise RuleBroken(run.mask("\n".join(lines)))
        if verdict == NOT_JUDGED:
            pytest.skip(run.not_judged()[self.rule.id])
        if verdict == GONE:
            pytest.skip(f"{GONE}: {self.rule.gone}")
        if verdict in {WAIVED, KNOWN, ADVICE}:
            pytest.skip(verdict)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """Only the findings: the traceback carries no information."""
        if isinstance(excinfo.value, RuleBroken):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int, str]:
        """The rule's identifier as the test's name."""
        return self.path, 0, self.rule.id


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add each option as `--NAME` and `--spot-NAME`; only the latter where another plugin already uses `--NAME`."""
    group = parser.getgroup("contract", "contract suite")
    taken = _taken_names(parser)

    def add(name: str, **more: Any) -> None:
        own = name.removeprefix("--")
        names = [one for one in (name, f"--spot-{own}") if one not in taken]
        group.addoption(*names, dest=f"{_DEST}{own.replace('-', '_')}", **more)

    options.add(add)


def _taken_names(parser: Any) -> set[str]:
    """The names of all options of pytest and other plugins. pytest has no public API for them."""
    groups = [parser._anonymous, *parser._groups]  # noqa: SLF001
    return {name for group in groups for option in group.options for name in option.names()}


def chosen(config: pytest.Config) -> Any:
    """The suite's options without the prefix. A --base-url of another plugin is used as ours."""
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
    """Print the reason and stop the server: pytest does not call pytest_unconfigure this early."""
    print(f"contract suite: {why}", file=sys.stderr)
    if (run := config.stash.get(RUN, None)) is not None:
        run.stop()
    return 2


def _take_processes_for_connections(config: pytest.Config, option: Any) -> None:
    """Use pytest-xdist's -n as --connections: one process keeps several requests in flight."""
    wanted = getattr(config.option, "numprocesses", None)
    if wanted:
        option.connections = option.connections or (os.cpu_count() or 1 if isinstance(wanted, str) else wanted)
    if wanted is not None:
        config.option.numprocesses = None
        config.option.tx, config.option.dist = [], "no"


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    run = config.stash.get(RUN, None)
    if run is not None:
        config.stash[LIVE] = Live(run, _stream(config), verbose=config.option.verbose > 0)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Replace pytest's summaries by the suite's own report if the run contains only rules."""
    config = session.config
    config.stash[ALONE] = all(isinstance(item, RuleItem) for item in session.items)
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    if RUN in config.stash and config.stash[ALONE] and reporter is not None and config.option.verbose == 0:
        reporter.showfspath = False
        reporter._show_progress_info = False  # noqa: SLF001  # pytest has no option for this that a plugin can set.
        for name in ("summary_failures", "summary_warnings", "summary_stats", "short_test_summary"):
            setattr(reporter, name, lambda: None)


def _stream(config: pytest.Config) -> TextIO:
    """A duplicate of standard output, because pytest captures output during tests."""
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
    """Collect the rules even if the project's python_files setting does not match their file names."""
    patterns: list[str] = parent.config.getini("python_files")
    is_ours = file_path.parent == registry.FOLDER and file_path.name.startswith("test_")
    if not is_ours or parent.session.isinitpath(file_path) or any(fnmatch(file_path.name, one) for one in patterns):
        return None
    found: pytest.Module = pytest.Module.from_parent(parent, path=file_path)  # pyright: ignore[reportUnknownMemberType]  # Untyped there.
    return found


def pytest_pycollect_makeitem(collector: Any, name: str, obj: object) -> list[pytest.Item] | None:
    """Turn each rule into a test item. Rules take exchanges as arguments, so pytest cannot call them itself."""
    found = rule.of(obj)
    if found is None or not name.startswith("test_"):
        return None
    known = registry.all_rules()[found.id]
    item: pytest.Item = RuleItem.from_parent(collector, name=name, rule=known, function=obj)  # pyright: ignore[reportUnknownMemberType]  # Untyped there.
    return [item]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the rules that were not requested."""
    run = config.stash.get(RUN, None)
    if run is None or not run.settings.only:
        return
    left_out = [item for item in items if isinstance(item, RuleItem) and item.rule.id not in run.settings.only]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Send all scenarios before the first test runs."""
    run = session.config.stash.get(RUN, None)
    if run is not None and not session.testsfailed:
        with warnings.catch_warnings():
            # Deprecation warnings of libraries must not abort the run where the project turns warnings into errors.
            warnings.simplefilter("default")
            run.execute()
        session.config.stash[LIVE].end()
    return (yield)


def pytest_report_teststatus(report: Any, config: pytest.Config) -> tuple[str, str, str] | None:
    """Suppress pytest's progress dots: the suite's report covers each rule."""
    if not config.stash.get(ALONE, False) or config.option.verbose > 0 or not isinstance(report, pytest.TestReport):
        return None
    return (report.outcome, "", report.outcome.upper()) if report.when == "call" else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> Generator[None, None, None]:
    """Print the verdict after pytest's output and set the matching exit code."""
    run = session.config.stash.get(RUN, None)
    if run is None or int(exitstatus) not in {0, 1, 2, 5}:
        yield
        return
    status = run.exit_status()
    if not session.config.stash.get(ALONE, False) and int(exitstatus) not in {0, 5}:
        status = int(exitstatus)  # A test other than the suite's rules failed.
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
    try:
        bodies = files.write_requested(run, option)
        lines = list(terminal.report(run, run.exit_status(), verbose=config.option.verbose > 0, bodies=bodies))
    except OSError as error:
        terminalreporter.line(f"The report could not be written to {error.filename}: {error.strerror}.", red=True)
        return
    for line in lines:
        terminalreporter.line(line)


def pytest_unconfigure(config: pytest.Config) -> None:
    run = config.stash.get(RUN, None)
    if run is not None:
        run.stop()
