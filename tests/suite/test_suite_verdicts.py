import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from suite_process import TOKEN, report, running_proxy, sandbox, suite

# One from each chapter, plain and rare. The whole catalogue is scripts/faults.
FAULTS = {
    "zip-leading-zero-lost": "echo.recipient",
    "no-authentication": "authentication.missing",
    "bearer-accepted": "authentication.scheme",
    "refused-with-422": "refusal.required",
    "error-status-is-500": "refusal.error_status",
    "detail-says-nothing": "refusal.names_field",
    "accents-composed": "echo.recipient",
    "validation-before-authentication": "authentication.first",
    "denied-as-html": "authentication.content_type",
    "forms-unauthenticated": "authentication.missing",
    "emoji-lost-in-metadata": "echo.metadata",
    "options-fails": "robustness.no_server_error",
}
QUICK = ("--profile", "quick")


def one_line(said):
    return [line for line in said.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    """The suite's verdict on its own sandbox, with reports."""
    folder = tmp_path_factory.mktemp("right")
    return (*suite(*QUICK, "--report-dir", str(folder), token=None), folder)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """The suite's verdict on each faulty sandbox."""

    def judge(fault):
        folder = tmp_path_factory.mktemp(fault)
        with sandbox(fault) as url:
            options = (*QUICK, "--maxfail=1", "--base-url", url, "--report-dir", str(folder))
            return (*suite(*options), folder)

    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(FAULTS, pool.map(judge, FAULTS), strict=True))


def test_right_sandbox_conforms(right):
    status, said, _ = right
    assert status == 0, said
    assert "CONFORMS:" in said
    assert "seed 1" in said


def test_right_sandbox_has_every_rule_in_the_table(right):
    _, said, folder = right
    rules = report(folder)["rules"]
    assert len(rules) > 70
    assert all(rule["id"] in said for rule in rules)
    assert {rule["verdict"] for rule in rules} == {"kept", "not judged"}
    assert [rule["id"] for rule in rules if rule["verdict"] == "not judged"] == [
        "limits.envelope",
        "limits.retry_after",
    ]


