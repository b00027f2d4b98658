"""--examples: requests that broke a rule in an earlier run, on any machine, are sent first in the next one."""

import contextlib
import shutil
import socket
import subprocess
import time

import pytest
from console import console, free_port
from hypothesis.database import ReadOnlyDatabase
from spot_contract.configuration import examples
from spot_contract.errors import CannotJudge
from suite_process import TOKEN, report


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    (folder / "conformance.toml").write_text('forms = "none"')
    return folder


def judge(url, home, *options):
    return console("--base-url", url, "--profile", "quick", "--rule", "methods", *options, cwd=home)[0]


def files_of(folder):
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


@pytest.fixture(scope="module")
def lucky_shard(faulty_server, home):
    """A part of the run that does not find the fault by itself."""
    return next(part for part in (f"{k}/9" for k in range(1, 10)) if judge(faulty_server, home, "--shard", part) == 0)


def test_a_failure_that_one_machine_found_is_tried_first_on_another(home, faulty_server, lucky_shard, tmp_path):
    database = tmp_path / "examples"
    assert judge(faulty_server, home, "--examples", database) == 1
    assert files_of(database)
    assert TOKEN.encode() not in b"".join(path.read_bytes() for path in files_of(database))
    options = ("--shard", lucky_shard, "--examples", database, "--report-dir", tmp_path / "report")
    assert judge(faulty_server, home, *options) == 1
    assert {one["rule"] for one in report(tmp_path / "report")["findings"]} == {"methods.refused"}


def test_an_example_that_no_longer_fails_is_deleted(home, correct_server, faulty_server, tmp_path):
    assert judge(faulty_server, home, "--examples", tmp_path / "one") == 1
    assert judge(correct_server, home, "--examples", tmp_path / "one") == 0
    assert [path for path in files_of(tmp_path / "one") if b"request" in path.read_bytes()] == []


def test_a_real_recipient_is_kept_in_no_database(home, faulty_server, tmp_path):
    recipient = tmp_path / "me.yaml"
    recipient.write_text(
        "first_name: Real\nlast_name: Person\nemail: real@example.com\nphone: 415-555-0100\n"
        "address: {street1: 1 Own St, city: Juneau, state: AK, country: US, zip: '99801'}\n"
    )
    assert judge(faulty_server, home, "--recipient", recipient, "--examples", tmp_path / "one") in {1, 2}
    assert files_of(tmp_path / "one") == []


def _is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def redis_server(tmp_path):
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed here")
    port = free_port()
    process = subprocess.Popen(
        [program, "--port", str(port), "--save", "", "--dir", str(tmp_path)], stdout=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + 10
        while not _is_open(port) and time.monotonic() < end:
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


def test_a_redis_server_and_a_folder_share_failures(home, faulty_server, lucky_shard, tmp_path):
    with redis_server(tmp_path) as address:
        both = ("--examples", address, "--examples", tmp_path / "folder")
        assert judge(faulty_server, home, *both) == 1
        assert files_of(tmp_path / "folder")
        assert judge(faulty_server, home, "--shard", lucky_shard, "--examples", address) == 1


def test_artifacts_of_github_are_only_read():
    assert isinstance(examples.opened(["github:owner/repository"]).database, ReadOnlyDatabase)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("github:owner", "expected github:OWNER/REPOSITORY"),
        ("https://user:secret@example.com", "https://***@example.com"),
        ("redis://user:secret@127.0.0.1:1/0", "redis://***@127.0.0.1:1/0 cannot be reached"),
    ],
)
def test_an_unusable_database_is_refused_without_showing_its_password(name, message):
    with pytest.raises(CannotJudge) as caught:
        examples.opened([name])
    assert message in str(caught.value)
    assert "secret" not in str(caught.value)


def test_entries_of_other_programs_are_ignored():
    credential = None
    for data in (b"", b"{}", b"\xff", b'{"request": {}, "intent": {}}', b"[]", b"null"):
        assert examples._read(data, credential) is None
