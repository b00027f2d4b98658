"""Runs the steps of the composite action in action.yml as a runner of GitHub does, without the actions that it uses."""

import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from console import clean
from suite_process import ROOT, TOKEN

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


@dataclass
class Runner:
    """A job's folders, and the outputs of its steps by their ids."""

    folder: Path
    outputs: dict = field(default_factory=lambda: {"python": {"python-path": sys.executable}})

    def __post_init__(self):
        for name in ("temp", "work"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    @property
    def summary(self):
        path = self.folder / "summary.md"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def step(self, name, **inputs):
        """Run the step of this name; its exit code and what it printed."""
        found = next(one for one in ACTION["runs"]["steps"] if one.get("name") == name)
        assert found["shell"] == "bash"
        assert "${{" not in found["run"], "an expression within a script may bring in a command"
        given = {key: one.get("default", "") for key, one in ACTION["inputs"].items()} | inputs
        script = self.folder / "step.sh"
        script.write_text(found["run"], encoding="utf-8")
        files = {key: self.folder / f"{key}.txt" for key in ("GITHUB_OUTPUT", "GITHUB_ENV")}
        files["GITHUB_OUTPUT"].write_text("")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.folder / "work",
            env=clean(
                SPOT_API_TOKEN=TOKEN,
                PYTHONPATH=str(ROOT / "sandbox"),
                RUNNER_TEMP=str(self.folder / "temp"),
                GITHUB_STEP_SUMMARY=str(self.folder / "summary.md"),
                **{key: str(path) for key, path in files.items()},
                **{key: self._value(text, given) for key, text in found["env"].items()},
            ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        if "id" in found:
            lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
            self.outputs[found["id"]] = dict(line.split("=", 1) for line in lines)
        return done.returncode, done.stdout

    def output(self, name):
        """An output of the whole action."""
        return self._value(ACTION["outputs"][name]["value"], {})

    def _value(self, text, inputs):
        def value(found):
            kind, *rest = found[1].split(".")
            if kind == "inputs":
                return inputs[rest[0]]
            if kind == "steps":
                return self.outputs[rest[0]].get(rest[2], "")
            assert found[1] == "github.action_path", found[1]
            return str(ROOT)

        return re.sub(r"\$\{\{ ([\w.-]+) \}\}", value, text)


def commands(printed):
    """The workflow commands in the output of a step that the runner would carry out."""
    found, word = [], ""
    for line in map(str.strip, printed.splitlines()):
        if word:
            word = "" if line == f"::{word}::" else word
        elif line.startswith("::stop-commands::"):
            word = line.removeprefix("::stop-commands::")
        elif line.startswith("::"):
            found.append(line)
    return found
