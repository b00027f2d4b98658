"""spot-contract --start: the server is started, waited for, judged, and ended with all of its processes."""

import os
import shlex
import socket
import sys
import time
from pathlib import Path

import pytest
from console import console, free_port
from spot_contract.command import starting
from suite_process import TOKEN

HERE = Path(__file__).parent
posix = pytest.mark.skipif(os.name == "nt", reason="the test looks at POSIX process groups")


def command_line(*parts):
    return shlex.join(map(str, parts))


def start(command, tmp_path, *options, port=None, **more):
    url = f"http://127.0.0.1:{port or free_port()}"
    return console("--start", command, "--base-url", url, "--profile", "quick", *options, cwd=tmp_path, **more)


def python(text):
    return command_line(sys.executable, "-c", text)


def is_alive(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_server_is_started_judged_and_ended(tmp_path):
    port = free_port()
    command = command_line(sys.executable, "-m", "spot_sandbox", "--port", port)
    status, output, errors = start(command, tmp_path, "--rule", "methods", port=port)
    assert (status, errors) == (0, "")
    assert "CONFORMS: 4 rules judged" in output
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port))


@posix
@pytest.mark.parametrize("mode", [(), ("ignore",)], ids=["one that ends when asked", "one that does not"])
def test_the_whole_process_group_is_ended(tmp_path, monkeypatch, mode):
    if mode:
        monkeypatch.setattr(starting, "_GRACE", 0.5)
    port, numbers = free_port(), tmp_path / "pids"
    command = command_line(sys.executable, HERE / "tiny_server.py", port, numbers, *mode)
    status, _, errors = start(command, tmp_path, port=port)
    assert status == 2
    assert "does not accept the token" in errors
    assert not [number for number in map(int, numbers.read_text().split()) if is_alive(number)]


def test_a_command_that_dies_is_reported_with_the_end_of_its_log_and_without_the_token(tmp_path):
    text = "import os; [print('line', n) for n in range(90)]; print(os.environ['SPOT_API_TOKEN']); raise SystemExit(3)"
    status, output, errors = start(python(text), tmp_path)
    assert (status, output) == (2, "")
    assert "ended with exit code 3 before anything answered" in errors
    assert "line 89" in errors
    assert "line 60\n" not in errors
    assert TOKEN not in errors


def test_a_command_that_hangs_without_output_is_reported(tmp_path):
    began = time.monotonic()
    status, _, errors = start(python("import time; time.sleep(300)"), tmp_path, "--start-timeout", "0.5s")
    assert status == 2
    assert "nothing answers at http://127.0.0.1:" in errors
    assert "It printed nothing." in errors
    assert time.monotonic() - began < 60


@pytest.mark.parametrize(
    ("command", "message"),
    [("no/such/server", "cannot be run"), ("'", "is not a valid command"), (" ", "is empty")],
)
def test_an_invalid_command_is_refused(tmp_path, command, message):
    status, _, errors = start(command, tmp_path)
    assert status == 2
    assert message in errors
    assert errors.count("\n") == 1


def test_a_port_that_another_process_holds_is_refused_before_anything_is_started(tmp_path):
    mark = tmp_path / "started"
    with socket.create_server(("127.0.0.1", 0)) as other:
        status, _, errors = start(python(f"open({str(mark)!r}, 'w').close()"), tmp_path, port=other.getsockname()[1])
    assert status == 2
    assert "Another process already accepts connections" in errors
    assert not mark.exists()


def test_no_shell_reads_the_command(tmp_path):
    mark = tmp_path / "made-by-a-shell"
    status, _, _ = start(f"{command_line(sys.executable, '-c', '')}; touch {mark}", tmp_path, "--start-timeout", "0.5s")
    assert status == 2
    assert not mark.exists()


def test_start_without_an_address_is_refused(tmp_path):
    status, _, errors = console("--start", "server", cwd=tmp_path)
    assert status == 2
    assert "--start needs --base-url" in errors


def test_a_server_that_dies_during_the_run_is_reported_with_its_log(tmp_path):
    port = free_port()
    command = command_line(sys.executable, HERE / "tiny_server.py", port, tmp_path / "pids", "die")
    status, output, errors = start(command, tmp_path, port=port)
    assert status == 2
    assert "out of luck" in output + errors
    assert "exit code 7" in output + errors
