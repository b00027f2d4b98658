"""Schemathesis as the source of requests: examples, coverage and fuzzing of every operation of the document.

Its form bodies are not what a real server can parse, and its negative mode also sends valid bodies; so each body is
encoded here, and the schema, not the mode, says what answer it deserves.
"""

import copy
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Protocol

import hypothesis
import requests
import schemathesis
from hypothesis import Phase
from schemathesis import GenerationMode
from schemathesis.core import NotSet
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test  # pyright: ignore[reportUnknownVariableType]  # Untyped there.

from spot_contract.document import json_values
from spot_contract.document.json_values import is_object
from spot_contract.document.media_types import JSON
from spot_contract.document.openapi import STRICT, VENDORED, Document, Operation
from spot_contract.exchanges.intent import Flaw, Intent, Kind
from spot_contract.exchanges.messages import Request
from spot_contract.generation.encodings import AS_JSON, Encoding, json_bytes
from spot_contract.generation.mutations import expressible, first_flaw

from .plan import Plan
from .properties import QUIET
from .scenario import Case, Units, scenario

_KINDS = frozenset({Kind.VALID, Kind.INVALID, Kind.HOSTILE, Kind.OPERATION})
_MODES = {"positive": GenerationMode.POSITIVE, "negative": GenerationMode.NEGATIVE}


class Generated(Protocol):
    """What this module reads of a Schemathesis case."""

    body: Any
    headers: Any
    media_type: str | None

    def as_transport_kwargs(self, base_url: str) -> dict[str, Any]:
        """The case in the words of requests."""
        ...


@scenario("Schemathesis, positive", spends_orders=True, random=True, turn=72, kinds=_KINDS)
def positive(plan: Plan) -> Units:
    """What Schemathesis makes of the schemas."""
    yield from _cases(plan, "positive")


@scenario("Schemathesis, negative", spends_orders=False, random=True, turn=73, kinds=_KINDS)
def negative(plan: Plan) -> Units:
    """What Schemathesis makes against the schemas."""
    yield from _cases(plan, "negative")


def _cases(plan: Plan, mode: str) -> Iterator[Case]:
    for operation in Document.load(STRICT).operations:
        seen: set[bytes] = set()
        drawn = [] if plan.number else _drawn(plan, operation, mode, is_coverage=True)
        for number, one in enumerate([*drawn, *_drawn(plan, operation, mode, is_coverage=False)]):
            order = Document.load(VENDORED).order
            if (operation.path, operation.method) != (order.path, order.method):
                yield _other_operation(plan, operation, one)
            elif not isinstance(one.body, NotSet) and not (plan.profile.is_quick and mode == "negative" and number % 2):
                for case in _orders(plan, one.body, number):
                    key = case.intent.encoding.encode() + case.request.body
                    if key not in seen:
                        seen.add(key)
                        yield case


def _orders(plan: Plan, body: Any, number: int) -> Iterator[Case]:
    if isinstance(body, bytes):
        try:
            body = json_values.plain(json_values.read(body))
        except json_values.NotJSON:
            if plan.has_json and body.decode("utf-8", "replace").encode() != body:
                yield plan.hostile("invalid UTF-8", JSON, body, what="bytes that Schemathesis made")
            elif plan.has_json:
                yield plan.refused(Flaw.MALFORMED, "bytes that Schemathesis made", (JSON, body))
            return
    able = [one for one in plan.encodings if expressible(one, body)]
    for encoding in able[number % len(able) :][:1] if plan.profile.is_quick and able else able:
        yield _order(plan, body, encoding)


def _order(plan: Plan, body: Any, encoding: Encoding) -> Case:
    if Document.load(VENDORED).allows(body):
        if plan.recipient:
            body = {**body, "recipient": plan.maker.fixed()}
        return plan.valid(body, encoding, place="", way="a body that Schemathesis made")
    if not is_object(body):
        return plan.refused(
            Flaw.NOT_OBJECT, "a body that Schemathesis made", (JSON, json_bytes(body)), encoding=AS_JSON
        )
    return plan.invalid(first_flaw(body), encoding)


def _other_operation(plan: Plan, operation: Operation, case: Generated) -> Case:
    """The case as Schemathesis writes it, in whatever media type, with the credential of the run."""
    asked = case.as_transport_kwargs(base_url="http://127.0.0.1")
    parts = {key: asked[key] for key in ("method", "url", "params", "json", "data", "files") if key in asked}
    sent: dict[str, Any] = dict(case.headers or {})
    headers = [(name, str(value)) for name, value in sent.items() if name.lower() in _own(operation)]
    ready: Any = requests.Request(**parts).prepare()
    body = ready.body.encode() if isinstance(ready.body, str) else ready.body or b""
    kind = (ready.headers.get("Content-Type") or case.media_type) if body else None
    path = str(ready.path_url)
    request = Request(kind, body, plan.credential, path, operation.method.upper(), tuple(headers), path)
    return Case(request, Intent(Kind.OPERATION, way=path, group=f"{operation.method} {operation.path}"))


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
    schema.config.generation.update(modes=[_MODES[mode]], database="none")
    schema.config.phases.coverage.unexpected_methods = set()
    schema.config.analysis.constants.enabled = False
    return schema


def _drawn(plan: Plan, operation: Operation, mode: str, *, is_coverage: bool) -> list[Any]:
    """The cases of the examples and coverage phases, or those of a round of the fuzzing phase."""
    schema = _schema(operation.path, operation.method, plan.seed, mode)
    found: list[Any] = []

    def collect(case: Any) -> None:
        found.append(case)

    modes = [HypothesisTestMode.EXAMPLES, HypothesisTestMode.COVERAGE] if is_coverage else [HypothesisTestMode.FUZZING]
    created: Callable[[], None] = create_test(  # pyright: ignore[reportUnknownVariableType]  # Untyped there.
        operation=schema[operation.path][operation.method.upper()],
        test_func=collect,
        config=HypothesisTestConfig(
            project=schema.config,
            modes=modes,
            seed=zlib.crc32(f"{plan.seed}:{plan.number}".encode()),
            settings=hypothesis.settings(
                QUIET,
                max_examples=plan.profile.schemathesis,
                phases=[Phase.explicit] if is_coverage else [Phase.generate],
            ),
        ),
    )
    created()
    return found