def test_reports_agree(right):
    _, _, folder = right
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Conforms" in page
    assert "http://" not in page.replace("http://127.0.0.1", "")
    assert 'failures="0"' in (folder / "junit.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("fault", "rule"), FAULTS.items())
def test_faulty_sandbox_breaks_its_rule(faulty, fault, rule):
    status, said, folder = faulty[fault]
    assert status == 1, said
    assert rule in {one["id"] for one in report(folder)["rules"] if one["verdict"] == "broken"}


def test_failure_shows_the_smallest_request_without_the_token(faulty):
    _, said, folder = faulty["zip-leading-zero-lost"]
    found = next(one["finding"] for one in report(folder)["rules"] if one["finding"])
    assert "curl --include http://127.0.0.1" in said
    assert '"Authorization: Token $SPOT_API_TOKEN"' in said
    assert "metadata" not in found["request"]
    for text in (said, *(path.read_text(encoding="utf-8") for path in folder.iterdir())):
        assert TOKEN not in text


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


CANNOT = {
    "nothing listens": (("--base-url", "http://127.0.0.1:{port}"), "start the server"),
    "no address": (("--base-url", "somewhere"), "no address"),
    "a token in the address": (("--base-url", "http://user:x@127.0.0.1"), "SPOT_API_TOKEN alone"),
    "not this machine": (("--base-url", "https://app.example.com"), "--allow-orders N"),
    "no orders at all": (("--base-url", "http://127.0.0.1:1", "--allow-orders", "0"), "at least 1"),
    "a budget in ci": (("--budget", "10m"), "--profile deep"),
    "a budget that is no time": (("--profile", "deep", "--budget", "soon"), "10m"),
    "a pace that is none": (("--base-url", "http://127.0.0.1:1", "--rate", "fast"), "5/s"),
    "a shard that is none": (("--shard", "6/5"), "2/5"),
    "a seed that is none": (("--seed", "x"), "random"),
    "no such recipient": (("--recipient", "missing.yaml"), "cannot be read"),
    "no such waivers": (("--waivers", "missing.toml"), "cannot be read"),
}


@pytest.mark.parametrize(("options", "words"), CANNOT.values(), ids=CANNOT)
def test_what_cannot_be_judged_is_one_sentence_and_exit_2(options, words):
    status, said = suite(*(option.format(port=free_port()) for option in options))
    assert status == 2, said
    assert len(one_line(said)) == 1
    assert said.startswith("contract suite: ")
    assert words in said


def test_missing_token_is_exit_2():
    status, said = suite("--base-url", "http://127.0.0.1:1", token=None)
    assert (status, one_line(said)) == (
        2,
        ["contract suite: SPOT_API_TOKEN is not set; put the server's API token there."],
    )


def test_unknown_option_is_no_verdict():
    status, said = suite("--bas-url", "http://127.0.0.1:1")
    assert status >= 2
    assert "--bas-url" in said


def test_wrong_token_is_no_verdict():
    with sandbox() as url:
        status, said = suite("--base-url", url, token="another-token-1")
    assert status == 2
    assert "does not accept the token" in said
    assert "another-token-1" not in said


def test_what_is_no_http_server_cannot_be_judged():
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def mumble():
            for _ in range(3):
                connection, _ = listener.accept()
                connection.sendall(b"220 mail ready\r\n")
                connection.close()

        threading.Thread(target=mumble, daemon=True).start()
        status, said = suite("--base-url", f"http://127.0.0.1:{listener.getsockname()[1]}")
    assert status == 2
    assert "no HTTP answer" in said


def test_rules_are_listed_with_their_sources():
    status, said = suite("--rules", token=None)
    assert status == 0
    assert "echo.recipient" in said
    assert "source: [D]" in said


def test_waiver_forgives_a_broken_rule_until_its_day(tmp_path):
    waivers = tmp_path / "conformance.toml"
    waivers.write_text('[[waiver]]\nrule = "methods.allow"\nreason = "old proxy"\nuntil = 2999-01-01\n')
    options = (*QUICK, "-k", "methods", "--waivers", str(waivers))
    with sandbox("allow-lists-get-only") as url:
        status, said = suite(*options, "--base-url", url)
        assert (status, "waived" in said, "old proxy" in said) == (0, True, True)
        waivers.write_text(waivers.read_text().replace("2999", "2020"))
        status, said = suite(*options, "--base-url", url)
        assert status == 1
        assert "ended on 2020-01-01" in said


def test_order_budget_is_never_exceeded(tmp_path):
    with sandbox() as url:
        status, said = suite(*QUICK, "--base-url", url, "--allow-orders", "7", "--report-dir", str(tmp_path))
    assert status == 2, said
    assert report(tmp_path)["orders"] <= 7
    assert "the budget of 7 orders is spent" in said
    assert report(tmp_path)["not_judged"]


def test_a_small_order_budget_goes_round(tmp_path):
    with sandbox() as url:
        status, said = suite(*QUICK, "--base-url", url, "--allow-orders", "40", "--report-dir", str(tmp_path))
    found = report(tmp_path)
    assert status == 2, said
    assert found["orders"] <= 40
    assert sum(rule["verdict"] == "kept" for rule in found["rules"]) >= 65
    assert "120 orders in a row" in found["not_judged"]["every_order_of_many_is_accepted"]
    assert found["cut_short"]["success.status"] >= 1
    assert "cut short by the order budget" in said


def test_a_rule_or_a_chapter_is_judged_alone(tmp_path):
    with sandbox() as url:
        options = ("--rule", "methods", "--rule", "refusal.enum", "--report-dir", str(tmp_path))
        status, said = suite(*QUICK, "--base-url", url, *options)
    assert status == 0, said
    assert {rule["id"] for rule in report(tmp_path)["rules"]} == {"methods.refused", "methods.allow", "refusal.enum"}
    status, said = suite("--rule", "refusal.nothing")
    assert (status, "is no rule and no chapter" in said) == (2, True)


def test_every_kit_goes_to_the_recipient_given_and_reports_mask_it(tmp_path):
    person = {
        "first_name": "Grace",
        "last_name": "Hopperly",
        "email": "grace@hopperly.example",
        "phone": "2125550199",
        "address": {"street1": "9 Navy Yard", "city": "Arlington", "state": "VA", "country": "US", "zip": "22201"},
    }
    file = tmp_path / "recipient.yaml"
    file.write_text(json.dumps(person))
    options = (*QUICK, "-k", "order_is_application_json or error_conforms", "--recipient", str(file))
    with sandbox("refused-as-html") as url:
        status, said = suite(*options, "--base-url", url, "--report-dir", str(tmp_path / "report"))
    assert status == 1, said
    for text in (said, *(path.read_text(encoding="utf-8") for path in (tmp_path / "report").iterdir())):
        assert "Hopperly" not in text
        assert "9 Navy Yard" not in text
    assert "<last_name>" in said


def test_shards_are_disjoint_and_complete(tmp_path):
    found = []
    for part in (1, 2):
        folder = tmp_path / str(part)
        with sandbox() as url:
            suite(
                *QUICK, "-k", "methods or media", "--shard", f"{part}/2", "--base-url", url, "--report-dir", str(folder)
            )
        found.append({rule["id"] for rule in report(folder)["rules"]})
    assert not found[0] & found[1]
    assert len(found[0] | found[1]) == 8


def test_same_seed_sends_the_same_requests(tmp_path):
    prints = []
    for run in ("one", "two"):
        options = (*QUICK, "-k", "any_realistic or schema_valid or parallel", "--seed", "7")
        with sandbox() as url:
            suite(*options, "--base-url", url, "--report-dir", str(tmp_path / run))
        prints.append(report(tmp_path / run)["fingerprints"])
    assert prints[0] == prints[1]
    assert len(prints[0]) == 7


def test_server_that_dies_on_the_way_breaks_a_rule(tmp_path):
    with sandbox() as url, running_proxy(url, connections=3) as address:
        status, said = suite(*QUICK, "--base-url", address, "--report-dir", str(tmp_path))
    assert status == 1, said
    broken = [rule["id"] for rule in report(tmp_path)["rules"] if rule["verdict"] == "broken"]
    assert "robustness.keeps_answering" in broken
