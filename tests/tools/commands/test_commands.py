"""The commands as a person calls them: executables, unknown words, exit codes, interruption."""

import os
import signal
import subprocess
import sys
import time

import pytest
from checkouts import copied
from create_order import PAGE, create_order_alone
from spot_tools import environment
from spot_tools.checkout.layout import Layout
from spot_tools.commands import bench, checks
from spot_tools.errors import ToolError, exit_code

ROOT = Layout.here().root
COMMANDS = sorted(path.name for path in (ROOT / "scripts").iterdir() if path.is_file())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_executable_and_starts_with_the_standard_library_alone(command):
    path = ROOT / "scripts" / command
    assert os.access(path, os.X_OK)
    imports = [line for line in path.read_text().splitlines() if line.startswith(("import ", "from "))]
    assert set(imports) <= {
        "import sys",
        "from spot_tools.environment import run_command",
        "from spot_tools.commands.checks import main",
    }
    code = "import sys; sys.path.insert(0, 'scripts'); import spot_tools.environment, spot_tools.commands.checks"
    subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, check=True)


@pytest.mark.parametrize(
    ("module", "arguments", "message"),
    [
        (checks, ["lnit"], "scripts/test: unknown check 'lnit': use lint, types, drift"),
        (bench, [], "expected what to measure"),
        (bench, ["clinet"], "expected what to measure"),
    ],
)
def test_an_unknown_word_is_one_sentence_and_exit_2(capsys, module, arguments, message):
    assert module.main(arguments) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert (printed.out, printed.err.count("\n")) == ("", 1)


@pytest.mark.parametrize("path", ["tests/tools", "tests/tools/commands/test_commands.py::test_x"])
def test_paths_of_tests_are_passed_to_pytest(monkeypatch, path):
    calls = []
    monkeypatch.setattr(checks, "run_tox", lambda *arguments: calls.append(arguments) or 1)
    assert checks.main([path]) == 1
    assert calls == [(f"py{sys.version_info.major}{sys.version_info.minor}", "--", path)]


@pytest.mark.parametrize("words", [["tests/missing"], ["lint", "tests/tools"]])
def test_paths_of_tests_stand_alone_and_exist(capsys, words):
    assert checks.main(words) == 2
    assert f"unknown check {words[-1]!r}" in capsys.readouterr().err


def test_the_exit_code_of_a_command_is_passed_on():
    assert environment.call([sys.executable, "-c", "raise SystemExit(7)"]) == 7


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (ToolError("do this."), 2, "do this.\nNothing was written."),
        (
            OSError(13, "Permission denied", "f"),
            2,
            "[Errno 13] Permission denied: 'f'\nNothing was written.",
        ),
        (KeyboardInterrupt(), 130, "interrupted. Nothing was written."),
    ],
)
def test_an_error_is_a_message_and_an_exit_code(capsys, error, code, message):
    def run():
        raise error

    assert exit_code("scripts/x", run, "Nothing was written.") == code
    assert capsys.readouterr().err == f"scripts/x: {message}\n"


def test_a_command_ended_by_a_signal_has_the_shells_exit_code():
    assert environment.call([sys.executable, "-c", "import os; os.kill(os.getpid(), 15)"]) == 128 + 15


def test_an_interrupt_of_the_command_alone_reaches_the_command():
    code = (
        "import sys; sys.path.insert(0, 'scripts')\n"
        "from spot_tools.environment import call\n"
        "child = 'import time\\ntry:\\n  print(1, flush=True); time.sleep(60)\\n'\n"
        "child += 'except KeyboardInterrupt:\\n  exit(5)'\n"
        "sys.exit(call([sys.executable, '-c', child]))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 5
    assert time.monotonic() - start < 20
    process.stdout.close()


@pytest.mark.parametrize(
    ("codes", "code"), [([0, 0], 0), ([0, 1], 1), ([1, 2], 2), ([2, 0], 2), ([1, 1], 1), ([0, 130], 2)]
)
def test_all_checks_run_and_the_worst_decides(monkeypatch, capsys, codes, code):
    steps = {f"step{number}": ("what", lambda result=result: result) for number, result in enumerate(codes)}
    monkeypatch.setattr(checks, "STEPS", steps)
    assert checks.main([]) == code
    table = capsys.readouterr().out.split("== all checks")[1]
    assert table.count("step") == len(codes)


def test_a_missing_index_is_a_sentence(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(environment, "_TOX_HOME", tmp_path / "tox")
    monkeypatch.setattr(environment, "_fingerprint", lambda: "never made")
    monkeypatch.setattr(environment, "call", lambda *_, **__: 1)
    monkeypatch.setattr(environment.venv, "create", lambda *_, **__: None)
    assert environment.run_command("regenerate", []) == 2
    assert "pip could not install tox" in capsys.readouterr().err


def test_the_routine_runs_command_by_command(tmp_path):
    """Vendor, list the changes and regenerate, each as a process of its own, as a maintainer does."""
    create_order_alone(Layout(copied(tmp_path, "openapi", "generated", "scripts")))
    page = tmp_path / "create-order.md"
    page.write_text((ROOT / PAGE).read_text().replace("        - completed\n", "        - completed\n        - sent\n"))
    for command, printed in (
        (["vendor", str(page)], "changed: openapi/spec.lock"),
        (["changes", str(ROOT / "openapi" / "spot-api-v2.yaml"), str(page)], "breaking"),
        (["regenerate"], "OrderStatus"),
    ):
        environment = {**os.environ, "PYTHONPATH": str(tmp_path / "scripts")}
        done = subprocess.run(
            [sys.executable, "-m", "spot_tools.commands", *command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert printed in done.stdout, done.stdout
