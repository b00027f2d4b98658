"""--document: judging by another version of the document than the bundled one."""

import http.server
import threading

import pytest
import yaml
from console import console, console_process
from spot_contract.document import versions
from spot_contract.document.openapi import STRICT, VENDORED, parse
from suite_process import ROOT, report, sandbox

PUBLISHED = (ROOT / "openapi" / "spot-api-v2.yaml").read_text(encoding="utf-8")
REQUIRED = ("--profile", "quick", "--rule", "refusal.required")


def next_version():
    """The document without the requirement of a zip."""
    value = yaml.safe_load(PUBLISHED)
    value["components"]["schemas"]["Address"]["required"].remove("zip")
    return value


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "next.yaml"
    path.write_text(yaml.safe_dump(next_version()))
    (tmp_path / "conformance.toml").write_text('forms = "none"')
    return path


def test_a_server_of_the_next_version_conforms_to_that_version_alone(document, tmp_path):
    with sandbox("--document", str(document)) as url:
        options = ("--base-url", url, *REQUIRED, "--report-dir", tmp_path)
        assert console(*options, cwd=tmp_path)[0] == 1
        bundled = report(tmp_path)["document"]
        status, output, errors = console_process(*options, "--document", document, cwd=tmp_path)
    assert status == 0, output + errors
    assert report(tmp_path)["document"] != bundled


@pytest.mark.usefixtures("document")
def test_a_document_is_fetched_from_an_address(tmp_path):
    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *given):
            super().__init__(*given, directory=tmp_path)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as pages:
        threading.Thread(target=pages.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{pages.server_port}/"
        status, output, _ = console_process("--rules", "--document", f"{address}next.yaml", cwd=tmp_path)
        missing = console("--rules", "--document", f"{address}no.yaml", cwd=tmp_path)
        pages.shutdown()
    assert (status, "refusal.required" in output) == (0, True)
    assert missing[0] == 2
    assert "cannot be fetched: " in missing[2]


def test_the_strict_form_of_the_bundled_document_is_the_bundled_strict_document():
    vendored, strict = (parse(path.read_bytes(), path.name) for path in (VENDORED, STRICT))
    assert versions.strict_form(vendored, vendored, strict) == strict


def test_the_strict_form_of_another_document_keeps_what_that_changed():
    vendored, strict = (parse(path.read_bytes(), path.name) for path in (VENDORED, STRICT))
    schemas = versions.strict_form(next_version(), vendored, strict)["components"]["schemas"]
    assert "zip" not in schemas["Address"]["required"]
    assert "order_id" in schemas["OrderEmpty"]["required"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("openapi: 2.0\npaths: {}", "not an OpenAPI 3 document"),
        ("- 1", "it has no paths"),
        ("{", "cannot be read"),
        ("openapi: 3.0.3\npaths:\n  /a:\n    $ref: other.yaml#/a", "which it does not contain"),
        ("openapi: 3.0.3\npaths:\n  /a:\n    $ref: '#/components/x'", "which it does not contain"),
        ("openapi: 3.0.3\npaths: {}\na: &a {b: *a}", "parts"),
        (None, "No such file"),
    ],
)
def test_an_unusable_document_is_refused_in_one_sentence(tmp_path, text, message):
    path = tmp_path / "document.yaml"
    if text is not None:
        path.write_text(text)
    status, output, errors = console("--base-url", "http://127.0.0.1:1", "--document", path, cwd=tmp_path)
    assert (status, output) == (2, "")
    assert message in errors
    assert errors.count("\n") == 1


def test_a_document_without_create_order_is_refused_in_one_sentence(tmp_path):
    path = tmp_path / "document.yaml"
    path.write_text("openapi: 3.0.3\npaths: {}")
    status, _, errors = console_process("--base-url", "http://127.0.0.1:1", "--document", path, cwd=tmp_path)
    assert status == 2
    assert "no create-order operation" in errors
    assert errors.count("\n") == 1
