"""Servers to talk to."""

import logging
import signal

import pytest
from sandbox_process import Process
from sandbox_talk import Talk
from spot_sandbox.serving import server, workers
from spot_sandbox.serving.cli import main


@pytest.fixture
def start():
    """Start sandboxes, and end them after the test."""
    started = []

    def run(*options, **more):
        started.append(Process(*options, **more))
        return started[-1]

    yield run
    for process in started:
        process.kill()


@pytest.fixture(scope="session")
def process():
    """One conforming sandbox for all tests that only ask it questions."""
    running = Process()
    yield running
    assert running.kill() == "", "a conforming sandbox has nothing to complain about"


@pytest.fixture
def talk(process):
    return Talk(process.port)


@pytest.fixture
def command(capfd, monkeypatch):
    """Run the command line in this process, with options that it refuses; the exit code, stdout and stderr."""
    monkeypatch.delenv("SPOT_API_TOKEN", raising=False)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def serves(*_):
        raise AssertionError("it serves")

    monkeypatch.setattr(server, "serve", serves)
    monkeypatch.setattr(workers, "run_workers", serves)

    def call(*options):
        try:
            code = main(["--port", "0", *map(str, options)])
        except SystemExit as end:
            code = end.code
        return code, *capfd.readouterr()

    yield call
    logging.disable(logging.NOTSET)
    for number, handler in handlers.items():
        signal.signal(number, handler)
