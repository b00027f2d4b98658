"""What the inspector serves without a browser, and to whom."""

import re
import socket

import pytest
from sandbox_talk import Talk, envelope

PAGE = "/_sandbox/"


class TestServes:
    @pytest.mark.parametrize("name", ["", "window.js", "window.css", "json.js", "icon.svg"])
    def test_every_file_carries_a_strict_policy(self, talk, name):
        answer = talk.call(method="GET", path=PAGE + name, authorization=None)
        assert answer.status == 200
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        if not name:
            assert not re.search(rb"<style|<script(?! type=\"module\" src=)| style=| on[a-z]+=", answer.body)

    @pytest.mark.parametrize(
        "path", ["pages.py", "../pages.py", "%2e%2e/pages.py", "files/index.html", "index.html", "/", "api"]
    )
    def test_nothing_else_is_served(self, talk, path):
        answer = talk.call(method="GET", path=PAGE + path)
        assert (answer.status, envelope(answer)["type"]) == (404, "not_found")

    def test_other_methods_are_refused(self, talk):
        answer = talk.call(method="POST", path=PAGE)
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")

    @pytest.mark.parametrize("options", [["--no-inspector"], ["--workers", "2"]])
    def test_window_is_off(self, start, tmp_path, options):
        talk = Talk(start(*options, "--database", tmp_path / "orders.db").port)
        for path in ("", "window.js", "api/orders", "api/events"):
            assert talk.call(method="GET", path=PAGE + path).status == 404
        assert talk.call(method="POST", path=f"{PAGE}api/reset").status == 404
        talk.place(talk.draft())


class TestGuard:
    """Requests from pages of other servers that are open in the same browser."""

    PATHS = ("", "window.js", "api/orders")

    @pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil"])
    def test_foreign_host_name_is_refused(self, talk, host):
        for path in self.PATHS:
            assert self.get(talk, path, host=host).startswith(b"HTTP/1.1 403")

    @pytest.mark.parametrize("host", ["localhost:{}", "127.0.0.1:{}", "[::1]:{}"])
    def test_host_names_of_this_machine_are_accepted(self, talk, host):
        assert self.get(talk, "", host=host.format(talk.port)).startswith(b"HTTP/1.1 200")

    @pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "http://localhost"])
    def test_pages_of_others_cannot_reset(self, talk, origin):
        talk.place(talk.draft())
        before = talk.call(method="GET", path=f"{PAGE}api/count").body
        answer = talk.call(b"{}", "text/plain", path=f"{PAGE}api/reset", headers=[("Origin", origin)])
        assert answer.status == 403
        assert talk.call(method="GET", path=f"{PAGE}api/count").body == before

    def get(self, talk, path, host):
        with socket.create_connection(("127.0.0.1", talk.port), timeout=5) as connection:
            connection.sendall(f"GET {PAGE}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            return connection.recv(65536)
