"""The document grows page by page: each version is an addition, and the client of a grown document works."""

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import packages
import pages
import pytest
from create_order import create_order_alone
from growing import NAMES, ROOT, WHOLE
from small_server import SmallServer
from spot_tools.changes.findings import verdict
from spot_tools.changes.operations import compare
from spot_tools.checkout.layout import Layout
from spot_tools.commands import regenerate
from spot_tools.errors import ToolError
from spot_tools.normalization.document import Normalized, normalize
from spot_tools.openapi.documents import parse

HERE = Path(__file__).parent
TOKEN = "tok-en"


def call_everything(layout: Layout, document, count: int) -> list[str]:
    """Run the program with the generated client, against a server of the same document."""
    server = SmallServer(document, TOKEN)
    with server.serving() as address:
        done = subprocess.run(
            [sys.executable, HERE / "program.py", address, TOKEN, str(count)],
            env={**os.environ, "PYTHONPATH": str(layout.package.parent)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    asked = {entry["operation"] for entry in server.seen}
    declared = {operation["operationId"] for item in document["paths"].values() for operation in _methods(item)}
    assert asked == declared
    return [json.loads(line) for line in done.stdout.splitlines()]


def _methods(item):
    return [value for key, value in item.items() if key != "parameters"]


@pytest.mark.parametrize("version", range(2, WHOLE + 1), ids=[*NAMES[1:], "whole document in OpenAPI 3.1"])
def test_each_version_adds_to_the_one_before(growth, version):
    before = growth.reach(version - 1)
    changes = compare(before, growth.reach(version)).changes()
    assert verdict(changes) == ("none" if version == WHOLE else "additive")


# Texts in docstrings, those of the first page before those of the last.
DOCUMENTED = (
    '"""All orders\n\n        The newest first.\n',
    "status: Only those. One of pending,",
    "kit_type: Deprecated.\n",
    "limit: int; the document does not describe it.",
    "            client.list_orders()\n",
    "                due=...,\n",
    "order_id: The order to void. Example: 1234567.",
    "client.void_order(\n                1234567,\n",
)


@pytest.mark.parametrize("version", [2, len(NAMES), WHOLE], ids=["one page more", "every page", "OpenAPI 3.1"])
def test_client_of_a_grown_document_works(growth, version):
    document = growth.reach(version)
    regenerate.run(growth.layout, check=False)
    assert len(call_everything(growth.layout, document.value, version)) == min(version, len(NAMES))
    assert "Type0" not in (growth.layout.package / "__init__.py").read_text()
    client = (growth.layout.package / "client.py").read_text()
    for text in DOCUMENTED[: 5 if version == 2 else None]:
        assert text in client


@cache
def effective_document() -> str:
    return json.dumps(parse((ROOT / "openapi" / "effective" / "client.yaml").read_bytes(), "client.yaml"))


def edited(edit):
    """The effective document with an edit."""
    value = json.loads(effective_document())
    edit(value, value["paths"]["/api/v2/orders/"]["post"])
    return value


def normalized(edit) -> Normalized:
    return normalize(edited(edit), "client.yaml", "SPOT")


LIST = {"type": "array", "items": {"type": "string"}}


def parameter(place="query", schema=LIST, **more):
    def edit(_, operation):
        operation["parameters"] = [{"name": "ids", "in": place, **({"schema": schema} if schema else {}), **more}]

    return edit


def server_in_the_clear(_, operation):
    operation["servers"] = [{"url": "http://other.example.com"}]


def same_name_twice(value, operation):
    value["paths"]["/api/v2/more/"] = {"post": {**operation, "operationId": "createOrder"}}


def unknown_media_type(_, operation):
    operation["responses"]["201"]["content"] = {"application/xml": {"schema": {"type": "object"}}}


def encoding(value):
    def edit(_, operation):
        operation["requestBody"]["content"]["multipart/form-data"]["encoding"] = {"recipient": value}

    return edit


def schemes(*ways, **declared):
    def edit(value, operation):
        value["components"]["securitySchemes"] |= declared
        operation["security"] = [{name: [] for name in way} for way in ways]

    return edit


def xml_body(_, operation):
    operation["requestBody"]["content"]["application/xml"] = {"schema": {"type": "object"}}


def xml_alone(_, operation):
    operation["requestBody"]["content"] = {"application/xml": {"schema": {"type": "object"}}}


def mixed_body(_, operation):
    operation["requestBody"]["content"] = {"multipart/mixed": {"schema": {"type": "object"}}}


def key_as_parameter(value, operation):
    value["components"]["securitySchemes"]["key"] = {"type": "apiKey", "in": "header", "name": "X-Key"}
    operation["security"] = [{"key": []}]
    operation["parameters"] = [{"name": "x-key", "in": "header", "schema": {"type": "string"}}]


MUTUAL = {"type": "mutualTLS"}
BEARER = {"type": "http", "scheme": "bearer"}


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (parameter(style="simple"), "parameter ids of POST /api/v2/orders/ .*/parameters/0.* style simple"),
        (parameter(style="deepObject"), "style deepObject, which is only for objects"),
        (parameter(place="cookie"), "a list or an object with explode, which a cookie cannot represent"),
        (parameter(schema=None, content={"application/xml": {}}), "parameter ids of POST .* a content other than JSON"),
        (
            server_in_the_clear,
            "POST /api/v2/orders/ has its own server at /paths/~1api~1v2~1orders~1/post/servers",
        ),
        (schemes(["other"], other=MUTUAL), "POST /api/v2/orders/ requires other at .*/post/security, which the client"),
        (schemes(["tokenAuth", "other"], other=BEARER), "cannot carry two credentials in the header Authorization"),
        (same_name_twice, "POST /api/v2/orders/ and POST /api/v2/more/ both have the name create_order"),
        (
            encoding({"contentType": "text/plain"}),
            "field recipient of multipart/form-data of POST .* an object as text/",
        ),
        (encoding({"headers": {"X-A": {}}}), "field recipient of .* has headers, which the client"),
        (mixed_body, "POST /api/v2/orders/ requires multipart/mixed at .*/multipart~1mixed, which the client"),
    ],
)
def test_what_the_client_cannot_express_stops_and_names_the_place(tmp_path, edit, message):
    with pytest.raises(ToolError, match=message) as raised:
        packages.build(tmp_path, edited(edit), packages.HERE.config.read_text(encoding="utf-8"))
    assert "\n" not in str(raised.value)
    assert "object at 0x" not in str(raised.value)


