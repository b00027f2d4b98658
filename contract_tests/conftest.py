"""The contract suite as a pytest plugin: `pytest contract_tests` judges a server and says so by its exit code.

0 the server conforms, 1 it breaks a rule, 2 and above the suite could not judge it.
"""

import os
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any, TextIO

import pytest
from spot_contract import options, reports, rules, summary
from spot_contract.errors import BudgetSpent, CannotJudge, NothingToJudge, NotJudged, ServerGone
from spot_contract.judge import EnoughSeen, Judge
from spot_contract.live import Live
from spot_contract.messages import Credential, Exchange, Problem, Request
from spot_contract.results import Tally
from spot_contract.run import Run, bench_for

RUN = pytest.StashKey[Run]()
JUDGE = pytest.StashKey[Judge]()
LIVE = pytest.StashKey[Live]()
_NO_RUN = ("help", "version", "collectonly", "showfixtures", "show_fixtures_per_test", "markers", "cacheshow")


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    if any(getattr(config.option, name, False) for name in _NO_RUN):
        return None
    try:
        if config.option.rules:
            print(rules.listing())
            return 0
        given: dict[str, Any] | None = getattr(config, "workerinput", None)
        if given is None:
            run = Run.start(options.read(config))
            config.stash[RUN] = run
            run.live = _live(config)
            run.bench.desk.on_request = run.live.tick
        else:
            settings = options.with_worker_input(options.read(config), given["spot"])
            config.stash[RUN] = Run(settings, bench_for(settings, given["spot"]["url"]), None)
            config.stash[RUN].bench.parted = True
    except CannotJudge as error:
        print(f"contract suite: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("contract suite: interrupted before the first request; nothing was judged.", file=sys.stderr)
        return 2
    return None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker which server to judge."""
    run: Run = node.config.stash[RUN]
    workers = len(node.config.option.tx) or 1
    node.workerinput["spot"] = options.for_worker(run.settings, workers) | {"url": run.bench.desk.target.url}


def _live(config: pytest.Config) -> Live:
    """The live line. Tests run with their output captured, so it writes to a copy of standard output."""
    try:
        stream: TextIO = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", errors="replace")
        config.add_cleanup(stream.close)
    except (OSError, ValueError):
        stream = sys.stdout
    config.stash[LIVE] = Live(stream)
    return config.stash[LIVE]


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    # A library's notice that something will change is no reason for the suite to fail in the middle of a run.
    config.addinivalue_line("filterwarnings", "default")
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and config.stash.get(LIVE, None) is not None and config.option.verbose == 0:
        reporter.showfspath = False
        reporter._show_progress_info = False  # noqa: SLF001  # No option of pytest's says so from a plugin.


def pytest_report_teststatus(report: Any, config: pytest.Config) -> tuple[str, str, str] | None:
    """The live line tells of each rule; pytest's own dots and names of files would only mix with it."""
    if config.stash.get(LIVE, None) is None or config.option.verbose > 0 or not isinstance(report, pytest.TestReport):
        return None
    if report.when != "call":
        return None
    return report.outcome, "", report.outcome.upper()


def pytest_unconfigure(config: pytest.Config) -> None:
    run = config.stash.get(RUN, None)
    if run is not None:
        run.stop()


def pytest_report_header(config: pytest.Config) -> str | None:
    run = config.stash.get(RUN, None)
    if run is None:
        return None
    server = "a sandbox of its own" if run.sandbox else run.bench.desk.target.url
    return f"contract suite: judging {server}, profile {run.settings.profile.name}, seed {run.settings.seed}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put what failed last time first, random cases last, and leave out other shards' tests and rules not asked for."""
    run = config.stash.get(RUN, None)
    if run is None:
        return
    part, parts = run.settings.shard or (1, 1)
    mine = [item for number, item in enumerate(items) if number % parts == part - 1]
    if run.settings.only:
        mine = [item for item in mine if _rule_of(item) in run.settings.only]
    config.hook.pytest_deselected(items=[item for item in items if item not in mine])
    items[:] = mine
    cache = getattr(config, "cache", None)
    failed = set(cache.get("cache/lastfailed", {})) if cache is not None else set[str]()
    found = [(item, rules.of(getattr(item, "function", None))) for item in items]
    frugal = run.settings.allowed is not None
    found.sort(key=lambda pair: (pair[0].nodeid not in failed, rules.turn(pair[1], frugal=frugal)))
    items[:] = [item for item, _ in found]
    run.tests_left = len(items)
    run.random_left = sum(known is not None and known.random for _, known in found)


def _rule_of(item: pytest.Item) -> str:
    known = rules.of(getattr(item, "function", None))
    return known.id if known else ""


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items[:1]:
        run = item.config.stash.get(RUN, None)
        if run is not None:
            run.complete = False


@pytest.fixture
def judge(request: pytest.FixtureRequest) -> Judge:
    """The judge of this test's cases."""
    run = request.config.stash[RUN]
    name = str(request.node.name)
    found = Judge(run.bench, name.removeprefix("test_"))
    known = rules.of(request.function)
    if run.live is not None and known is not None:
        run.live.rule = known.id
    if known is not None and known.random:
        found.deadline = run.deadline()
    found.share = run.share()
    request.node.stash[JUDGE] = found
    return found


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Run a rule's cases; the rule is broken, or another one on the way, if any problem stands at the end."""
    found = pyfuncitem.funcargs.get("judge")
    if not isinstance(found, Judge):
        return (yield)
    if (why := found.settings.gone.get(_rule_of(pyfuncitem))) is not None:
        pytest.skip(f"no longer applies: {why}")
    reason = ""
    try:
        yield
    except EnoughSeen:
        pass
    except NotJudged as limit:
        reason = _left_out(found, _rule_of(pyfuncitem), limit)
    except NothingToJudge as nothing:
        reason = str(nothing)
    except ServerGone as gone:
        _put_down_death(pyfuncitem, found, str(gone))
    found.close()
    broken = [one for one in found.tally.findings.values() if not found.settings.forgives(one.rule)]
    if broken:
        pytest.fail("\n".join(summary.short_text(one) for one in broken), pytrace=False)
    if reason:
        pytest.skip(reason)
    return True


def _left_out(found: Judge, rule: str, why: NotJudged) -> str:
    """Why a test is skipped. One that the order budget cut short has judged what it could send."""
    if isinstance(why, BudgetSpent) and found.tally.cases.get(rule):
        found.tally.cut_short[rule] = found.share.orders if found.share else 0
        return ""
    found.tally.not_judged[found.name] = str(why)
    return str(why)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Hand the tally of a test to the process that sums up, and keep the suite's own failures apart."""
    report = yield
    known = rules.of(getattr(item, "function", None))
    if known is None:
        return report
    failed = call.excinfo is not None and not call.excinfo.errisinstance((pytest.fail.Exception, pytest.skip.Exception))
    if failed and call.excinfo is not None:
        report.user_properties.append(("spot_error", f"{call.excinfo.typename}: {call.excinfo.value}"))
    found = item.stash.get(JUDGE, None)
    if call.when == "call" and found is not None:
        found.tally.seconds[known.id] = call.duration
        found.tally.fingerprints[item.name] = found.fingerprint
        report.user_properties.append(("spot_rule", known.id))
        report.user_properties.append(("spot_tally", found.tally.to_json()))
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    run = _CURRENT[0] if _CURRENT else None
    if run is None:
        return
    told: dict[str, Any] = dict(report.user_properties)
    if "spot_error" in told:
        run.errors[report.nodeid] = told["spot_error"]
    if "spot_rule" in told:
        run.judged.add(told["spot_rule"])
        run.take(Tally.from_json(told["spot_tally"]))
        if run.live is not None:
            run.live.finished(told["spot_rule"], summary.outcome(report.outcome, told, run.settings.gone), run.tally)


_CURRENT: list[Run] = []


def pytest_sessionstart(session: pytest.Session) -> None:
    run = session.config.stash.get(RUN, None)
    _CURRENT[:] = [run] if run is not None and not hasattr(session.config, "workerinput") else []


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    run = _CURRENT[0] if _CURRENT else None
    if run is not None:
        run.finished = time.monotonic()
        if run.live is not None:
            run.live.end()
        session.exitstatus = run.exit_status(int(exitstatus))


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int) -> None:
    run = _CURRENT[0] if _CURRENT else None
    if run is None:
        return
    status = run.exit_status(int(exitstatus))
    if (folder := terminalreporter.config.option.report_dir) is not None:
        try:
            reports.write(run, status, Path(folder))
        except OSError as error:
            terminalreporter.line(f"The reports could not be written to {folder}: {error.strerror}.", red=True)
    for text in summary.broken(run):
        terminalreporter.section("broken rule")
        terminalreporter.line(text)
    terminalreporter.section("rules")
    for line in (*summary.table(run), "", *summary.remarks(run)):
        terminalreporter.line(line)
    colour = {0: "green", 1: "red"}.get(status, "yellow")
    terminalreporter.line(summary.verdict(run, status), bold=True, **{colour: True})


def _put_down_death(item: pytest.Function, found: Judge, why: str) -> None:
    """The server died: that is a broken rule, and nothing more can be judged."""
    problem = Problem("robustness.keeps_answering", "a server that goes on taking connections", why)
    nothing = Request(None, b"", Credential("unknown", None, None), found.bench.path, what="after the requests before")
    found.put_down(problem, Exchange(found.last or nothing, None, why))
    item.session.shouldfail = "the server stopped answering"
