"""--document: judging by another version of the document than the one that the distribution carries."""

import http.server
import threading

import pytest
import yaml
from console import ROOT, console, report
from spot_contract.document import versions
from spot_contract.document.openapi import STRICT, VENDORED, parse
from suite_process import sandbox

PUBLISHED = (ROOT / "openapi" / "spot-api-v2.yaml").read_text(encoding="utf-8")
ENUM = ("--profile", "quick", "--rule", "refusal.enum")


def mexico():
    """The document with Mexico among the countries."""
    raw = yaml.safe_load(PUBLISHED)
    raw["components"]["schemas"]["Address"]["properties"]["country"]["enum"].append("MX")
    return yaml.safe_dump(raw)


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "next.yaml"
    path.write_text(mexico())
    (tmp_path / "conformance.toml").write_text('forms = "none"')
    return path


def test_a_server_of_the_next_version_conforms_to_that_alone(document, tmp_path):
    with sandbox("--document", str(document)) as url:
        by_this = console("--base-url", url, *ENUM, cwd=tmp_path)
        by_next = console("--base-url", url, *ENUM, "--document", document, "--report-dir", tmp_path, cwd=tmp_path)
    assert by_this[0] == 1
    assert by_next[0] == 0, by_next
    assert report(tmp_path)["document"] != ""


@pytest.mark.usefixtures("document")
def test_a_document_comes_from_an_address_too(tmp_path):
    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *given):
            super().__init__(*given, directory=tmp_path)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as pages:
        threading.Thread(target=pages.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{pages.server_port}/"
        status, out, _ = console("--rules", "--document", f"{address}next.yaml", cwd=tmp_path)
        missing = console("--rules", "--document", f"{address}no.yaml", cwd=tmp_path)
        pages.shutdown()
    assert (status, "refusal.enum" in out) == (0, True)
    assert missing[0] == 2
    assert "cannot be fetched: " in missing[2]


def test_the_strict_form_of_the_carried_document_is_the_carried_strict_document():
    vendored, strict = (parse(path.read_bytes(), path.name) for path in (VENDORED, STRICT))
    assert versions.strict_form(vendored, vendored, strict) == strict


def test_the_strict_form_of_another_document_keeps_what_that_changed():
    vendored, strict = (parse(path.read_bytes(), path.name) for path in (VENDORED, STRICT))
    made = versions.strict_form(yaml.safe_load(mexico()), vendored, strict)
    address = made["components"]["schemas"]["Address"]["properties"]["country"]["enum"]
    assert address == ["US", "CA", "MX"]
    assert "order_id" in made["components"]["schemas"]["OrderEmpty"]["required"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("openapi: 2.0\npaths: {}", "not an OpenAPI 3 document"),
        ("- 1", "it has no paths"),
        ("{", "cannot be read"),
        ("openapi: 3.0.3\npaths:\n  /a:\n    $ref: other.yaml#/a", "which it does not contain"),
        ("openapi: 3.0.3\npaths:\n  /a:\n    $ref: '#/components/x'", "which it does not contain"),
        ("openapi: 3.0.3\npaths: {}", "no create-order operation"),
        ("openapi: 3.0.3\npaths: {}\na: &a {b: *a}", "parts"),
        (None, "No such file"),
    ],
)
def test_what_nothing_can_be_judged_by_is_refused_in_a_sentence(tmp_path, text, told):
    path = tmp_path / "document.yaml"
    if text is not None:
        path.write_text(text)
    status, out, errors = console("--base-url", "http://127.0.0.1:1", "--document", path, cwd=tmp_path)
    assert (status, out) == (2, "")
    assert told in errors
    assert errors.count("\n") == 1
