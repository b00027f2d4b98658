"""Docstrings of public names: what `help` shows is enough to use them."""

import inspect
import re
import textwrap

import httpx2
import pytest
import spot_api_client
from client_docstrings import lacking
from spot_api_client import SpotClient
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


@pytest.mark.parametrize("name", [*FUNCTIONS, *MEMBERS, *WHOLE])
def test_public_function_describes_arguments_result_and_errors(name):
    assert lacking({**FUNCTIONS, **MEMBERS, **WHOLE}[name]) == []


@pytest.mark.parametrize("name", CLASSES)
def test_public_class_describes_what_it_is_made_of(name):
    kind = CLASSES[name]
    text = inspect.getdoc(kind)
    assert text
    if not issubclass(kind, Exception | str | int):
        names = [each for each in inspect.signature(kind).parameters if each not in ("args", "kwargs", "cls")]
        missing = [each for each in names if not re.search(rf"^ +{each}(: \S| \(.+\)(: \S|$))", text, re.MULTILINE)]
        assert missing == []


@pytest.mark.parametrize(
    ("docstring", "problem"),
    [
        (None, "no docstring"),
        ("Do it.\n\nArgs:\n    a: First.\n\nReturns:\n    A number.\n\nRaises nothing.", "b is not described"),
        ("Do it.\n\nArgs:\n    a: First.\n    b:\n\nReturns:\n    A number.\n\nRaises nothing.", "b is not described"),
        ("Do it.\n\nArgs:\n    a: First.\n    b: Second.\n\nRaises nothing.", "no Returns"),
        ("Do it.\n\nArgs:\n    a: First.\n    b: Second.\n\nReturns:\n    A number.", "no Raises"),
    ],
)
def test_lack_is_found(docstring, problem):
    def function(a: int, *, b: int) -> int:
        return a + b

    function.__doc__ = docstring
    assert problem in lacking(function)


def test_help_of_create_order_is_enough_to_order_a_kit():
    text = inspect.getdoc(SpotClient.create_order)
    for part in ("kit_types", "first_name", "last_name", "email", "phone", "address", "metadata"):
        assert re.search(rf"^ +(- )?{part}\b.*: \S", text, re.MULTILINE), part
    for part in ("street1", "street2", "city", "state", "country", "zip_"):
        assert f"- address.{part} (" in text
    assert "One of US, CA." in text
    program = text.partition("\nExample:\n")[2]
    made = []
    transport = httpx2.MockTransport(lambda request: made.append(request) or httpx2.Response(400))
    client = SpotClient(token="t", transport=transport)
    with pytest.raises(spot_api_client.BadRequestError):
        exec(textwrap.dedent(program), {**vars(spot_api_client), "client": client})
    assert b'"zip":"94105"' in made[0].content
