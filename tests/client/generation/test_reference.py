"""The API reference is what the docstrings say."""

import ast
import importlib.util
import inspect
import re

import pytest
import spot_api_client
from client_orders import ROOT
from spot_api_client import SpotClient


def test_every_public_name_has_a_docstring():
    for name in spot_api_client.__all__:
        value = getattr(spot_api_client, name)
        if not inspect.isclass(value):
            continue
        assert inspect.getdoc(value), name
        for key, member in vars(value).items():
            if inspect.isfunction(member) and not key.startswith("_"):
                assert inspect.getdoc(member), f"{name}.{key}"


def test_help_is_enough_to_place_an_order():
    text = SpotClient.create_order.__doc__
    for name in ("kit_types", "recipient", "metadata", "content_type", "form_style", "timeout", "headers"):
        assert f"    {name}: " in text
    for error in ("NotSentError", "OutcomeUnknownError", "RejectedError", "TypeError", "ValueError"):
        assert f"    {error}: " in text
    assert "Seconds" in text
    assert 'recipient=Recipient(first_name="Alice"' in text


def test_each_row_of_the_comparison_names_a_test_that_is_there():
    table = (ROOT / "docs" / "client-vs-stock.md").read_text(encoding="utf-8")
    tests = (ROOT / "tests" / "client" / "generation" / "test_stock_defects.py").read_text(encoding="utf-8")
    named = re.findall(r"`(test_\w+)` \|$", table, re.MULTILINE)
    assert len(named) == 18
    assert [name for name in named if f"def {name}(" not in tests] == []


@pytest.mark.parametrize("page", ["client.md", "unknown-outcomes.md"])
def test_programs_of_the_guide_compile_and_name_what_exists(page):
    guide = (ROOT / "docs" / page).read_text(encoding="utf-8")
    programs = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    assert programs
    for program in programs:
        for node in ast.walk(ast.parse(program)):
            if isinstance(node, ast.ImportFrom) and importlib.util.find_spec(node.module.partition(".")[0]) is not None:
                module = importlib.import_module(node.module)
                assert [alias.name for alias in node.names if not hasattr(module, alias.name)] == []
