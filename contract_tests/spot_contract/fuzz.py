"""Schemathesis as the source of requests. How they travel, and how answers are judged, is the suite's own.

Its form bodies are not what a real server can parse, and its negative mode also sends valid bodies; so each body is
serialised here, and the schema, not the mode, says what answer it deserves.
"""

import copy
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Protocol

import hypothesis
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis.errors import Flaky
from schemathesis import GenerationMode
from schemathesis.core import NotSet
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test  # pyright: ignore[reportUnknownVariableType]  # Untyped there.

from . import checks, jsontext
from .carriers import AS_JSON, Carrier, json_bytes, listed
from .cases import Trial
from .documents import STRICT, VENDORED, Document, Operation
from .errors import NotJudged, ServerGone
from .explore import Broken, rounds
from .invalid import expressible
from .judge import Judge
from .messages import JSON, Answer, Problem, Request

MODES = {"positive": GenerationMode.POSITIVE, "negative": GenerationMode.NEGATIVE}


class Generated(Protocol):
    """What this module reads of a Schemathesis case."""

    body: Any
    headers: Any
    media_type: str | None

    def as_transport_kwargs(self, base_url: str) -> dict[str, Any]:
        """The case in the words of requests."""
        ...


def fuzz(judge: Judge, mode: str) -> None:
    """Send what Schemathesis makes of every operation: examples, coverage, then fuzzing with shrinking."""
    for number in rounds(judge):
        for operation in Document.load(STRICT).operations:
            attempt = _Attempts(judge, operation)
            if number == 0:
                _run(judge, operation, mode, attempt.note)
            try:
                _run(judge, operation, mode, attempt.insist, number)
            except (Broken, Flaky):
                attempt.record()
            except (NotJudged, ServerGone):
                attempt.record()
                raise


class _Attempts:
    """Sends each body once, in every way that can carry it."""

    def __init__(self, judge: Judge, operation: Operation) -> None:
        self.judge = judge
        self.operation = operation
        self.smallest: Trial | None = None
        self._seen: set[bytes] = set()
        self._hung = False
        document = Document.load(VENDORED)
        self.ours = (operation.path, operation.method) == (document.order.path, document.order.method)
        self.twins = list(judge.carriers()) if self.ours else []

    def note(self, case: Generated) -> None:
        """Record whatever comes of a case."""
        for trial in self._trials(case, once=True):
            self.judge.record(trial)

    def insist(self, case: Generated) -> None:
        """Raise Broken where a case breaks a rule, so that Hypothesis looks for a smaller one."""
        if self._hung:
            return
        for trial in self._trials(case, once=False):
            if any(not self.judge.settings.forgives(problem.rule) for problem in trial.problems):
                self.smallest = trial
                self._hung = trial.answer is None
                raise Broken
            self.judge.record(trial)

    def record(self) -> None:
        """Record the smallest case that broke a rule."""
        if self.smallest is not None:
            self.judge.record(self.smallest)

    def _trials(self, case: Generated, *, once: bool) -> Iterator[Trial]:
        if not self.ours:
            yield _other_operation(self.judge, self.operation, case)
            return
        body = case.body
        if isinstance(body, bytes):
            yield self._bytes(body)
            return
        if isinstance(body, NotSet):
            return
        key = json_bytes(body)
        if once and key in self._seen:
            return
        self._seen.add(key)
        for carrier in listed():
            if carrier in self.twins and expressible(carrier, body):
                yield self._body(body, carrier)

    def _body(self, body: Any, carrier: Carrier) -> Trial:
        request = self.judge.request(body, carrier, what=f"a body that Schemathesis made, as {carrier}")
        if Document.load(VENDORED).allows(body):
            if self.judge.settings.recipient:
                body = {**body, "recipient": self.judge.maker.fixed()}
                request = self.judge.request(body, carrier)
            return self.judge.try_odd(body, request, "document.accepts")
        return self.judge.try_invalid(request, "document.refuses")

    def _bytes(self, body: bytes) -> Trial:
        request = self.judge.request(None, encoded=(JSON, body), what="bytes that Schemathesis made")
        try:
            value = jsontext.plain(jsontext.read(body))
        except jsontext.NotJSON:
            return self.judge.try_invalid(request, "document.refuses")
        return self._body(value, AS_JSON)