def callbacks(_, operation):
    operation["callbacks"] = {"status": {"{$request.body#/url}": {"post": {"responses": {"200": {"description": ""}}}}}}


def other_answer(_, operation):
    operation["responses"]["201"]["content"]["text/csv"] = {"schema": {"type": "string"}}


@pytest.mark.parametrize(
    ("edit", "note"),
    [
        (callbacks, "POST /api/v2/orders/ has callbacks, which the client does not support"),
        (
            schemes(["other"], ["tokenAuth"], other=MUTUAL),
            "POST /api/v2/orders/ also accepts other, which the client",
        ),
        (unknown_media_type, "POST /api/v2/orders/ answers 201 as application/xml; the client returns the bytes"),
        (xml_body, "POST /api/v2/orders/ also accepts application/xml, which the client does not send"),
        (
            xml_alone,
            "POST /api/v2/orders/ requires application/xml; the client sends given bytes as application/xml",
        ),
        (
            key_as_parameter,
            "POST /api/v2/orders/ has the header x-key as a parameter; the client sets it itself",
        ),
        (other_answer, "POST /api/v2/orders/ may answer 201 as text/csv, which the client does not request"),
    ],
)
def test_what_the_client_lacks_is_noted(edit, note):
    assert [one for one in normalized(edit).notes if one.startswith(note)]


def security_of_the_document(value, operation):
    value["security"] = operation.pop("security")


def path_elsewhere(value, _):
    value["components"]["pathItems"] = {"Orders": value["paths"].pop("/api/v2/orders/")}
    value["paths"]["/api/v2/orders/"] = {"$ref": "#/components/pathItems/Orders"}


def small_range(_, operation):
    operation["responses"]["5xx"] = operation["responses"].pop("5XX")


@pytest.mark.parametrize("edit", [security_of_the_document, path_elsewhere, small_range])
def test_document_of_another_form_gives_the_same_client(edit):
    found, expected = normalized(edit), normalized(lambda *_: None)
    for one in (found, expected):
        one.document.pop("security", None)  # Each operation has its own by now,
        one.document["components"].pop("pathItems", None)  # and each path its item.
    assert found == expected


def test_the_routine_runs_command_by_command(tmp_path):
    """Vendor, list the changes and regenerate, each as a process of its own, as a maintainer does."""
    for folder in ("openapi", "generated", "scripts"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    create_order_alone(Layout(tmp_path))
    page = tmp_path / "create-order.md"
    page.write_text(
        pages.PUBLISHED.read_text().replace("        - completed\n", "        - completed\n        - sent\n")
    )
    for command, printed in (
        (["spot_tools.commands.vendor", str(page)], "changed: openapi/spec.lock"),
        (["spot_tools.commands.changes", str(ROOT / "openapi" / "spot-api-v2.yaml"), str(page)], "breaking"),
        (["spot_tools.commands.regenerate"], "OrderStatus"),
    ):
        environment = {**os.environ, "PYTHONPATH": str(tmp_path / "scripts")}
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert printed in done.stdout, done.stdout
