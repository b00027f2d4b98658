"""Docstrings of public names and the guides: what they say is enough to use the client, and what they name exists."""

import ast
import importlib.util
import inspect
import re
import textwrap

import httpx2
import pytest
import spot_api_client
from client_orders import ROOT
from spot_api_client import AddressCountry, SpotClient
from spot_api_client.api.orders import create_order

FUNCTIONS = {name: getattr(create_order, name) for name in ("sync", "sync_detailed", "asyncio", "asyncio_detailed")}
CLASSES = {name: value for name in spot_api_client.__all__ if inspect.isclass(value := getattr(spot_api_client, name))}
CLIENTS = {name: CLASSES[name] for name in ("SpotClient", "AsyncSpotClient")}


def methods(kind):
    """The public functions and properties of a class that this package defines."""
    for name in dir(kind):
        member = inspect.getattr_static(kind, name)
        function = getattr(member, "fget", None) or getattr(member, "__func__", member)
        if not name.startswith("_") and inspect.isfunction(function) and function.__module__.startswith("spot_api_"):
            yield name, member if isinstance(member, property) else function


MEMBERS = {f"{name}.{member}": value for name, kind in CLASSES.items() for member, value in methods(kind)}
WHOLE = {
    f"{name}.with_response.create_order": vars(type(kind(token="t").with_response))["create_order"]
    for name, kind in CLIENTS.items()
}


def lacking(function):
    """The parts that a docstring in Google's style lacks: arguments, result, errors."""
    text = inspect.getdoc(function)
    if not text:
        return ["no docstring"]
    if isinstance(function, property):
        return []  # A property is a noun: its sentence says what it is.
    signature = inspect.signature(function)
    names = [name for name in signature.parameters if name not in ("self", "cls")]
    found = [f"{name} is not described" for name in names if not re.search(rf"^    {name}: \S", text, re.MULTILINE)]
    section = re.search(r"^Args:\n(.*?)(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    described = re.findall(r"^    (\w+): ", section[1], re.MULTILINE) if section else []
    found += [f"{name} is not an argument" for name in described if name not in names]
    returns = str(signature.return_annotation) not in ("None", str(None), "")
    if returns and not re.search(r"^Returns:\n    \S", text, re.MULTILINE):
        found.append("no Returns")
    if not re.search(r"^Raises:\n    \w+: \S|^Raises nothing\.$", text, re.MULTILINE):
        found.append("no Raises")
    return found


@pytest.mark.parametrize("name", [*FUNCTIONS, *MEMBERS, *WHOLE])
def test_public_function_describes_arguments_result_and_errors(name):
    assert lacking({**FUNCTIONS, **MEMBERS, **WHOLE}[name]) == []


@pytest.mark.parametrize("name", CLASSES)
def test_public_class_describes_its_arguments(name):
    kind = CLASSES[name]
    text = inspect.getdoc(kind)
    assert text
    if not issubclass(kind, Exception | str | int):
        names = [each for each in inspect.signature(kind).parameters if each not in ("args", "kwargs", "cls")]
        missing = [each for each in names if not re.search(rf"^ +{each}(: \S| \(.+\)(: \S|$))", text, re.MULTILINE)]
        assert missing == []


def test_help_of_create_order_is_enough_to_order_a_kit():
    text = inspect.getdoc(SpotClient.create_order)
    for part in ("kit_types", "first_name", "last_name", "email", "phone", "address", "metadata"):
        assert re.search(rf"^ +(- )?{part}\b.*: \S", text, re.MULTILINE), part
    for part in ("street1", "street2", "city", "state", "country", "zip_"):
        assert f"- address.{part} (" in text
    for error in ("NotSentError", "OutcomeUnknownError", "RejectedError", "TypeError", "ValueError"):
        assert f"    {error}: " in text
    assert f"One of {', '.join(AddressCountry)}." in text
    assert "Seconds" in text
    program = text.partition("\nExample:\n")[2]
    sent = []
    transport = httpx2.MockTransport(lambda request: sent.append(request) or httpx2.Response(400))
    client = SpotClient(token="t", transport=transport)
    with pytest.raises(spot_api_client.BadRequestError):
        exec(textwrap.dedent(program), {**vars(spot_api_client), "client": client})
    zip_code = re.search(r"- address.zip_ \(str\): .* Example: (\w+)\.", text)[1]
    assert f'"zip":"{zip_code}"'.encode() in sent[0].content


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
