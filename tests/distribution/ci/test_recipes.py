"""The recipes for other CI than GitHub's: they are valid, and name existing options."""

import os
import re
import shlex
import sys

import kubernetes_validate
import pytest
import yaml
from console import free_port
from installation import call
from spot_contract.command.arguments import merge_parser, parser
from suite_process import ROOT, report

CI = ROOT / "docs" / "ci"
KUBERNETES = "1.33"


def documents(path):
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def test_the_manifest_is_valid_for_kubernetes():
    found = documents(CI / "kubernetes-job.yaml")
    assert [one["kind"] for one in found] == ["PersistentVolumeClaim", "Job", "Job"]
    for one in found:
        kubernetes_validate.validate(one, KUBERNETES, strict=True)


def test_the_shards_of_the_manifest_are_as_many_as_its_pods():
    shards, verdict = (
        one["spec"]["template"]["spec"]["containers"][0] for one in documents(CI / "kubernetes-job.yaml")[1:]
    )
    spec = documents(CI / "kubernetes-job.yaml")[1]["spec"]
    total = {one["name"]: one.get("value") for one in shards["env"]}["JOB_COMPLETION_TOTAL"]
    assert total == str(spec["completions"]) == str(spec["parallelism"])
    assert f"-eq {total} ]" in verdict["args"][0]
    assert parser().parse_args(shards["args"][2:]).shard == "auto"


def test_the_component_uses_inputs_as_variables_alone():
    spec, jobs = documents(ROOT / "templates" / "spot-contract.yml")
    text = yaml.safe_dump(jobs)
    used = set(re.findall(r"\$\[\[ inputs\.([\w-]+) \]\]", text))
    assert used == set(spec["spec"]["inputs"])
    assert not any("$[[" in line for line in jobs["spot-contract"]["script"])


@pytest.mark.skipif(os.name == "nt", reason="the script is one for sh")
def test_the_script_of_the_component_judges_a_server(installation, tmp_path):
    """As a runner of GitLab does: one shell for all lines, with the variables in its environment."""
    _, jobs = documents(ROOT / "templates" / "spot-contract.yml")
    folder = str(installation.command.parent)
    lines = [line.replace(".spot-contract/bin", folder) for line in jobs["spot-contract"]["script"][2:]]
    port = free_port()
    variables = {
        "SPOT_BASE_URL": f"http://127.0.0.1:{port}",
        "CONTRACT_START": shlex.join([sys.executable, "-m", "spot_sandbox", "--port", str(port)]),
        "CONTRACT_PROFILE": "quick",
        "PYTHONPATH": str(ROOT / "sandbox"),
        "CI_NODE_INDEX": "2",
        "CI_NODE_TOTAL": "40",
    }
    (tmp_path / "conformance.toml").write_text('forms = "none"')
    status, output = call("sh", "-e", "-c", "\n".join(lines), cwd=tmp_path, **variables)
    assert status == 0, output
    assert report(tmp_path / "conformance-report" / "2")["shard"]["part"] == 2


@pytest.mark.parametrize("name", ["gitlab-ci.yml", "Jenkinsfile", "github-matrix.yml"])
def test_the_commands_in_the_recipes_have_existing_options(name):
    text = re.sub(r"\\\n\s*", " ", (CI / name).read_text(encoding="utf-8"))
    text = re.sub(r">\n((?: {6}.*\n)+)", lambda found: " ".join(found[1].split()) + "\n", text)
    found = re.findall(r"(?<!install --quiet )spot-contract (merge |--)(.*)", text)
    assert found
    for kind, words in found:
        if kind == "merge ":
            merge_parser().parse_args(shlex.split(words))
        else:
            parser().parse_args(shlex.split(f"--{words}"))


def test_the_image_runs_without_root():
    lines = (ROOT / "contract_tests" / "Containerfile").read_text(encoding="utf-8").splitlines()
    last = len(lines) - 1 - lines[::-1].index(next(line for line in lines[::-1] if line.startswith("FROM")))
    users = [line.split()[1] for line in lines[last:] if line.startswith("USER")]
    assert users == ["10001:10001"]


def test_the_image_is_built_of_existing_files():
    text = (ROOT / "contract_tests" / "Containerfile").read_text(encoding="utf-8")
    copied = [part for line in re.findall(r"^COPY (?!--)(.*) \S+$", text, re.MULTILINE) for part in line.split()]
    assert copied
    assert [one for one in copied if not (ROOT / one).exists()] == []