def _other_operation(judge: Judge, operation: Operation, case: Generated) -> Trial:
    """An operation that the contract says nothing about: its answers are those of the document."""
    request = _request(judge, operation, case)

    def look(answer: Answer) -> Iterator[Problem]:
        schema = Document.load(STRICT).answer_schema(operation, answer.status)
        if schema is None:
            yield Problem("document.accepts", "a documented status", checks.in_short(answer))
        elif schema:
            value, why = checks.parsed(answer)
            broken = why or next(Document.load(STRICT).breaks_schema(schema, jsontext.plain(value)), "")
            if broken:
                yield Problem("document.accepts", "what the document says", broken)

    return judge.try_with(request, ["document.accepts"], look)


def _request(judge: Judge, operation: Operation, case: Generated) -> Request:
    """The case as Schemathesis writes it, in whatever media type, with the credential of the run."""
    asked = case.as_transport_kwargs(base_url="http://127.0.0.1")
    parts = {key: asked[key] for key in ("method", "url", "params", "json", "data", "files") if key in asked}
    sent: dict[str, Any] = dict(case.headers or {})
    headers = [(name, str(value)) for name, value in sent.items() if name.lower() in _own(operation)]
    ready: Any = requests.Request(**parts).prepare()
    body = ready.body.encode() if isinstance(ready.body, str) else ready.body or b""
    kind = (ready.headers.get("Content-Type") or case.media_type) if body else None
    path = str(ready.path_url)
    return Request(kind, body, judge.token, path, operation.method.upper(), tuple(headers), path)


def _own(operation: Operation) -> set[str]:
    """The header parameters that an operation declares, in lower case."""
    document = Document.load(STRICT)
    shared = document.raw["paths"][operation.path].get("parameters", [])
    declared = [document.resolve(parameter) for parameter in [*shared, *operation.raw.get("parameters", [])]]
    return {str(parameter["name"]).lower() for parameter in declared if parameter["in"] == "header"}


@cache
def _schema(path: str, method: str, seed: int, mode: str) -> Any:
    """The strict document with this one operation and, where it has JSON bodies, JSON alone."""
    raw = copy.deepcopy(Document.load(STRICT).raw)
    item = raw["paths"][path]
    raw["paths"] = {path: {key: item[key] for key in ("parameters", method) if key in item}}
    content = raw["paths"][path][method].get("requestBody", {}).get("content", {})
    if JSON in content:
        for media_type in [name for name in content if name != JSON]:
            del content[media_type]
    schema = schemathesis.openapi.from_dict(raw, config=schemathesis.Config(seed=seed))
    schema.config.update(base_url="http://127.0.0.1")  # pyright: ignore[reportUnknownMemberType]  # Untyped there.
    schema.config.generation.update(modes=[MODES[mode]], database="none")
    schema.config.phases.coverage.unexpected_methods = set()
    schema.config.analysis.constants.enabled = False
    return schema


def _run(
    judge: Judge, operation: Operation, mode: str, test: Callable[[Any], None], fuzzing_round: int | None = None
) -> None:
    """Run the examples and coverage phases or, with a number, that round of the fuzzing phase."""
    coverage = fuzzing_round is None
    seed = zlib.crc32(f"{judge.settings.seed}:{fuzzing_round}".encode())
    schema = _schema(operation.path, operation.method, judge.settings.seed, mode)
    phases = [Phase.explicit] if coverage else [Phase.generate]
    if not coverage and judge.settings.allowed is None:
        phases.append(Phase.shrink)

    def send(case: Any) -> None:
        test(case)

    created: Callable[[], None] = create_test(  # pyright: ignore[reportUnknownVariableType]  # Untyped there.
        operation=schema[operation.path][operation.method.upper()],
        test_func=send,
        config=HypothesisTestConfig(
            project=schema.config,
            modes=[HypothesisTestMode.EXAMPLES, HypothesisTestMode.COVERAGE]
            if coverage
            else [HypothesisTestMode.FUZZING],
            seed=seed,
            settings=hypothesis.settings(
                max_examples=judge.settings.profile.schemathesis,
                phases=phases,
                database=None,
                deadline=None,
                report_multiple_bugs=False,
                print_blob=False,
                verbosity=Verbosity.quiet,
                suppress_health_check=[
                    HealthCheck.too_slow,
                    HealthCheck.filter_too_much,
                    HealthCheck.data_too_large,
                    HealthCheck.large_base_example,
                ],
            ),
        ),
    )
    created()


__all__ = ["MODES", "fuzz"]
