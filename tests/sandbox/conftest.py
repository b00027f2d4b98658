"""Servers to talk to."""

from __future__ import annotations

import pytest
from sandbox_process import Process
from sandbox_talk import Talk


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
