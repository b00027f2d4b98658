"""--examples: what broke a rule in an earlier run, anywhere, is tried first in the next one."""

import contextlib
import shutil
import subprocess
import time

import pytest
from console import TOKEN, console, free_port, report
from hypothesis.database import ReadOnlyDatabase
from spot_contract.configuration import examples
from spot_contract.errors import CannotJudge
from suite_process import sandbox

FAULT = ("--fault", "put-accepted")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    (folder / "conformance.toml").write_text('forms = "none"')
    return folder


@pytest.fixture(scope="module")
def faulty():
    with sandbox(*FAULT) as url:
        yield url


def judged(url, home, *options):
    return console("--base-url", url, "--profile", "quick", "--rule", "methods", *options, cwd=home)[0]


def kept(folder):
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def lucky_shard(url, home):
    """A part of the run that does not find the fault by itself."""
    return next(part for part in (f"{number}/9" for number in range(1, 10)) if judged(url, home, "--shard", part) == 0)


def test_a_failure_that_one_machine_found_is_tried_first_on_another(home, faulty, tmp_path):
    examples_folder = tmp_path / "examples"
    assert judged(faulty, home, "--examples", examples_folder) == 1
    assert kept(examples_folder)
    assert TOKEN.encode() not in b"".join(path.read_bytes() for path in kept(examples_folder))
    part = lucky_shard(faulty, home)
    options = ("--shard", part, "--examples", examples_folder, "--report-dir", tmp_path / "report")
    assert judged(faulty, home, *options) == 1
    assert {one["rule"] for one in report(tmp_path / "report")["findings"]} == {"methods.refused"}


def test_what_breaks_nothing_any_more_is_forgotten(home, faulty, tmp_path):
    assert judged(faulty, home, "--examples", tmp_path / "one") == 1
    with sandbox() as mended:
        assert judged(mended, home, "--examples", tmp_path / "one") == 0
    assert [path for path in kept(tmp_path / "one") if b"request" in path.read_bytes()] == []


def test_a_real_recipient_is_kept_in_no_database(home, faulty, tmp_path):
    recipient = tmp_path / "me.yaml"
    recipient.write_text(
        "first_name: Real\nlast_name: Person\nemail: real@example.com\nphone: 415-555-0100\n"
        "address: {street1: 1 Own St, city: Juneau, state: AK, country: US, zip: '99801'}\n"
    )
    assert judged(faulty, home, "--recipient", recipient, "--examples", tmp_path / "one") in {1, 2}
    assert kept(tmp_path / "one") == []


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
        time.sleep(1)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


def test_a_redis_server_and_a_folder_share_what_was_found(home, faulty, tmp_path):
    with redis_server(tmp_path) as address:
        both = ("--examples", address, "--examples", tmp_path / "folder")
        assert judged(faulty, home, *both) == 1
        assert kept(tmp_path / "folder")
        part = lucky_shard(faulty, home)
        assert judged(faulty, home, "--shard", part, "--examples", address) == 1


def test_artifacts_of_github_are_only_read():
    assert isinstance(examples.opened(["github:owner/repository"]).database, ReadOnlyDatabase)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("github:owner", "expected github:OWNER/REPOSITORY"),
        ("https://user:secret@example.com", "https://***@example.com"),
        ("redis://user:secret@127.0.0.1:1/0", "redis://***@127.0.0.1:1/0 cannot be reached"),
    ],
)
def test_what_is_no_database_is_refused_and_shows_no_password(name, told):
    with pytest.raises(CannotJudge) as caught:
        examples.opened([name])
    assert told in str(caught.value)
    assert "secret" not in str(caught.value)


def test_what_another_program_kept_is_left_alone():
    credential = None
    for data in (b"", b"{}", b"\xff", b'{"request": {}, "intent": {}}', b"[]", b"null"):
        assert examples._read(data, credential) is None
