"""scripts/vendor: sources that are missing, unsafe, too large, too slow or of the wrong kind."""

import time

import httpx
import pytest
from spot_tools.checkout.layout import Layout
from spot_tools.errors import ToolError
from spot_tools.vendoring import fetch
from vendoring import document, page, refuse

ROOT = Layout.here().root
PAGE = ROOT / "openapi" / "source" / "create-order.md"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("no-such-file.md", "is not a file"),
        ("/", "is a folder: expected a page"),
        ("http://docs.example.com/a.md", "which is not encrypted: use https"),
        ("ftp://docs.example.com/a.md", "is not an https address"),
        ("file:///etc/passwd", "is not an https address"),
        ("https://user:secret@docs.example.com/a.md", "address contains a password"),
        ("http://127.0.0.1:1/a.md", "cannot be fetched"),
        ("https://[::bad/a.md", "cannot be fetched|is not an https address"),
    ],
)
def test_an_unusable_source_is_one_sentence(checkout, source, message):
    found = refuse(checkout, message, source)
    assert "\n" not in found
    assert "secret" not in found


def test_a_huge_file_is_rejected_without_reading_all_of_it(checkout, tmp_path):
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    refuse(checkout, "has more than 10,485,760 bytes", path)


def test_a_huge_response_is_abandoned(checkout, provider, monkeypatch):
    monkeypatch.setattr(fetch, "MAX_BYTES", 1000)
    refuse(checkout, "has more than 1,000 bytes", provider.serve("/a.md", b"x" * 2000))


def test_a_response_without_an_end_is_abandoned(checkout, provider, monkeypatch):
    monkeypatch.setattr(fetch, "SECONDS", 0.3)

    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            if handler.server._BaseServer__shutdown_request:
                break
            time.sleep(0.02)

    provider.answers["/a.md"] = drip
    refuse(checkout, "takes longer than|did not respond in time", provider.address + "/a.md")


def test_a_truncated_response_is_rejected(checkout, provider):
    def cut(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(page(document()).encode()[:200])

    provider.answers["/a.md"] = cut
    refuse(checkout, "cannot be fetched", provider.address + "/a.md")


@pytest.mark.parametrize(
    ("status", "location", "message"),
    [
        (404, None, "responds with 404 Not Found: check the address"),
        (401, None, "responds with 401"),
        (500, None, "responds with 500"),
        (302, "http://example.com/a.md", "is not encrypted"),
        (302, "ftp://127.0.0.1/a.md", "is not an https address"),
        (302, "/a.md", "redirects more than 5 times"),
    ],
)
def test_an_unusable_response_is_one_sentence(checkout, provider, status, location, message):
    headers = {"Location": location} if location else {}
    found = refuse(checkout, message, provider.serve("/a.md", b"no", status, **headers))
    assert "\n" not in found


def test_a_redirect_from_https_to_http_is_rejected():
    with pytest.raises(ToolError, match="redirects from https to http"):
        fetch._checked(httpx.URL("http://127.0.0.1/a"), "https://a", httpx.URL("https://a.example.com/a"))


def test_a_login_page_behind_a_redirect_is_reported(checkout, provider):
    login = provider.serve("/login", b"<!doctype html><title>Log in</title>", Content_Type="text/html")
    refuse(checkout, "is an HTML page", provider.serve("/a.md", b"", 302, Location=login))
