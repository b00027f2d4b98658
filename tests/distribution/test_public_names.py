"""Docstrings of what programs import from spot_sandbox and spot_contract. tests/client has those of the client."""

import inspect
import re

import pytest
import spot_sandbox
from spot_contract import pytest_entry
from spot_contract.applications import judging
from spot_sandbox.testing import plugin

CLASSES = [*(getattr(spot_sandbox, name) for name in spot_sandbox.__all__), judging.Judgement, judging.BrokenContract]
FIXTURES = [plugin.spot_sandbox, plugin.spot_sandbox_server, pytest_entry.spot_contract]


def functions():
    """The functions and properties that help() lists, by name."""
    yield "judge", judging.judge
    for kind in CLASSES:
        for name, member in vars(kind).items():
            function = getattr(member, "fget", None) or getattr(member, "__func__", member)
            if inspect.isfunction(function) and not name.startswith("_"):
                yield f"{kind.__name__}.{name}", function


FUNCTIONS = dict(functions())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_public_function_describes_its_arguments_and_its_errors(name):
    function = FUNCTIONS[name]
    text = inspect.getdoc(function) or ""
    assert text
    arguments = [each for each in inspect.signature(function).parameters if each not in ("self", "cls")]
    assert [each for each in arguments if not re.search(rf"\b{each}\b", text)] == []
    if len(arguments) > 1:
        assert [part for part in ("Args:", "Returns:", "Raises:") if f"\n{part}\n" not in text] == []


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_public_class_describes_its_attributes(kind):
    text = inspect.getdoc(kind)
    assert text
    fields = getattr(kind, "__dataclass_fields__", ())
    assert [each for each in fields if not re.search(rf"^    (\w+, )*{each}(, \w+)*: \S", text, re.MULTILINE)] == []


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.__name__)
def test_fixture_says_what_a_test_gets(fixture):
    text = inspect.getdoc(inspect.unwrap(fixture)) or ""
    assert re.search(r"^(Yields|Returns):\n    \S|^One SpotSandbox ", text, re.MULTILINE)
