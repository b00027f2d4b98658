"""The Containerfile and the recipe for compose, as far as they can be tested without a container engine."""

import json
import os
import re
import subprocess
import sys

import pytest
import yaml
from sandbox_process import ENVIRONMENT, ROOT
from sandbox_talk import Talk

CONTAINERFILE = ROOT / "sandbox" / "Containerfile"
RECIPES = ROOT / "docs" / "sandbox.md"


def instructions():
    """The instructions of the last stage: a list of words and arguments."""
    text = re.sub(r"\\\n\s*", "", CONTAINERFILE.read_text("utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [tuple(line.split(maxsplit=1)) for line in lines]


def last_stage():
    found = instructions()
    begins = max(index for index, (word, _) in enumerate(found) if word == "FROM")
    return dict(found[begins:])


def test_it_runs_as_a_number_that_is_not_root():
    assert all(part.isdigit() and int(part) > 0 for part in last_stage()["USER"].split(":"))


def test_nothing_is_taken_from_addresses_and_all_that_is_copied_is_there():
    for word, arguments in instructions():
        assert word != "ADD"
        if word == "COPY" and "--from" not in arguments:
            assert (ROOT / arguments.split()[0]).exists()


def test_extras_that_it_installs_exist():
    given = re.search(r"/source/sandbox\[([a-z,]+)\]", CONTAINERFILE.read_text("utf-8"))[1].split(",")
    offered = (ROOT / "sandbox" / "pyproject.toml").read_text("utf-8")
    assert all(f"optional-dependencies.{name} =" in offered for name in given)


def test_what_it_starts_answers_its_health_check(start):
    command = json.loads(last_stage()["ENTRYPOINT"])
    assert command[0] == "spot-sandbox"
    assert f"\n{command[0]} = " in (ROOT / "sandbox" / "pyproject.toml").read_text("utf-8")
    port = command[command.index("--port") + 1]
    assert last_stage()["EXPOSE"] == port
    check = json.loads(last_stage()["HEALTHCHECK"].partition("CMD ")[2])
    assert check[0] == "python"
    process = start(*[word for word in command[1:] if word not in {"--port", port}])
    Talk(process.port).call()

    def healthy():
        here = [word.replace(f":{port}/", f":{process.port}/") for word in check[1:]]
        return subprocess.run([sys.executable, *here], capture_output=True, check=False).returncode == 0

    assert healthy()
    process.kill()
    assert not healthy()


@pytest.mark.skipif(os.name != "posix" or not hasattr(os, "fork"), reason="users and modes are those of POSIX")
def test_it_writes_nothing_but_the_database(tmp_path):
    """Orders in memory: a folder that it may not write to is enough."""
    environment = {**ENVIRONMENT, "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    popen = subprocess.Popen(
        [sys.executable, "-m", "spot_sandbox", "--port", "0", "--token", "x"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=tmp_path,
    )
    with popen:
        talk = Talk(int(popen.stdout.readline().rpartition(":")[2]))
        talk.place(talk.draft(), authorization="Token x")
        popen.kill()
    assert list(tmp_path.iterdir()) == []


def test_compose_file_says_the_same():
    [recipe] = re.findall(r"^```yaml\n(# compose.yaml\n.*?)^```", RECIPES.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    service = yaml.safe_load(recipe)["services"]["spot"]
    assert (ROOT / service["build"]["context"] / service["build"]["dockerfile"]).samefile(CONTAINERFILE)
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["ports"] == [f"127.0.0.1:8000:{last_stage()['EXPOSE']}"]
    assert service["environment"].keys() == {"SPOT_API_TOKEN", "SPOT_SANDBOX_PASSWORD"}
