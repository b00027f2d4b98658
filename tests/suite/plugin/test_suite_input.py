"""Invalid input: the suite prints one sentence, ends with exit code 2 and sends nothing."""

import os
import subprocess
import sys

import pytest
from fake_server import FakeServer
from suite_process import ROOT, TOKEN

RECIPIENT = "first_name: Grace\nlast_name: Hopper\n"
# The options, a file that they name, and what the sentence says.
CANNOT = {
    "no address": (("--base-url", "somewhere"), "", "expected an address like"),
    "an address with a query": (("--base-url", "{url}?a=1"), "", "query or fragment"),
    "an address with a port that is none": (("--base-url", "http://127.0.0.1:99999"), "", "expected an address like"),
    "a token in the address": (("--base-url", "http://user:x@127.0.0.1"), "", "remove it, and set SPOT_API_TOKEN"),
    "not this machine": (("--base-url", "https://app.example.com"), "", "--allow-orders N"),
    "less than no orders": (("--allow-orders", "-1"), "", "a number of orders"),
    "no time to wait": (("--timeout", "0"), "", "above zero"),
    "no connection": (("--connections", "0"), "", "from 1 to 64"),
    "too many connections": (("--connections", "65"), "", "from 1 to 64"),
    "a budget in ci": (("--budget", "10m"), "", "--profile deep"),
    "a budget that is no time": (("--profile", "deep", "--budget", "soon"), "", "10m"),
    "an end that is no time": (("--max-time", "-1"), "", "10m"),
    "a pace that is none": (("--rate", "fast"), "", "5/s"),
    "a shard that is none": (("--shard", "6/5"), "", "2/5"),
    "a seed that is none": (("--seed", "x"), "", "random"),
    "an unknown rule": (("--rule", "refusal.nothing"), "", "expected a rule or a chapter of rules"),
    "no such recipient": (("--recipient", "missing.yaml"), "", "cannot be read: No such file or directory."),
    "a recipient that is no YAML": (("--recipient", "{file}"), "first_name: [", "is not valid YAML; give a mapping"),
    "a recipient that the document does not allow": (
        ("--recipient", "{file}"),
        RECIPIENT,
        "does not conform to the document",
    ),
    "no such waivers": (("--waivers", "missing.toml"), "", "cannot be read: No such file or directory."),
    "a waiver without a reason": (
        ("--waivers", "{file}"),
        '[[waiver]]\nrule = "refusal.strict"\nreason = ""\nuntil = 2999-01-01\n',
        "gives no reason",
    ),
    "a draft that would overwrite": (("--write-waivers", "{file}"), "kept", "is not overwritten"),
}


@pytest.fixture
def server():
    """A server that records connections."""
    found = FakeServer(lambda _: None)
    yield found
    found.close()


@pytest.fixture
def begin(server, monkeypatch, capfd):
    """A function that runs pytest in this process against that server and returns exit code and output."""

    def run(*options, token=TOKEN):
        monkeypatch.chdir(ROOT)
        for name in [name for name in os.environ if name.startswith(("SPOT_", "PYTEST_"))]:
            monkeypatch.delenv(name)
        if token is not None:
            monkeypatch.setenv("SPOT_API_TOKEN", token)
        url = server.target.url.removesuffix("/api")
        where = () if "--base-url" in options else ("--base-url", url)
        plain = ("--noconftest", "-p", "spot_contract.plugin", "-p", "no:cacheprovider", "--assert=plain")
        status = pytest.main([*plain, *where, *(one.replace("{url}", url) for one in options)])
        return int(status), "".join(capfd.readouterr())

    run.server = server
    return run


def is_one_sentence(output):
    return output.startswith("contract suite: ") and output.endswith(".\n") and output.count("\n") == 1


@pytest.mark.parametrize(("options", "content", "words"), CANNOT.values(), ids=CANNOT)
def test_what_cannot_be_judged_is_one_sentence_and_exit_2(begin, tmp_path, options, content, words):
    file = tmp_path / "file"
    file.write_text(content)
    status, output = begin(*(option.replace("{file}", str(file)) for option in options))
    assert status == 2, output
    assert is_one_sentence(output), output
    assert words in output
    assert not begin.server.peers
    assert file.read_text() == content


TOKENS = {
    "none": (None, "is not set"),
    "blank": (" ", "is not set"),
    "two words": ("Token abc", "bare token"),
    "accents": ("tökén", "bare token"),
}


@pytest.mark.parametrize(("token", "words"), TOKENS.values(), ids=TOKENS)
def test_token_that_no_header_can_carry_is_exit_2(begin, server, token, words):
    status, output = begin(token=token)
    assert (status, is_one_sentence(output), words in output) == (2, True, True), output
    assert not server.peers


def test_server_that_speaks_no_http_cannot_be_judged(begin, server):
    server.handle = lambda peer: peer.connection.sendall(b"220 mail ready\r\n")
    status, output = begin()
    assert (status, is_one_sentence(output), "does not answer in HTTP" in output) == (2, True, True), output


@pytest.mark.parametrize(
    ("answered", "words"), [(401, "does not accept the token"), (404, "check --base-url"), (301, "a redirect")]
)
def test_server_that_accepts_no_order_cannot_be_judged(begin, server, answered, words):
    def refuse(peer):
        while peer.request() is not None:
            peer.answer(answered, b"{}")

    server.handle = refuse
    status, output = begin()
    assert (status, is_one_sentence(output)) == (2, True), output
    assert words in output
    assert TOKEN not in output


def test_order_budget_without_a_named_server_is_refused(begin):
    status, output = begin("--allow-orders", "5", "--base-url", "")
    assert (status, is_one_sentence(output), "named by --base-url" in output) == (2, True, True), output


def test_unknown_option_is_a_usage_error(begin, server):
    status, output = begin("--bas-url", "x")
    assert status == 4
    assert "--bas-url" in output
    assert not server.peers


def test_rules_are_listed_with_their_sources_and_nothing_is_sent(begin, server):
    status, output = begin("--rules", token=None)
    assert status == 0
    assert "echo.recipient" in output
    assert "source: [D]" in output
    assert not server.peers


def test_list_of_rules_that_nobody_reads_to_its_end_is_no_error():
    process = subprocess.Popen(
        [sys.executable, "-m", "spot_contract", "--rules"],
        env=os.environ | {"PYTHONPATH": str(ROOT / "contract_tests")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    with process.stderr:
        errors = process.stderr.read()
    assert (process.wait(), errors) == (0, b"")
