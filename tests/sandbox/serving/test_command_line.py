"""The command line: start, end and wrong options."""

import contextlib
import re
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from sandbox_process import ENVIRONMENT, ROOT, VENDORED
from sandbox_talk import JSON, PATH, TOKEN, URLENCODED, Talk, denied


class TestStart:
    def test_first_line_is_the_address(self, process):
        assert re.fullmatch(r"spot-sandbox listening on http://127\.0\.0\.1:\d+", process.line)

    def test_token_of_the_environment_is_used(self, start):
        talk = Talk(start(token=None, SPOT_API_TOKEN=TOKEN).port)
        talk.place(talk.draft())

    def test_option_wins_over_the_environment(self, start):
        talk = Talk(start(SPOT_API_TOKEN="another").port)
        talk.place(talk.draft())

    def test_random_token_is_printed(self, start):
        process = start(token=None)
        token = process.read_line(1).removeprefix("token: ")
        talk = Talk(process.port)
        denied(talk.call(b"{}"))
        talk.place(talk.draft(), authorization=f"Token {token}")

    def test_document_can_be_another_one(self, start, tmp_path):
        document = VENDORED.read_text("utf-8")
        changed = tmp_path / "changed.yaml"
        changed.write_text(
            document.replace("        - last_name\n", "        - last_name\n        - title\n", 1), "utf-8"
        )
        talk = Talk(start("--document", changed).port)
        with pytest.raises(AssertionError, match="title"):
            talk.place(talk.draft())
        talk.place(talk.draft({"recipient.title": "Dr"}), URLENCODED, "dotted")

    def test_effective_document_serves_as_well(self, start):
        talk = Talk(start("--document", ROOT / "openapi" / "effective" / "contract.yaml").port)
        talk.place(talk.draft())


class TestEnd:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_signal_ends_it_cleanly(self, start, number):
        process = start()
        Talk(process.port).place(Talk(process.port).draft())
        assert process.end(number) == (0, "", "")

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_signal_ends_it_with_requests_open(self, start, number):
        process = start(settings={"spot_sandbox.serving.server.GRACE": 0.2})
        unfinished = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Token {TOKEN}\r\nContent-Type: {JSON}\r\n"
        unfinished += "Content-Length: 9\r\n\r\n"
        with contextlib.ExitStack() as stack:
            for sent in ("", "POST", unfinished):
                connection = stack.enter_context(socket.create_connection(("127.0.0.1", process.port)))
                connection.sendall(sent.encode())
            Talk(process.port).call()
            assert process.end(number) == (0, "", "")


class TestWrongOptions:
    @pytest.mark.parametrize(
        ("options", "word"),
        [
            (["--bogus"], "--bogus"),
            (["--port", "http"], "--port: 'http' is not a number from 0 to 65535"),
            (["--port", "70000"], "'70000' is not a number from 0 to 65535"),
            (["--host", "no-such-host.invalid"], "no-such-host"),
            (["--document", "no-such-file.yaml"], "no-such-file.yaml"),
            (["--database", "no/such/folder/orders.db"], "no/such/folder"),
            (["--database", "mysql://localhost/orders"], "PostgreSQL"),
            (["--database", "postgresql://127.0.0.1:1/orders"], "postgresql"),
            (["--database", "://"], "database"),
            (["--token", "two words"], "token"),
            (["--token", ""], "token"),
            (["--fault", "no-such-fault"], "no-such-fault"),
        ],
    )
    def test_one_line_and_exit_code_2(self, command, options, word):
        code, out, err = command(*options)
        assert (code, out) == (2, "")
        assert err.count("\n") == 1
        assert word in err

    @pytest.mark.parametrize(
        "text",
        ["[", "", "- a\n- b\n", "openapi: 3.1.0\n", "openapi: 3.0.3\n", "openapi: 3.0.3\npaths: [1]\n", "\ud800"],
    )
    def test_unusable_document_is_one_line(self, command, tmp_path, text):
        document = tmp_path / "document.yaml"
        document.write_bytes(text.encode("utf-8", "surrogatepass"))
        code, out, err = command("--document", document)
        assert (code, out, err.count("\n")) == (2, "", 1)

    def test_reference_to_nowhere_is_named(self, command, tmp_path):
        text = VENDORED.read_text("utf-8").replace("schemas/Recipient'", "schemas/Nobody'")
        document = tmp_path / "document.yaml"
        document.write_text(text, "utf-8")
        code, _, err = command("--document", document)
        assert (code, err.count("\n")) == (2, 1)
        assert "Nobody" in err

    def test_document_without_an_operation_is_refused(self, command, tmp_path):
        document = tmp_path / "document.yaml"
        document.write_text("openapi: 3.0.3\npaths: {}\n")
        code, _, err = command("--document", document)
        assert (code, err) == (2, "spot-sandbox: the document has no operations\n")

    def test_exit_code_is_that_of_the_process(self):
        arguments = [sys.executable, "-m", "spot_sandbox", "faults", "--bogus"]
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=20, env=ENVIRONMENT, check=False)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)

    def test_file_that_is_no_database_is_left_alone(self, command, tmp_path):
        file = tmp_path / "notes.txt"
        file.write_text("x" * 5000)
        code, _, err = command("--database", file)
        assert (code, err.count("\n")) == (2, 1)
        assert file.read_text() == "x" * 5000

    def test_taken_port_is_one_line_and_leaves_no_database(self, command, process, tmp_path):
        port = process.port
        code, out, err = command("--port", port, "--database", tmp_path / "orders.db")
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert str(port) in err
        assert not list(tmp_path.iterdir())


def test_parallel_orders_have_ids_of_their_own(process):
    talk = Talk(process.port)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(talk.place, [talk.draft() for _ in range(300)]))
    assert len(talk.ids) == 300


class TestSecrecy:
    def test_nothing_of_a_payload_or_a_token_is_printed(self, start):
        process = start()
        talk = Talk(process.port)
        talk.place(talk.draft())
        for body in (b"", b"{", b"\xff", b'{"recipient": "canary"}', b"[" * 20_000):
            talk.call(body)
            talk.call(body, "multipart/form-data; boundary=x")
            talk.call(body, authorization="Token canary")
        assert process.end() == (0, "", "")
