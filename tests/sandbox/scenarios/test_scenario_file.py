"""Scenarios that are armed by a file at the start."""

import contextlib
import time

import pytest
from sandbox_talk import Talk, text_of


def test_first_requests_meet_the_scenarios_of_a_file(start, tmp_path):
    file = tmp_path / "scenarios.yaml"
    file.write_text("- scenario: 429\n  times: 2\n- scenario: 500\n  when: {recipient.first_name: Bob}\n")
    talk = Talk(start("--scenario", file).port)
    statuses = [talk.call(text_of(talk.draft()).encode()).status for _ in range(3)]
    bob = talk.call(text_of(talk.draft({"recipient.first_name": "Bob"})).encode()).status
    assert (statuses, bob) == ([429, 429, 201], 500)


def test_connections_are_refused_from_the_start(start, tmp_path):
    file = tmp_path / "scenarios.yaml"
    file.write_text("- {scenario: refuse connection, seconds: 1}\n")
    talk = Talk(start("--scenario", file).port)
    with pytest.raises(ConnectionRefusedError):
        talk.call()
    deadline = time.monotonic() + 10
    while True:
        with contextlib.suppress(ConnectionRefusedError):
            talk.place(talk.draft())
            break
        assert time.monotonic() < deadline, "the connections are still refused"
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1", "must be a list"),
        ("- times: 1", "entry 1: The scenario has no name"),
        ("- scenario: 500\n- scenario: 600", "entry 2: Unknown scenario '600'"),
        ("- {scenario: 500, colour: red}", "entry 1: Unknown setting 'colour'"),
        ("- {scenario: refuse connection}", "entry 1: set seconds"),
        ("[", "is not valid YAML"),
        (None, "cannot read the scenario file"),
    ],
)
def test_wrong_file_is_one_line(command, tmp_path, text, message):
    file = tmp_path / "scenarios.yaml"
    if text is not None:
        file.write_text(text)
    code, out, err = command("--scenario", file)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert message in err
